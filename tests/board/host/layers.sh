# SPDX-License-Identifier: Apache-2.0
# dom0's root, as layers. Each is a cpio archive; one after another they make one initrd. The costly
# ones are cached in build/board and made anew when what they are made from has changed.
#
#   base       busybox, init, a machine's modules   guests     /guest
#   services   xenconsoled (Debian's), a terminal   reference  the rest of Debian's Xen tools
#              (script)
#   ours       this project, installed              (and per run: the overlay, the script)

# shellcheck source=cmake/foreign.sh
. "$board_root/cmake/foreign.sh"
# shellcheck source=tests/guests/build.sh
. "$board_root/tests/guests/build.sh"
# shellcheck source=tests/guests/u-boot/build.sh
. "$board_root/tests/guests/u-boot/build.sh"

# In this order: each finds what it needs already there.
layer_modules=(
    xen-evtchn xen-privcmd xen-gntdev xen-gntalloc xenfs "${machine_modules[@]}" loop xen-blkback xen-netback llc stp bridge tun jbd2 mbcache crc16 crc32c_generic ext4 xen-blkfront
    xen-netfront dummy veth
)

# The hypervisor and the Xen programs that go with it come from one release of Debian, since the
# latter only work with the former; dom0's kernel and busybox are always the same.
layer_suite() {
    case $1 in
        4.17) echo bookworm ;;
        4.20) echo trixie ;;
    esac
}

layer_libraries=(
    libc6 libgcc-s1 libxencall1 libxendevicemodel1 libxenevtchn1 libxenforeignmemory1 libxengnttab1
    libxenhypfs1 libxenstore4 libxentoolcore1 libxentoollog1 libyajl2 libuuid1 libnl-3-200
    libnl-route-3-200 libfdt1 liblzma5 libbz2-1.0 zlib1g libzstd1 liblzo2-2 libtinfo6 libncurses6
    libbpf1 libcap2 libmnl0 libbsd0 libmd0 libselinux1 libpcre2-8-0
)

# layer NAME KEY FUNCTION ARGS…: makes build/board/ARCH/NAME.cpio by calling FUNCTION ROOT ARGS…,
# unless it was made from the same KEY before.
layer() {
    local name=$1 key=$2 function=$3 file=$layer_dir/$1.cpio root
    shift 3
    key="$key $(cksum <"${BASH_SOURCE[0]}")"
    [ -s "$file" ] && [ "$(cat "$file.key" 2>/dev/null)" = "$key" ] && return
    board_say "making dom0's layer '$name'"
    root=$layer_dir/$name.root
    rm -rf "$root" "$file.key"
    mkdir -p "$root"
    "$function" "$root" "$@"
    board_archive "$root" "$file"
    rm -rf "$root"
    echo "$key" >"$file.key"
}

layer_pool_packages() {
    local version=$1 elf=libelf1
    [ "$(layer_suite "$version")" = bookworm ] || elf=libelf1t64
    [ "$(layer_suite "$version")" != bookworm ] || elf="$elf strace libunwind8"
    echo "xen-hypervisor-$version-$machine_arch" "xen-utils-$version" "libxenmisc$version" \
        xen-utils-common xenstore-utils bash util-linux bsdutils iproute2 "$elf" "${layer_libraries[@]}"
}

# Unpacked packages, from which the layers take what they need. layer_pool NAME SUITE PACKAGES…
layer_pool() {
    local pool=$layer_dir/$1.pool suite=$2 key
    shift 2
    key="$suite $*"
    [ "$(cat "$pool.key" 2>/dev/null)" = "$key" ] && return
    board_say "getting Debian's packages for dom0 ($suite)"
    rm -rf "$pool"
    foreign_open "$machine_arch" "$suite"
    foreign_unpack "$pool" "$@"
    echo "$key" >"$pool.key"
}

# layer_closure ROOT POOL: every shared library that the programs in ROOT need, from POOL
layer_closure() {
    local root=$1 pool=$2 library found again=1 folder=lib/$machine_triple
    mkdir -p "$root/$folder"
    while [ "$again" = 1 ]; do
        again=0
        while read -r library; do
            [ -e "$root/$folder/$library" ] && continue
            found=$(find "$pool" -path "*/$machine_triple/$library" -print -quit)
            [ -n "$found" ] || foreign_die "no package of dom0's brings $library"
            install -m 755 "$(realpath "$found")" "$root/$folder/$library"
            again=1
        done < <(find "$root" -type f -print0 | { xargs -0 readelf -d 2>/dev/null || true; } |
            sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | sort -u)
    done
}

make_base() {
    local root=$1 pool=$layer_dir/kernel.pool module
    mkdir -p "$root"/{bin,sbin,usr/bin,usr/sbin,etc,proc,sys,dev,tmp,root,run,out,guest,lib/modules,var/lib,var/log}
    ln -s /run "$root/var/run"
    ln -s /run/lock "$root/var/lock"
    cp -a "$board_source/dom0/." "$root/"
    install -m 644 "$board_source/lib/"*.sh "$root/board/"
    install -m 755 "$pool/bin/busybox" "$root/bin/busybox"
    ln -s /bin/busybox "$root/usr/bin/env"
    for module in poweroff reboot halt; do
        ln -s /bin/busybox "$root/sbin/$module"
    done
    # modprobe loads them all in one process; no names of what each depends on are needed, since
    # they are loaded in order.
    local folder
    folder=$root/lib/modules/$(basename "$pool"/lib/modules/*)
    mkdir -p "$folder"
    for module in "${layer_modules[@]}"; do
        find "$pool/lib/modules" -name "$module.ko" -exec cp {} "$folder/" \;
        [ -e "$folder/$module.ko" ] || foreign_die "dom0's kernel package has no module $module"
        echo "$module.ko:" >>"$folder/modules.dep"
    done
}

make_services() {
    local root=$1 version=$2 pool=$layer_dir/xen-$2.pool bin=usr/lib/xen-$2/bin
    mkdir -p "$root/$bin" "$root/usr/bin"
    cp -a "$pool/$bin/"{xenconsoled,xenconsole} "$root/$bin/"
    cp -a "$pool/usr/bin/script" "$root/usr/bin/" # a terminal for what wants one
    layer_closure "$root" "$pool"
    ln -s "$machine_triple/$(basename "$(ls "$root/lib/$machine_triple"/ld-linux*)")" "$root/lib/"
    mkdir -p "$root/board"
    echo "/$bin" >"$root/board/services"
}

make_reference() {
    local root=$1 version=$2 pool=$layer_dir/xen-$2.pool
    mkdir -p "$root/usr/lib" "$root/usr/bin" "$root/bin" "$root/etc" "$root/board"
    cp -a "$pool/usr/lib/xen-$version" "$root/usr/lib/"
    cp -a "$pool/usr/lib/xen-common" "$root/usr/lib/"
    rm -rf "$root/usr/lib/xen-$version"/{lib,ocaml}
    # Beside its other programs, so that they do not shadow ours; what is there already is the
    # program that a wrapper of the same name calls.
    cp -an "$pool/usr/bin/"xenstore* "$root/usr/lib/xen-$version/bin/"
    cp -a "$pool/etc/xen" "$root/etc/"
    cp -a "$pool/etc/xen/scripts" "$root/board/reference-scripts" # ours lie over the others
    mkdir -p "$root/sbin"
    find "$pool" -path '*/sbin/bridge' -type f -exec cp -a {} "$root/sbin/bridge" \;
    find "$pool" -path '*/bin/ip' -type f -exec cp -a {} "$root/sbin/ip" \;
    cp -a "$pool/usr/bin/flock" "$root/usr/bin/"
    [ ! -e "$pool/usr/bin/strace" ] || cp -a "$pool/usr/bin/strace" "$root/usr/bin/"
    find "$pool" -path '*/bin/bash' -type f -exec cp -a {} "$root/bin/bash" \;
    # the C library's clean-up of threads loads it by name
    mkdir -p "$root/lib/$machine_triple"
    cp -aL "$(find "$pool" -path "*/$machine_triple/libgcc_s.so.1" -print -quit)" "$root/lib/$machine_triple/"
    layer_closure "$root" "$pool"
    echo "/usr/lib/xen-$version/bin" >"$root/board/reference"
}

# systemd as far as it is needed to start services: no devices, no mounts, no users of its own.
make_systemd() {
    local root=$1 pool=$layer_dir/systemd.pool units=lib/systemd/system unit
    mkdir -p "$root/lib/systemd/system/sysinit.target.wants" "$root/bin" "$root/etc/systemd/system"
    cp -a "$pool/lib/systemd/"{systemd,systemd-journald} "$root/lib/systemd/"
    cp -a "$pool/bin/"{systemctl,journalctl} "$root/bin/"
    for unit in basic.target sysinit.target multi-user.target sockets.target shutdown.target umount.target \
        final.target reboot.target poweroff.target systemd-journald.service systemd-journald.socket \
        systemd-journald-dev-log.socket timers.target paths.target slices.target local-fs.target \
        remote-fs.target network.target network-online.target; do
        cp -a "$pool/$units/$unit" "$root/$units/"
    done
    ln -s ../systemd-journald.service ../systemd-journald.socket "$root/$units/sysinit.target.wants/"
    ln -s /$units/multi-user.target "$root/etc/systemd/system/default.target"
    echo 00000000000000000000000000000001 >"$root/etc/machine-id"
    # Its own libraries lie in a folder of theirs.
    mkdir -p "$root/lib/$machine_triple"
    find "$pool" -path "*/$machine_triple/systemd/*.so" -exec cp -a {} "$root/lib/$machine_triple/" \;
    layer_closure "$root" "$pool"
}

# make_guests ROOT FOLDER
make_guests() {
    local pool=$layer_dir/kernel.pool folder=$1$2
    mkdir -p "$folder"
    ln "$pool"/boot/vmlinuz-* "$folder/vmlinuz"
    guests_tiny "$machine_triple" "$folder/tiny.img"
    guests_rtos "$machine_triple" "$folder/rtos.img"
    install -m 644 "$board_root/tests/guests/configs/"*.cfg "$folder/"
    sed -i "s|\"/guest/|\"$2/|" "$folder/"*.cfg
    guests_ramdisk "$pool/bin/busybox" "$pool/lib/modules" "$folder/domu.cpio.gz"
}

# What `cmake --install` installs, and the programs beside it that are only for tests. A folder of
# programs that is no build tree gets this tree's scripts and settings.
make_ours() {
    local root=$1 bin=$2 program name
    if [ -e "$bin/../cmake_install.cmake" ]; then
        DESTDIR=$root cmake --install "$bin/.." --strip >/dev/null
        rm -rf "${root:?}/usr/share"
    else
        mkdir -p "$root"/{etc,usr/lib/xen/bin}
        cp -a "$board_root/etc/"{init.d,default,xen} "$root/etc/"
        cp -a "$board_root/etc/libexec/." "$root/usr/lib/xen/bin/"
        cp -a "$board_root/hooks/scripts" "$root/etc/xen/"
        mkdir "$root/etc/xen/scripts/vif-post.d"
    fi
    mkdir -p "$root/usr/sbin" "$root/board"
    cp "$board_root/hooks/vif-post.d/"*.hook "$root/board/"
    for program in "$bin"/*; do
        name=$(basename "$program")
        [ ! -e "$root/usr/sbin/$name" ] && [ ! -L "$root/usr/bin/$name" ] &&
            [ ! -e "$root/usr/bin/$name" ] || continue
        if [ -L "$program" ]; then
            cp -P "$program" "$root/usr/sbin/"
        elif [ -f "$program" ] && [ -x "$program" ]; then
            "$machine_triple-strip" -o "$root/usr/sbin/$name" "$program"
        fi
    done
}

layer_sources() { (cd "$board_root" && find "$@" -type f -print0 | LC_ALL=C sort -z | xargs -0 cat | cksum); }

# The same as a package, unpacked; what dpkg would run is left to the script under test.
make_package() {
    local root=$1 bin=$2 made=$1.made
    rm -rf "$made"
    mkdir -p "$made"
    (cd "$made" && cpack --config "$(realpath "$bin/../CPackConfig.cmake")" -B "$made" -G DEB \
        -D CPACK_DEBIAN_COMPRESSION_TYPE=gzip) >"$made/log" 2>&1 || {
        tail -n 20 "$made/log" >&2
        foreign_die "cpack failed (above: the end of its output)"
    }
    dpkg-deb -x "$made"/*.deb "$root"
    rm -rf "${root:?}/usr/share"
    mkdir -p "$root/board"
    dpkg-deb -e "$made"/*.deb "$root/board/package"
    rm -rf "$made"
}

# systemd, for a script that starts it: one more of layer_files.
layers_systemd() {
    local lock
    exec {lock}>"$layer_dir/lock"
    flock "$lock"
    foreign_open "$machine_arch" bookworm
    layer_pool systemd bookworm systemd libsystemd-shared libsystemd0 libacl1 libapparmor1 libaudit1 libblkid1 \
        libc6 libcap2 libcrypt1 libcryptsetup12 libfdisk1 libgcrypt20 libgpg-error0 libip4tc2 libkmod2 \
        liblz4-1 liblzma5 libmount1 libp11-kit0 libpam0g libseccomp2 libselinux1 libpcre2-8-0 libssl3 libzstd1 \
        libcap-ng0 libuuid1 libdevmapper1.02.1 libargon2-1 libjson-c5 libudev1 libffi8 libgcc-s1
    layer systemd "systemd" make_systemd
    layer_files+=("$layer_dir/systemd.cpio")
    exec {lock}>&-
}

# layers_prepare XEN REFERENCE BIN PACKAGE: makes what is stale; then layer_files, layer_xen, layer_kernel
# and layer_device_trees (a folder) say what to boot.
layers_prepare() {
    local version=$1 reference=$2 bin=$3 package=$4 suite lock
    suite=$(layer_suite "$version")
    layer_dir=$board_build/$machine_arch
    mkdir -p "$layer_dir"
    exec {lock}>"$layer_dir/lock"
    flock "$lock"
    layers_make "$version" "$reference" "$bin" "$suite" "$package" {lock}>&-
    exec {lock}>&-
}

# The same guests of 32 bits, beside those of the board's own width: one more of layer_files.
layers_guests32() {
    local machine_arch=armhf machine_triple=arm-linux-gnueabihf layer_dir=$board_build/armhf kernel lock
    mkdir -p "$layer_dir"
    exec {lock}>"$layer_dir/lock"
    flock "$lock"
    foreign_open $machine_arch bookworm
    kernel=$(foreign_resolve linux-image-armmp-lpae)
    layer_pool kernel bookworm "$kernel" busybox-static
    layer guests32 "$kernel $(layer_sources tests/guests)" make_guests /guest32
    layer_files+=("$layer_dir/guests32.cpio")
    exec {lock}>&-
}

# U-Boot as a guest's first program, from Debian's source of it: one more of layer_files.
layers_u_boot_guest() {
    local lock
    exec {lock}>"$layer_dir/lock"
    flock "$lock"
    foreign_open source bookworm
    layer u-boot-guest "$(layer_sources tests/guests/u-boot)" make_u_boot_guest {lock}>&-
    layer_files+=("$layer_dir/u-boot-guest.cpio")
    exec {lock}>&-
}

make_u_boot_guest() {
    mkdir -p "$1/guest"
    guests_u_boot "$machine_triple" "$1.source" "$1/guest/u-boot.img"
    install -m 644 "$board_root/tests/guests/u-boot/u-boot.cfg" "$1/guest/"
}

layers_make() {
    local version=$1 reference=$2 bin=$3 suite=$4 package=$5 kernel ours=ours
    [ "$package" = 0 ] || ours=package
    foreign_open "$machine_arch" bookworm
    kernel=$(foreign_resolve "$machine_kernel_package")
    layer_pool kernel bookworm "$kernel" busybox-static
    # shellcheck disable=SC2046
    layer_pool "xen-$version" "$suite" $(layer_pool_packages "$version")

    layer "base-$machine" "$kernel ${layer_modules[*]} $(layer_sources tests/board/dom0 tests/board/lib)" make_base
    layer "services-$version" "$version" make_services "$version"
    layer guests "$kernel $(layer_sources tests/guests)" make_guests /guest
    layer_files=("$layer_dir/base-$machine.cpio" "$layer_dir/services-$version.cpio" "$layer_dir/guests.cpio")
    if [ "$reference" = 1 ]; then
        layer "reference-$version" "$version" make_reference "$version"
        layer_files+=("$layer_dir/reference-$version.cpio")
    fi
    layer_xen=$layer_dir/xen-$version.pool/boot/xen-$version-$machine_arch
    layer_kernel=$(ls "$layer_dir/kernel.pool/boot/"vmlinuz-*)
    layer_device_trees=$layer_dir/kernel.pool/usr/lib/$kernel
    if [ -d "$bin" ]; then
        local name
        name=$ours-$(echo "$bin" | cksum | cut -d' ' -f1)
        layer "$name" "$(stat -c '%n %s %y' "$bin"/* 2>/dev/null) $(layer_sources etc hooks)" "make_$ours" "$bin"
        layer_files+=("$layer_dir/$name.cpio")
    fi
}
