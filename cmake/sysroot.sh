#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# usage: cmake/sysroot.sh ARCH
# Puts the libraries that our programs are linked with, for a foreign architecture, into
# build/sysroot/ARCH and prints that path. Quick when it is already there; safe to run twice at once.
# The C library is not among them: it comes with Debian's cross compiler.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")

packages=(
    libxen-dev libfdt-dev libfmt-dev zlib1g-dev
    libnl-3-dev libnl-route-3-dev
)
# Header-only and the same on every architecture: the host's own will do.
host_headers=(boost CLI toml++)

[ $# = 1 ] || { echo "usage: cmake/sysroot.sh ARCH (arm64, armhf)" >&2; exit 2; }
arch=$1
case $arch in
    arm64 | armhf) ;;
    *) echo "error: no cross build for the architecture '$arch' (there are: arm64, armhf)" >&2; exit 2 ;;
esac

sysroot=$root/build/sysroot/$arch
stamp=$sysroot/.complete
wanted="${packages[*]} ${host_headers[*]}"

build_sysroot() {
    # shellcheck source=cmake/foreign.sh
    . "$here/foreign.sh"
    foreign_open "$arch" bookworm
    local unfinished=$sysroot.unfinished header
    rm -rf "$unfinished"
    foreign_unpack "$unfinished" "${packages[@]}"
    for header in "${host_headers[@]}"; do
        ln -sfn "/usr/include/$header" "$unfinished/usr/include/$header"
    done
    echo "$wanted" >"$unfinished/.complete"
    rm -rf "$sysroot"
    mv "$unfinished" "$sysroot"
}

if [ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ]; then
    mkdir -p "$root/build/sysroot"
    exec 9>"$root/build/sysroot/$arch.lock"
    flock 9
    [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ] || build_sysroot 9>&-
fi
echo "$sysroot"
