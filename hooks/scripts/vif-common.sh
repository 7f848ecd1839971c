# SPDX-License-Identifier: Apache-2.0
# For scripts that set up dom0's end of a guest's network interface. Sets:
#
#   command    online, offline (or add, remove: those of an emulated interface)
#   type_if    vif, or tap for an emulated interface
#   dev        the interface, under the name that it has now
#   vifname    the name that was asked for, or nothing
#   ip         the guest's addresses, or nothing

dir=${dir:-$(dirname "$0")}
hooks_kind=vif
. "$dir/xen-hotplug-common.sh"
. "$dir/xen-network-common.sh"

findCommand "$@"
evalVariables "$@"

case ${command:-} in
    add | remove) [ "${type_if:=tap}" != vif ] || exit 0 ;;
    online | offline) [ "${type_if:=vif}" = vif ] || exit 0 ;;
    *)
        log err "Invalid command: ${command:-}"
        exit 1
        ;;
esac

: "${XENBUS_PATH:?}"
preload frontend bridge mac vifname ip mtu
vifname=$node_vifname
ip=${ip:-$node_ip}

case $type_if in
    vif) dev=${vif:?} ;;
    tap)
        dev=${INTERFACE:?}
        vifname=${vifname:+$vifname-emu}
        ;;
    *) fatal "unrecognised interface type $type_if" ;;
esac

# An interface has the name that was asked for from here on.
rename_vif() {
    ip link show dev "$dev" >/dev/null 2>&1 || return 0
    ! ip link show dev "$vifname" >/dev/null 2>&1 ||
        fatal "cannot give $dev the name $vifname: an interface of that name is there"
    do_or_die ip link set dev "$dev" down
    do_or_die ip link set dev "$dev" name "$vifname"
}

if [ -n "$vifname" ]; then
    case $command in online | add) rename_vif ;; esac
    dev=$vifname
fi

iptables_w() {
    iptables -w "$@"
}

# frob_iptable MATCH…: lets what matches, and comes from the guest, through; and all that goes to it
frob_iptable() {
    local change=-D
    case $command in online | add) change=-I ;; esac
    iptables_w $change FORWARD -m physdev --physdev-is-bridged --physdev-in "$dev" "$@" -j ACCEPT 2>/dev/null &&
        iptables_w $change FORWARD -m physdev --physdev-is-bridged --physdev-out "$dev" -j ACCEPT 2>/dev/null &&
        return 0
    case $command in
        online | add) log err "iptables setup failed. This may affect guest networking." ;;
    esac
}

# Has a firewall that drops by default let the guest's traffic through: from its addresses if those
# are known, and to a DHCP server. Without a working iptables there is nothing to be done.
handle_iptable() {
    local address
    command -v iptables >/dev/null 2>&1 || return 0
    iptables_w -L -n >/dev/null 2>&1 || return 0
    claim_lock iptables
    if [ -n "$ip" ]; then
        for address in $ip; do
            frob_iptable -s "$address"
        done
        frob_iptable -p udp --sport 68 --dport 67
    else
        frob_iptable
    fi
    release_lock iptables
}
