# SPDX-License-Identifier: Apache-2.0

# log LEVEL TEXT…: to the system's log. What is an error also goes to stderr, which ends up in what
# xld says about the device.
log() {
    local level=$1
    shift
    ! command -v logger >/dev/null 2>&1 || logger -p "daemon.$level" -- "$0: $*" 2>/dev/null || :
    case $level in
        err | crit | alert | emerg) printf '%s: %s\n' "${0##*/}" "$*" >&2 ;;
    esac
    return 0
}
