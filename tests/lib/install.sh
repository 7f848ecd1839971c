#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# usage: tests/lib/install.sh [GROUP…]        groups: build, board, lint (default: build board)
# Installs with apt what the groups need and this machine (Debian 12) lacks, saying so while it does.
set -euo pipefail

build=(
    cmake ninja-build g++
    libboost1.81-dev libcli11-dev libtomlplusplus-dev libfmt-dev libfdt-dev zlib1g-dev libxen-dev
    libnl-3-dev libnl-route-3-dev
    libgtest-dev libgmock-dev libbenchmark-dev
    curl device-tree-compiler
)
board=("${build[@]}" g++-aarch64-linux-gnu g++-arm-linux-gnueabihf qemu-system-arm cpio binutils procps e2fsprogs
    debian-archive-keyring bison flex make libssl-dev)
lint=(clang-19 clang-tidy-19 clang-format-19 libclang-rt-19-dev shellcheck)

die() {
    echo "error: $*" >&2
    exit 1
}

# Packages of this list that are not installed.
missing_of() {
    local package
    for package in "$@"; do
        [ "$(dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null)" = "ii " ] || echo "$package"
    done
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        die "installing packages needs root, and there is no sudo; as root: apt-get install ${missing[*]}"
    fi
}

apt_install() {
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y --no-install-recommends -o Dpkg::Use-Pty=0 "$@"
}

[ $# -gt 0 ] || set -- build board
wanted=()
for group in "$@"; do
    case $group in
        build) wanted+=("${build[@]}") ;;
        board) wanted+=("${board[@]}") ;;
        lint) wanted+=("${lint[@]}") ;;
        *)
            echo "usage: tests/lib/install.sh [build] [board] [lint]" >&2
            exit 2
            ;;
    esac
done

command -v apt-get >/dev/null || die "this is no Debian system: install what tests/lib/install.sh lists by hand"
mapfile -t missing < <(missing_of "${wanted[@]}" | sort -u)
if [ ${#missing[@]} = 0 ]; then
    echo "-- every package that is needed is installed"
    exit 0
fi
echo "-- installing with apt: ${missing[*]}"
# With the index that is there; with a fresh one only if that does not do, since fetching it takes
# longer than all the rest on a machine that has one.
if ! apt-get install -s --no-install-recommends "${missing[@]}" >/dev/null 2>&1 ||
    ! apt_install "${missing[@]}"; then
    echo "-- fetching apt's package index"
    as_root apt-get update
    apt_install "${missing[@]}"
fi
