# SPDX-License-Identifier: Apache-2.0
# xen: 4.17
# board: --with-reference --xsm dummy --mem 3072 --timeout 600
# A guest whose interface and disk another guest serves, with its own kernel's backends and `xl devd`.
# Guests that reach each other are what Xen's SILO mode, the default on ARM, keeps from happening.
. /board/check.sh
cd /root

# ramdisk NAME: that folder's files over the Linux guest's own, as its ramdisk
ramdisk() {
    chmod 755 "$1/etc/rcS"
    { cat /guest/domu.cpio.gz; (cd "$1" && find . | cpio -o -H newc 2>/dev/null | gzip); } >"$1.cpio.gz"
}
log() { echo "/var/log/xen/console/guest-$1.log"; }
says() { grep -q "$2" "$(log "$1")"; }

mkdir -p driver/etc/xen driver/usr/sbin driver/usr/bin driver/drivers driver/root
cp -a /etc/xen/scripts driver/etc/xen/
cp /usr/sbin/xl driver/usr/sbin/
cp -a /usr/bin/xenstore* driver/usr/bin/
# What the scripts lock with, which busybox has not.
for file in /usr/bin/flock $(find /lib -name 'ld-linux*' -o -name libc.so.6); do
    mkdir -p "driver${file%/*}"
    cp -L "$file" "driver$file"
done
for module in loop xen-blkback llc stp bridge xen-netback; do
    cp "$(find /lib/modules /modules -name "$module.ko" 2>/dev/null | head -n 1)" driver/drivers/
done
cat >driver/etc/rcS <<'SH'
#!/bin/sh
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
hostname driver
for module in loop xen-blkback llc stp bridge xen-netback; do insmod /drivers/$module.ko; done
mkdir -p /run /var/run /var/lock /var/log/xen
ip link add xenbr0 type bridge
ip addr add 10.8.8.1/24 dev xenbr0
ip link set xenbr0 up
for i in 1 2; do dd if=/dev/zero of=/root/disk$i.img bs=1M count=2 2>/dev/null; done
echo 'written in the driver domain' | dd of=/root/disk1.img conv=notrunc 2>/dev/null
xl devd -p /run/xldevd.pid && echo "driver is up"
while sleep 0.5; do
    now="ports=$(ls /sys/class/net/xenbr0/brif | tr '\n' ,) loops=$(cat /sys/block/loop*/loop/backing_file 2>/dev/null | tr '\n' ,)."
    [ "$now" = "$before" ] || echo "$now"
    before=$now
    if [ -n "$(xenstore-read data/stop 2>/dev/null)" ]; then
        kill "$(cat /run/xldevd.pid)"
        xenstore-write data/stop ''
        cat /var/log/xen/xldevd.log
        echo "devd is stopped"
    fi
    if [ -n "$(xenstore-read data/start 2>/dev/null)" ]; then
        xenstore-write data/start ''
        xl devd -p /run/xldevd.pid && echo "devd is back"
    fi
done &
SH
ramdisk driver
cat >driver.cfg <<'CFG'
name = "driver"
kernel = "/guest/vmlinuz"
ramdisk = "/root/driver.cpio.gz"
extra = "console=hvc0 quiet"
memory = 256
driver_domain = 1
CFG
mkdir -p user/etc
cat >user/etc/rcS <<'SH'
#!/bin/sh
ip addr add 10.8.8.2/24 dev eth0
ip link set eth0 up
for i in 1 2 3 4 5 6 7 8 9 10; do ping -c 1 -W 2 10.8.8.1 >/dev/null && break; done && echo "ping: answered"
echo "disk: $(head -n 1 /dev/xvda)"
echo "zeroth guest is up"
SH
ramdisk user
cat >user.cfg <<'CFG'
name = "user"
kernel = "/guest/vmlinuz"
ramdisk = "/root/user.cpio.gz"
extra = "console=hvc0 quiet"
memory = 96
vif = ["backend=driver,bridge=xenbr0,mac=00:16:3e:00:00:01"]
disk = ["backend=driver,vdev=xvda,format=raw,access=w,target=/root/disk1.img"]
CFG

check_status 1 "xl devd is not for domain 0" xl devd -F
check "and says so" sh -c "xl devd -F 2>&1 | grep -q 'this is domain 0'"
check_fails "no guest without its driver domain" xl create -q user.cfg
check "the driver domain" xl create -q driver.cfg
driver=$(xl domid driver)
check_within 90 "it is up, and so is xl devd" says driver 'driver is up'
check "a guest that it serves" xl create -q user.cfg
user=$(xl domid user)
backend=/local/domain/$driver/backend
check_equal "whose nodes are the driver domain's" \
    "$(xenstore-ls -fp $backend/vif/$user/0 | grep -vc "(n$driver,r$user)")" 0
check_within 20 "the interface is set up there" \
    sh -c "[ \"\$(xenstore-read $backend/vif/$user/0/hotplug-status)\" = connected ]"
check_within 20 "so is the disk" \
    sh -c "[ \"\$(xenstore-read $backend/vbd/$user/51712/hotplug-status)\" = connected ]"
check_within 20 "it sees both" says driver "ports=vif$user.0, loops=/root/disk1.img,"
check_within 90 "the guest is up" says user 'zeroth guest is up'
check "its packets arrive" says user 'ping: answered'
check "it reads its disk" says user 'disk: written in the driver domain'
check "attach an interface" xl network-attach user backend=driver bridge=xenbr0
check "attach a disk" xl block-attach user backend=driver,vdev=xvdb,format=raw,access=w,target=/root/disk2.img
check_within 20 "both are set up" says driver "ports=vif$user.0,vif$user.1, loops=/root/disk1.img,/root/disk2.img,"
check "network-list" sh -c "xl network-list user | grep -q '^1 *$driver '"
check "detach the interface" xl network-detach user 1
check "detach the disk" xl block-detach user xvdb
check_fails "its nodes are gone" sh -c "xenstore-ls -f $backend | grep -E '/vif/$user/1|/vbd/$user/51728'"
check_within 20 "and all that was set up for them" sh -c "tail -n 1 $(log driver) | grep -q 'ports=vif$user.0, loops=/root/disk1.img,\\.'"
check "destroy the guest" xl destroy user
check_within 20 "nothing is left" sh -c "tail -n 1 $(log driver) | grep -q 'ports= loops=\\.'"
check_equal "not in XenStore either" "$(xenstore-ls -f $backend | grep -c "/$user")" 0

# Nobody runs the scripts there.
xenstore-write /local/domain/$driver/data/stop 1
check_within 20 "xl devd ends when it is asked to" says driver 'devd is stopped'
check "a guest is made all the same" xl create -q user.cfg
user=$(xl domid user)
check "with a warning" grep -q "has not set it up within 5 s: is .xl devd. running there" /var/log/xen/xld.log
check_equal "its interface waits" "$(xenstore-read $backend/vif/$user/0/hotplug-status)" ""
xenstore-write /local/domain/$driver/data/start 1
check_within 20 "xl devd is back" says driver 'devd is back'
check_within 20 "and sees to what it finds" says driver "ports=vif$user.0, loops=/root/disk1.img,"
check "destroy the driver domain first" xl destroy driver
check "then its guest" xl destroy user
check_equal "nothing is left" "$(xenstore-ls -f | grep -cE 'vif|vbd')" 0
cp /var/log/xen/console/*.log /var/log/xen/xld.log /out/
checks_done
