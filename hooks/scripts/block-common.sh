# SPDX-License-Identifier: Apache-2.0
# For scripts that make a guest's disk available in dom0. Sets `command`: add or remove.

dir=${dir:-$(dirname "$0")}
. "$dir/xen-hotplug-common.sh"

findCommand "$@"
case ${command:-} in
    add | remove) ;;
    *)
        log err "Invalid command: ${command:-}"
        exit 1
        ;;
esac
: "${XENBUS_PATH:?}"

# ebusy TEXT…: somebody else has the device
ebusy() {
    xenstore_write "$XENBUS_PATH/hotplug-error" "$*" "$XENBUS_PATH/hotplug-status" busy
    hotplug_told=1
    log err "$*"
    exit 1
}

# device_major_minor FILE: "ca:1a", in hexadecimal
device_major_minor() {
    stat -L -c %t:%T "$1"
}

# write_dev DEVICE [MAJOR:MINOR]: the backend is to serve this one
write_dev() {
    local number=${2:-}
    [ -n "$number" ] || number=$(device_major_minor "$1")
    [ -n "$number" ] || fatal "Backend device does not exist"
    success "$XENBUS_PATH/physical-device" "$number" "$XENBUS_PATH/physical-device-path" "$1"
}

# canonicalise_mode MODE: r, w, or ! (written to, whoever else does)
canonicalise_mode() {
    case $1 in
        *!) echo ! ;;
        *w*) echo w ;;
        *) echo r ;;
    esac
}

# same_vm DOMID: whether it is the one that this device is for, in another life
same_vm() {
    local ours theirs
    ours=$(xenstore_read_default "/local/domain/$(xenstore_read "$XENBUS_PATH/frontend-id")/vm" "")
    theirs=$(xenstore_read_default "/local/domain/$1/vm" "")
    [ -n "$ours" ] && [ "$ours" = "$theirs" ]
}
