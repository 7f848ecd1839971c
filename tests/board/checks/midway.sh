# SPDX-License-Identifier: Apache-2.0
# Calxeda's Midway, as its page in Xen's wiki has it: a guest with network, whose address the fabric is
# told of by a hook, on the board's own eth0; and a real-time guest with one of its GPIOs.
# machine: midway
# board: --with-reference --passthrough /soc/gpio@fff30000
. /board/check.sh
cd /root

mac=00:16:3e:4d:69:64
fdb() { bridge fdb show dev eth0 | grep -c "^$mac "; }
known() { [ "$(fdb)" != 0 ]; }
unknown() { [ "$(fdb)" = 0 ]; }

check_equal "this is a Midway" "$(tr '\0' ' ' </proc/device-tree/compatible)" "calxeda,ecx-2000 "
check_equal "its network interface is its own" "$(basename "$(readlink /sys/class/net/eth0/device/driver)")" calxedaxgmac
check_equal "Xen runs here" "$(xl info xen_version)" "$(cat /sys/hypervisor/version/major).$(cat /sys/hypervisor/version/minor)$(cat /sys/hypervisor/version/extra)"
check_equal "on 32 bits" "$(xl info machine) $(xl info xen_caps)" "armv7l xen-3.0-armv7l "
check "with nothing to complain of" xl doctor

ip link add xenbr0 type bridge
ip link set dev eth0 up
ip link set dev eth0 master xenbr0
ip addr add 10.0.2.15/24 dev xenbr0
ip link set dev xenbr0 up
check_within 20 "the network answers dom0" ping -c 1 -W 2 10.0.2.2

# By hand, as the page begins.
check "bridge fdb add" bridge fdb add $mac dev eth0
check "tells the interface" known
check "bridge fdb del" bridge fdb del $mac dev eth0
check "takes it back" unknown

# Automated, as it goes on.
cp /board/cxfabric.hook /etc/xen/scripts/vif-post.d/cxfabric.hook
chmod +x /etc/xen/scripts/vif-post.d/cxfabric.hook
mkdir -p more/etc
cat >more/etc/rcS <<'RC'
#!/bin/sh
ip addr add 10.0.2.16/24 dev eth0 && ip link set eth0 up
i=0
until ping -c 1 -W 2 10.0.2.2 >/dev/null; do i=$((i + 1)); [ $i -lt 20 ] || break; done
[ $i = 20 ] || echo "the world answers"
echo "zeroth guest is up"
RC
chmod 755 more/etc/rcS
(cd more && find . | cpio -o -H newc 2>/dev/null | gzip -1) >more.gz
cat /guest/domu.cpio.gz more.gz >guest.cpio.gz
cat >guest.cfg <<CFG
name = "guest"
kernel = "/guest/vmlinuz"
ramdisk = "/root/guest.cpio.gz"
extra = "console=hvc0 quiet"
memory = 128
vif = [ 'mac=$mac,bridge=xenbr0' ]
CFG
check "create" xl create guest.cfg
check "the fabric knows the guest's address" known
check_within 90 "the guest is up" grep -q 'zeroth guest is up' /var/log/xen/console/guest-guest.log
check "and reaches the world by the board's interface" grep -q 'the world answers' /var/log/xen/console/guest-guest.log
check "list" sh -c "xl list | grep -qE '^guest +[0-9]+ +128 +1 '"
check "network-detach" xl network-detach guest 0
check_within 20 "the fabric forgets it" unknown
check "network-attach" xl network-attach guest mac=$mac bridge=xenbr0
check_within 20 "and learns it again" known
check "destroy" xl destroy guest
check_within 20 "with which it is gone" unknown

# A real-time guest with the first of the board's four GPIOs. Where that is, a guest may have memory: xl moves it.
log=/var/log/xen/console/guest-rtos.log
asked() { echo "$1" >"$(xenstore-read "/local/domain/$(xl domid rtos)/console/tty")"; }
check "xl passthrough" sh -c 'xl passthrough --dtb gpio.dtb /soc/gpio@fff30000 >gpio.cfg'
cat gpio.cfg
printf 'name = "rtos"\nkernel = "/guest/rtos.img"\nmemory = 16\n' | cat - gpio.cfg >rtos.cfg
for life in 1 2; do
    check "rtos: create" xl create -q rtos.cfg
    check_within 20 "rtos: it is up" sh -c "[ \$(grep -c 'zeroth rtos is up' $log) = $life ]"
    asked info
    check_within 20 "rtos: it sees the GPIO elsewhere" sh -c "[ \$(grep -c 'gpio 0x23000000' $log) = $life ]"
    asked irq
    check_within 20 "rtos: the GPIO interrupts it" sh -c "[ \$(grep -c '^irq: 1' $log) = $life ]"
    check "rtos: destroy" xl destroy rtos
done
cp -r /var/log/xen /out
checks_done
