# SPDX-License-Identifier: Apache-2.0
# A board of Allwinner's, as the page in Xen's wiki has it: a guest with a disk on a loop device and a
# network interface on virbr0. Its configuration is that page's, save for a quote that is missing there.
# machine: orangepi-pc
. /board/check.sh
cd /root

mkdir domU
cp /guest/vmlinuz domU/zImage
cat >domU_test <<'CFG'
kernel = "/root/domU/zImage"
memory = "128"
name = "domU"
vcpus = 1
serial="pty"
disk = [ 'phy:/dev/loop0,xvda,w' ]
vif=[ 'mac=00:16:3e:56:af:69,bridge=virbr0,type=netfront', ]
CFG

check "this is an Orange Pi" grep -q 'xunlong,orangepi-pc' /proc/device-tree/compatible
check_equal "with four CPUs for Xen" "$(xl info nr_cpus)" 4
check_equal "on 32 bits" "$(xl info machine) $(xl info xen_caps)" "armv7l xen-3.0-armv7l "
check "and nothing to complain of" xl doctor

# The distribution's part: its bridge, and a ramdisk, since its kernel has the drivers as modules.
ip link add virbr0 type bridge
ip addr add 192.168.122.1/24 dev virbr0
ip link set dev virbr0 up
mkdir -p more/more more/etc
for name in crc16 crc32c_generic mbcache jbd2 ext4; do cp /lib/modules/*/$name.ko more/more/; done
cat >more/etc/rcS <<'RC'
#!/bin/sh
for name in crc16 crc32c_generic mbcache jbd2 ext4; do insmod /more/$name.ko; done
mkdir -p /mnt
mount /dev/xvda /mnt && echo "xvda says: $(cat /mnt/hello)"
echo "hello, dom0" >/mnt/back && umount /mnt
ip addr add 192.168.122.2/24 dev eth0 && ip link set eth0 up
ping -c 3 -W 5 192.168.122.1 >/dev/null && echo "dom0 answers eth0, $(cat /sys/class/net/eth0/address)"
echo "zeroth guest is up"
RC
chmod 755 more/etc/rcS
(cd more && find . | cpio -o -H newc 2>/dev/null | gzip -1) >more.gz
cat /guest/domu.cpio.gz more.gz >domU/ramdisk

dd if=/dev/zero of=domU/rootfs.ext3 bs=1M count=8 2>/dev/null
mke2fs -F domU/rootfs.ext3 >/dev/null 2>&1
mkdir mnt && mount -o loop domU/rootfs.ext3 mnt && echo "hello, guest" >mnt/hello && umount mnt

check_status 1 "the page's own configuration is refused" sh -c "sed 's/zImage\"/zImage/' domU_test >missing && xl create missing 2>said"
check "where its quote is missing" grep -q 'missing:1' said
check "setup the harddisk" losetup /dev/loop0 /root/domU/rootfs.ext3
check "create" xl create domU_test 'ramdisk="/root/domU/ramdisk"' 'extra="console=hvc0 quiet"'
log=/var/log/xen/console/guest-domU.log
check_within 90 "the guest is up" grep -q 'zeroth guest is up' $log
check "it has read its disk" grep -q 'xvda says: hello, guest' $log
check "its network reaches dom0" grep -q 'dom0 answers eth0, 00:16:3e:56:af:69' $log
check "and dom0's reaches it" ping -c 3 -W 5 192.168.122.2
(sleep 3; echo 'echo $((6 * 7)) is the answer'; sleep 4; printf '\035') | xl console domU >console.txt 2>&1
check "xl console" grep -q '42 is the answer' console.txt
check "xl list" sh -c "xl list domU | grep -qE '^domU +[0-9]+ +128 +1 '"
check "xl destroy" xl destroy domU
check "the loop device is still the user's" losetup -d /dev/loop0
mount -o loop domU/rootfs.ext3 mnt
check_equal "the disk has what the guest wrote" "$(cat mnt/back)" "hello, dom0"
umount mnt

# With every debug message, as the page has it too.
check "xl -vvv create -d" sh -c "xl -vvv create -d domU_test 'disk=[]' >said 2>&1"
check "which says what it does" grep -q 'address size: 32 bits' said
check "destroy" xl destroy domU
cp -r /var/log/xen said console.txt /out
checks_done
