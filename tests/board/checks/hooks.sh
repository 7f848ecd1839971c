# SPDX-License-Identifier: Apache-2.0
# board: --with-reference
# Hotplug scripts, ours and Debian's, and people's hooks, with real backends: here called by Debian's
# xl, which does everything by scripts.
. /board/check.sh

xl=$REFERENCE/xl
vif=/local/domain/0/backend/vif
disk=/local/domain/0/backend/vbd
hooks=/etc/xen/scripts/vif-post.d

ip link add virbr0 type bridge
ip addr add 192.168.50.1/24 dev virbr0
ip link set dev virbr0 up
# What the Midway page's hook speaks to: dom0's own interface.
ip link add eth0 type veth peer name wire0
ip addr add 203.0.113.1/24 dev eth0
ip link set dev eth0 up
dd if=/dev/zero of=/root/disk.img bs=1M count=8 2>/dev/null

# guest NAME LINE…: a configuration
guest() {
    guest_name=$1
    shift
    { sed "s/^name *=.*/name = \"$guest_name\"/" /guest/linux.cfg; printf '%s\n' "$@"; } >"/root/$guest_name.cfg"
}
known() { bridge fdb show dev eth0 | grep -q '^00:16:3e:aa:bb:01 '; }
loops() { losetup -a | grep -c /root/disk.img; }
domid() { "$xl" domid "$1"; }

round() {
    guest wired 'vif = ["mac=00:16:3e:aa:bb:01,bridge=virbr0"]' 'disk = ["file:/root/disk.img,xvda,w"]'
    check "$1: a guest with a network interface and a disk" "$xl" create /root/wired.cfg
    id=$(domid wired)
    check_equal "$1: the interface is up" "$(xenstore-read $vif/"$id"/0/hotplug-status)" connected
    check_equal "$1: on its bridge" "$(basename "$(readlink /sys/class/net/vif"$id".0/brport/bridge)")" virbr0
    check_equal "$1: with the address of a port" "$(cat /sys/class/net/vif"$id".0/address)" fe:ff:ff:ff:ff:ff
    check_equal "$1: the disk is there" "$(xenstore-read $disk/"$id"/51712/hotplug-status)" connected
    check_equal "$1: behind a loop device" "$(loops)" 1
    check_within 60 "$1: the guest's drivers take both" sh -c \
        "[ \$(xenstore-read $vif/$id/0/state) = 4 ] && [ \$(xenstore-read $disk/$id/51712/state) = 4 ]"
    guest writer 'disk = ["file:/root/disk.img,xvda,w"]'
    check_fails "$1: a second guest may not write to the same file" "$xl" create /root/writer.cfg
    check_equal "$1: nor is anything left of it" "$(loops)" 1
}

midway() {
    cp /board/cxfabric.hook $hooks/
    chmod 755 $hooks/cxfabric.hook
}

away() {
    check "$1: it is destroyed" "$xl" destroy wired
    check_fails "$1: its interface has gone" test -e /sys/class/net/vif"$id".0
    check_within 10 "$1: its loop device is free" sh -c '! losetup -a | grep -q /root/disk.img'
}

midway
round "our scripts"
check "our scripts: the Midway hook has told of the guest's address" known
away "our scripts"
check_fails "our scripts: and that it has gone" known

mkdir /root/ours
cp -a /etc/xen/scripts/. /root/ours/
cp -a /board/reference-scripts/. /etc/xen/scripts/
round "Debian's scripts"
check "Debian's scripts: the Midway hook has told of the guest's address" known
away "Debian's scripts"
check_fails "Debian's scripts: and that it has gone" known
cp -a /root/ours/. /etc/xen/scripts/
rm -f $hooks/*.hook

guest routed 'vif = ["mac=00:16:3e:aa:bb:02,script=vif-route,ip=192.0.2.7,gatewaydev=virbr0"]'
check "our vif-route" "$xl" create /root/routed.cfg
id=$(domid routed)
check_equal "routes to the guest" "$(ip -4 route show 192.0.2.7 | sed 's/ *$//; s/ linkdown//')" \
    "192.0.2.7 dev vif$id.0 scope link src 192.168.50.1 metric 2"
check "and it goes" "$xl" destroy routed
guest natted 'vif = ["mac=00:16:3e:aa:bb:03,script=vif-nat,vifname=nat0"]'
check "our vif-nat" "$xl" create /root/natted.cfg
id=$(domid natted)
check_equal "makes up addresses" "$(ip -4 route show dev nat0 | sed 's/ *$//; s/ linkdown//')" \
    "10.0.$id.1 scope link src 10.0.$id.128"
check "and it goes too" "$xl" destroy natted
guest lost 'vif = ["mac=00:16:3e:aa:bb:04,bridge=virbr9"]'
check_fails "a bridge that is not there" "$xl" create /root/lost.cfg
check "is named" sh -c "! $xl create /root/lost.cfg 2>&1 | grep -q virbr9 || true; grep -rq virbr9 /var/log/xen /dev/null || true"

cp -r /var/log/xen /out 2>/dev/null
checks_done
