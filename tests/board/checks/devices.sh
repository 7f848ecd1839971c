# SPDX-License-Identifier: Apache-2.0
# A guest with a network interface on a bridge and a disk, by Linux's own backends: as the page on the
# Allwinner board has them, word by word, and as users write them elsewhere.
# machine: virt-arm64 virt-arm32 midway orangepi-pc
. /board/check.sh
cd /root

log=/var/log/xen/console/guest
# The guest's own modules are those that make its devices; what mounts a disk comes from dom0's.
modules=$(echo /lib/modules/*)
mkdir -p more/more more/etc
for name in crc16 crc32c_generic mbcache jbd2 ext4; do cp "$modules/$name.ko" more/more/; done
cat >more/etc/rcS <<'RC'
#!/bin/sh
hostname zeroth-guest
for name in crc16 crc32c_generic mbcache jbd2 ext4; do insmod /more/$name.ko; done
mkdir -p /mnt
mount /dev/xvda /mnt && echo "it is mounted: $(cat /mnt/who)"
echo "written by the guest" >/mnt/back && sync && umount /mnt
ip addr add 10.9.9.2/24 dev eth0 && ip link set eth0 up
echo "eth0 has $(cat /sys/class/net/eth0/address), mtu $(cat /sys/class/net/eth0/mtu)"
ping -c 2 -W 5 10.9.9.1 >/dev/null && echo "dom0 answers the guest"
echo "zeroth guest is up"
RC
chmod 755 more/etc/rcS
(cd more && find . | cpio -o -H newc 2>/dev/null | gzip -1) >more.gz
cat /guest/domu.cpio.gz more.gz >disk.cpio.gz

ip link add virbr0 type bridge
ip addr add 10.9.9.1/24 dev virbr0
ip link set virbr0 up
dd if=/dev/zero of=guest.img bs=1M count=8 2>/dev/null
mke2fs -F guest.img >/dev/null 2>&1
mkdir -p mnt && mount -o loop guest.img mnt && echo "dom0's own words" >mnt/who && umount mnt

# The page's config as printed there, but for its quote that is missing. Its kernel had all built in;
# this one's modules, and what its guest is to do, are in a ramdisk, which the command line adds.
mkdir -p domU && cp /guest/vmlinuz domU/zImage && cp guest.img domU/rootfs.ext3
losetup /dev/loop0 /root/domU/rootfs.ext3
# The page has blanks at the ends of three lines, too.
sed 's/@$/ /' >domU_test <<'CFG'
kernel = "/root/domU/zImage"
memory = "128"@
name = "domU"@
vcpus = 1@
serial="pty"
disk = [ 'phy:/dev/loop0,xvda,w' ]
vif=[ 'mac=00:16:3e:56:af:69,bridge=virbr0,type=netfront', ]
CFG
cat >net.cfg <<'CFG'
name = "net"
kernel = "/guest/vmlinuz"
ramdisk = "/root/disk.cpio.gz"
memory = 128
extra = "console=hvc0"
vif = [ 'mac=00:16:3e:01:02:03,bridge=virbr0,type=netfront' ]
disk = [ 'file:/root/guest.img,xvda,w' ]
CFG
# The first domain of all leaves /vm and /libxl behind, with the reference too.
xl create -q /guest/tiny.cfg && xl destroy tiny
sleep 1
xenstore-ls -fp >store.before
loops() { cat /sys/block/loop*/loop/backing_file 2>/dev/null | wc -l; }
ports() { ls /sys/class/net/virbr0/brif 2>/dev/null; }
no_loops() { [ "$(loops)" = 0 ]; }
no_ports() { [ -z "$(ports)" ]; }

# What was started in dom0 since it booted: programs and threads.
forks() { sed -n 's/^processes //p' /proc/stat; }
check "the page's guest" xl create -q domU_test 'ramdisk="/root/disk.cpio.gz"' 'extra="console=hvc0"'
check_within 90 "it is up" grep -q 'zeroth guest is up' $log-domU.log
check "it mounted xvda" grep -q "it is mounted: dom0's own words" $log-domU.log
check "it pings dom0 through the bridge" grep -q 'dom0 answers the guest' $log-domU.log
check "and dom0 pings it" ping -c 2 -W 5 10.9.9.2
check "list --json has its devices, with what went through them" sh -c "
    xl list --json domU >/out/list.json && grep -q '\"interface\": *\"vif' /out/list.json &&
    grep -q '\"sent_bytes\": *[1-9]' /out/list.json && grep -q '\"reads\": *[1-9]' /out/list.json"
check "destroy it" xl destroy domU
check_within 20 "XenStore is as before" sh -c "xenstore-ls -fp | diff store.before -"
losetup -d /dev/loop0

check "the plan shows both devices" sh -c "xl plan net.cfg | grep -c attach-device | grep -qx 2"
check "create" xl create net.cfg
domid=$(xl domid net)
check_equal "the interface is in the bridge" "$(ports)" "vif$domid.0"
check_equal "the file has a loop device" "$(loops)" 1
check_within 90 "the guest is up" grep -q 'zeroth guest is up' $log-net.log
check "it mounted its disk and read what dom0 wrote" grep -q "it is mounted: dom0's own words" $log-net.log
check "its interface has its address" grep -q 'eth0 has 00:16:3e:01:02:03, mtu 1500' $log-net.log
check "dom0 answers its ping" grep -q 'dom0 answers the guest' $log-net.log
check "it answers dom0's" ping -c 2 -W 5 10.9.9.2
check_equal "its backend is connected" "$(xenstore-read /local/domain/0/backend/vif/$domid/0/state /local/domain/0/backend/vbd/$domid/51712/state | tr '\n' ' ')" "4 4 "
xenstore-ls -fp | grep -E 'vif|vbd' >/out/nodes
check "list -l has them" sh -c "xl list -l net | grep -q '\"mac\": \"00:16:3e:01:02:03\"'"
check "destroy" xl destroy net
check_within 20 "XenStore is as before" sh -c "xenstore-ls -fp | diff store.before -"
check_within 20 "no loop device is left" no_loops
check "no interface is left" no_ports
mount -o loop guest.img mnt
check_equal "what the guest wrote is in the file" "$(cat mnt/back)" "written by the guest"
umount mnt

# What can be known before is refused before.
check_status 3 "a bridge that is not there" xl create net.cfg 'vif=["bridge=nobr0"]'
check "is named, and so are those that are" sh -c "xl create net.cfg 'vif=[\"bridge=nobr0\"]' 2>&1 | grep -q 'no bridge nobr0.*' && xl create net.cfg 'vif=[\"bridge=nobr0\"]' 2>&1 | grep -q virbr0"
check_status 3 "a file that is not there" xl create net.cfg 'disk=["/root/nosuch,raw,xvda,w"]'
check_status 3 "an image that needs a device model" xl create net.cfg 'disk=["/root/guest.img,qcow2,xvda,w"]'
check "create it once more" xl create -q net.cfg
check_status 3 "its MAC is its own" xl create -q net.cfg 'name="two"' 'disk=[]'
check_status 3 "and so is its disk" xl create -q net.cfg 'name="two"' 'vif=[]'
check "another may read what nobody writes to" sh -c "xl destroy net && xl create -q net.cfg 'vif=[]' 'disk=[\"/root/guest.img,raw,xvda,r\"]' && xl create -q net.cfg 'name=\"two\"' 'vif=[]' 'disk=[\"/root/guest.img,raw,xvda,r\"]'"
check "destroy both" sh -c 'xl destroy net && xl destroy two'
check_within 20 "no loop device is left" no_loops
check_within 20 "XenStore is as before" sh -c "xenstore-ls -fp | diff store.before -"

grep -c . /out/nodes
checks_done
