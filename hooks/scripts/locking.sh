# SPDX-License-Identifier: Apache-2.0
# Locks between scripts that run at the same time. A lock that a script has when it ends is free.

LOCK_BASEDIR=${LOCK_BASEDIR:-/var/run/xen-hotplug}
# The names of the locks that we have, and behind each the descriptor that it hangs on. There are
# three of these: shells know numbers up to 9, and scripts use the low ones for themselves.
locks_claimed=
locks_free="9 8 7"

# claim_lock NAME: waits until it is ours
claim_lock() {
    local fd=${locks_free%% *}
    [ -n "$fd" ] || fatal "too many locks at once: $locks_claimed, and now $1"
    [ -d "$LOCK_BASEDIR" ] || mkdir -p "$LOCK_BASEDIR"
    eval "exec $fd>>\"\$LOCK_BASEDIR/\$1\""
    flock -x "$fd"
    locks_free=${locks_free#"$fd"}
    locks_free=${locks_free# }
    locks_claimed="$1=$fd $locks_claimed"
}

# release_lock NAME: nothing if it is not ours
release_lock() {
    local entry kept='' fd=''
    for entry in $locks_claimed; do
        if [ -z "$fd" ] && [ "${entry%=*}" = "$1" ]; then
            fd=${entry##*=}
        else
            kept="$kept$entry "
        fi
    done
    [ -n "$fd" ] || return 0
    eval "exec $fd>&-"
    locks_claimed=$kept
    locks_free="$fd $locks_free"
}
