# SPDX-License-Identifier: Apache-2.0
# A guest that brings its own bootloader: U-Boot, which finds its devices in XenStore, loads Linux from its
# disk and starts it.
# board: --with-u-boot-guest
# xen: 4.20
. /board/check.sh
cd /root

log=/var/log/xen/console/guest-u-boot.log

# wrap FILE: a ramdisk as booti wants it, behind U-Boot's old header: big-endian words, the first of which
# say what it is, the header's CRC (made with itself as 0), and of the data size and CRC; then Linux, arm64,
# ramdisk, not compressed.
bytes() { printf "$(echo "$1" | sed 's/../\\x&/g')"; }
crc() { gzip -c | tail -c 8 | head -c 4 | hexdump -e '4/1 "%02x "' | awk '{ print $4 $3 $2 $1 }'; }
wrap() {
    wrap_rest=00000000$(printf %08x "$(stat -c %s "$1")")0000000000000000$(crc <"$1")05160300$(printf %064d 0)
    wrap_crc=$(bytes "2705195600000000$wrap_rest" | crc)
    bytes "27051956$wrap_crc$wrap_rest"
    cat "$1"
}

dd if=/dev/zero of=disk.img bs=1M count=40 2>/dev/null
mke2fs -F disk.img >/dev/null 2>&1
mkdir disk
mount -o loop disk.img disk
cp /guest/vmlinuz disk/
wrap /guest/domu.cpio.gz >disk/ramdisk
size=$(printf %x "$(stat -c %s disk/ramdisk)")
umount disk

# Each command is typed after the prompt of the one before, like a person would.
prompts() { tr '\r' '\n' <$log | grep -c '^xenguest# '; }
prompted() { [ "$(prompts)" -gt "$before" ]; }
type_at() { # type_at SECONDS NAME LINE
    before=$(prompts)
    echo "$3" >&4
    check_within "$1" "$2" prompted
}

check "a guest that begins with U-Boot" xl create -q /guest/u-boot.cfg 'disk=["/root/disk.img,raw,xvda,w"]'
mkfifo keys
xl console u-boot <keys >transcript 2>&1 &
exec 4>keys
check_within 30 "its prompt is on the PV console" grep -q '^xenguest# ' $log
check "XenStore answered it in time" sh -c "! grep -E 'timeout|Failed to read' $log"
type_at 10 "it says what its PV disk is" 'pvblock info'
check "a disk of 40 MB" grep -q 'Capacity: 40.0 MB' $log

# More at once than a ring of 1 KiB holds, while U-Boot looks for one byte at a time.
seq 101 140 | sed 's/.*/setenv typed_& the_value_of_variable_number_&_is_as_long_as_this/' >typed
before=$(($(prompts) + 39))
cat typed >&4
check_within 30 "3 KB are typed at once" prompted
type_at 10 "and" printenv
check_equal "none of it is lost" "$(tr -d '\r' <$log | grep '^typed_')" \
    "$(sed 's/^setenv \([^ ]*\) /\1=/' typed)"

type_at 60 "it loads a kernel from its disk" 'ext4load pvblock 0 0x41000000 vmlinuz'
type_at 20 "and a ramdisk" 'ext4load pvblock 0 0x45000000 ramdisk'
check_equal "both whole" "$(sed -n 's/ bytes read in .*//p' $log | tr '\n' ' ')" \
    "$(stat -c %s /guest/vmlinuz) $((0x$size)) "
type_at 5 "the command line" 'setenv bootargs console=hvc0 quiet'
echo 'booti 0x41000000 0x45000000 ${fdtcontroladdr}' >&4
check_within 60 "Linux comes up" grep -q 'zeroth guest is up: 1 CPU' $log
echo 'ls /sys/class/block' >&4
check_within 20 "it has the disk too" grep -q '^xvda' $log
exec 4>&-
check "it obeys xl shutdown" xl shutdown -w u-boot
gone() { ! xl domid u-boot && ! xenstore-ls /local/domain/0/backend/vbd | grep -q .; }
check_within 20 "nothing of it is left" gone
cp $log transcript /out/
checks_done
