# SPDX-License-Identifier: Apache-2.0
# U-Boot for a Xen guest, of which Debian has the source alone. Sourced by tests/board/host/layers.sh,
# after cmake/foreign.sh.

# guests_u_boot TRIPLE SOURCE-DIR FILE: fetches U-Boot's source into a folder, which is removed at the end,
# and builds it as its own xenguest_arm64_defconfig has it
guests_u_boot() {
    local triple=$1 source=$2 file=$3
    rm -rf "$source"
    foreign_source "$source" u-boot
    # Once it has sent a request to XenStore, U-Boot notes where the answers end, and waits for more to come.
    # An answer that is there by then is waited for in vain (5 s), and taken for that to its next request.
    # It is to wait for what it has not read.
    sed -i 's/^\(\tunsigned int prod = xenstore_buf->rsp_\)prod;$/\1cons;/' "$source/drivers/xen/xenbus.c"
    grep -q 'unsigned int prod = xenstore_buf->rsp_cons;' "$source/drivers/xen/xenbus.c" ||
        foreign_die "this U-Boot's drivers/xen/xenbus.c is not the one that tests/guests/u-boot/build.sh puts right"
    (
        cd "$source" && export CROSS_COMPILE="$triple-" &&
            make -s xenguest_arm64_defconfig && nice make -s -j"$(nproc)" u-boot.bin
    ) >"$source/log" 2>&1 || {
        tail -n 20 "$source/log" >&2
        foreign_die "U-Boot does not build (above: the end of its output)"
    }
    cp "$source/u-boot.bin" "$file"
    rm -rf "$source"
}
