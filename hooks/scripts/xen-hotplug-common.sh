# SPDX-License-Identifier: Apache-2.0
# For scripts that set up a device: XenStore, and how success and failure are told.
#
# The device's nodes are under $XENBUS_PATH. A script that ends with status 0 has done its work; any
# other end is a failure, whose reason is in the node hotplug-error.

dir=${dir:-$(dirname "$0")}
. "$dir/xen-script-common.sh"
. "$dir/locking.sh"

PATH=$bindir:$sbindir:$LIBEXEC_BIN:/usr/local/bin:/usr/local/sbin:/usr/bin:/usr/sbin:/bin:/sbin:$PATH
LANG=POSIX
export PATH LANG
unset LC_ALL LC_MESSAGES LC_CTYPE LC_COLLATE LC_NUMERIC LC_TIME

# Set once the device's nodes say how it went.
hotplug_told=

hotplug_failed() {
    hotplug_told=1
    [ -z "${XENBUS_PATH:-}" ] || xenstore-write \
        "$XENBUS_PATH/hotplug-error" "$*" "$XENBUS_PATH/hotplug-status" error >/dev/null 2>&1 || :
    log err "$*"
}

# fatal TEXT…: the device cannot be set up (or not be taken down), and the script ends
fatal() {
    hotplug_failed "$*"
    exit 1
}

# success [PATH VALUE]…: the device is there; these nodes, and those put off, are written with that
success() {
    hotplug_told=1
    # shellcheck disable=SC2086
    xenstore_write "$@" $xenstore_later "$XENBUS_PATH/hotplug-status" connected
    xenstore_later=
}

# What success is to write too: paths and values in turn, without blanks in them.
xenstore_later=

# do_or_die COMMAND…: which must succeed
do_or_die() {
    "$@" || fatal "$* failed"
}

# do_without_error COMMAND…: whose failure is of no account
do_without_error() {
    "$@" 2>/dev/null || log debug "$* failed"
}

# A command that failed where nobody asked about its status ends the script (set -e), and this says
# so; unless the script has told a reason of its own.
sigerr() {
    fatal "${script:-$0} failed; error detected."
}

hotplug_at_exit() {
    hotplug_status=$?
    [ "$hotplug_status" != 0 ] && [ -z "$hotplug_told" ] || return 0
    [ -z "$(xenstore_read_default "$XENBUS_PATH/hotplug-error" "")" ] || return 0
    hotplug_failed "${script:-$0} failed; error detected."
    exit "$hotplug_status"
}
trap hotplug_at_exit EXIT

# xenstore_read PATH: its value, which must not be empty
xenstore_read() {
    local value
    value=$(xenstore-read "$@" 2>/dev/null || :)
    [ -n "$value" ] || fatal "xenstore-read $* failed."
    printf '%s\n' "$value"
}

# xenstore_read_default PATH VALUE: its value, or this one if there is none
xenstore_read_default() {
    xenstore-read "$1" 2>/dev/null || printf '%s\n' "$2"
}

# preload KEY…: reads the device's own nodes, those of them that are there, all at once: on a small
# machine each program that is started counts. The values are in $node_KEY, with _ for each - of KEY.
preload() {
    local key name value values nodes paths='' found='' newline='
'
    nodes=$newline$(xenstore-list "$XENBUS_PATH" 2>/dev/null || :)$newline
    for key in "$@"; do
        name=$key
        while [ "$name" != "${name%%-*}" ]; do name=${name%%-*}_${name#*-}; done
        eval "node_$name="
        case $nodes in
            *"$newline$key$newline"*)
                paths="$paths $XENBUS_PATH/$key"
                found="$found $name"
                ;;
        esac
    done
    [ -n "$found" ] || return 0
    # shellcheck disable=SC2086
    values=$(xenstore-read $paths 2>/dev/null || :)
    for name in $found; do
        value=${values%%"$newline"*}
        values=${values#"$value"}
        values=${values#"$newline"}
        eval "node_$name=\$value"
    done
}

# xenstore_write PATH VALUE…
xenstore_write() {
    xenstore-write "$@" >/dev/null || log err "writing $* to XenStore failed"
}

# call_hooks KIND PHASE: sources each hook, with $command and everything here in scope
call_hooks() {
    local hook
    for hook in "$XEN_SCRIPT_DIR/$1-$2.d/"*.hook; do
        [ ! -f "$hook" ] || [ ! -x "$hook" ] || . "$hook"
    done
}

# call_hooks_leaving KIND PHASE: the same on the way out, which goes on whatever a hook does
call_hooks_leaving() {
    (call_hooks "$1" "$2") || log err "a hook of $1-$2.d failed at $command"
}

# Hooks have always been sourced by bash, and some are written in its dialect.
if [ -z "${BASH_VERSION:-}" ]; then
    for hook in "$XEN_SCRIPT_DIR/${hooks_kind:-none}-post.d/"*.hook; do
        [ -f "$hook" ] && [ -x "$hook" ] && command -v bash >/dev/null 2>&1 || continue
        trap - EXIT
        # shellcheck disable=SC2093
        exec bash "$0" "$@"
    done
fi
