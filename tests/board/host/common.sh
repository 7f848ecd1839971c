# SPDX-License-Identifier: Apache-2.0
# What the board's programs on the host share: where things are, and how to say what goes on.

board_source=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
board_root=$(cd "$board_source/../.." && pwd)
board_build=$board_root/build/board

# Statuses of the board itself; a script's own status is passed on as it is.
board_usage_status=2
board_timeout_status=124
board_broken_status=125 # could not be built, did not boot, or went down by itself

board_say() {
    [ "${board_quiet:-0}" = 1 ] || printf '%s\n' "-- $*" >&2
}

board_fail() {
    local status=$1
    shift
    printf 'error: %s\n' "$*" >&2
    exit "$status"
}

# board_archive DIR FILE: DIR as a cpio archive in which everything belongs to root
board_archive() {
    local file
    file=$(realpath -m "$2")
    (cd "$1" && find . -mindepth 1 -print0 | LC_ALL=C sort -z |
        cpio --null --create --format=newc --owner=0:0 --reproducible --quiet) >"$file.new"
    mv "$file.new" "$file"
}

# Every program of the host that a boot needs, with the Debian package that has it.
board_require() {
    local pair missing=()
    for pair in "$machine_qemu:qemu-system-arm" "$machine_triple-gcc:g++-$machine_triple" \
        cpio:cpio fdtput:device-tree-compiler readelf:binutils flock:util-linux apt-get:apt; do
        command -v "${pair%%:*}" >/dev/null || missing+=("${pair##*:}")
    done
    [ ${#missing[@]} = 0 ] || board_fail $board_broken_status \
        "the board needs Debian packages that are not installed: ${missing[*]} (tests/lib/install.sh board installs them)"
}
