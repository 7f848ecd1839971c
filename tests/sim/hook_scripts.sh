#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The scripts of hooks/ as a toolstack calls them: real bridges and interfaces in a network of their
# own, our xenstored, and each shell that is here (they may be run by any).

if [ -z "${HOOKS_INSIDE:-}" ]; then
    # /sys has to be of that network too: the scripts look there.
    if ! unshare -n -m true 2>/dev/null || ! command -v ip >/dev/null; then
        echo "skipped: it takes root, a network namespace and iproute2"
        exit 0
    fi
    HOOKS_INSIDE=1 exec unshare -n -m "$0" "$@"
fi
mount -t sysfs sysfs /sys || { echo "skipped: no sysfs of its own"; exit 0; }

# shellcheck source=tests/sim/lib_xenstored.sh
. "$ZEROTH_SOURCE/tests/sim/lib_xenstored.sh"
start_xenstored

scripts=$PWD/scripts
hooks=$scripts/vif-post.d
rm -rf "$scripts"
cp -r "$ZEROTH_SOURCE/hooks/scripts" "$scripts"
mkdir "$hooks"
sed -i -e "s|^XEN_SCRIPT_DIR=.*|XEN_SCRIPT_DIR=$scripts|" -e "s|^bindir=.*|bindir=$ZEROTH_BIN:$PWD/fakes|" \
    "$scripts/hotplugpath.sh"
sed -i "s|/etc/dhcp3/|$PWD/dhcp/|; s|/etc/init.d/dhcp3-server|$PWD/dhcp/init|" \
    "$scripts/xen-network-common.sh"
export LOCK_BASEDIR="$PWD/locks"

backend=/local/domain/0/backend/vif/3/0
xs write /local/domain/0/domid 0 /local/domain/3/vm /vm/three

# new_vif KEY VALUE…: the nodes of a vif, and its interface as netback makes it
new_vif() {
    xs rm $backend 2>/dev/null
    xs write $backend/frontend /local/domain/3/device/vif/0 $backend/frontend-id 3 $backend/handle 0 \
        $backend/mac 00:16:3e:01:02:03 $backend/bridge xenbr0
    while [ $# -gt 0 ]; do
        xs write "$backend/$1" "$2"
        shift 2
    done
    ip link add vif3.0 type veth peer name guest0
}

gone() {
    ! ip link show dev "$1" 2>/dev/null >&2 || ip link del dev "$1"
}

# vif SCRIPT COMMAND: as the toolstack calls it
vif() {
    script=$scripts/$1 vif=vif3.0 netdev=eth9 XENBUS_TYPE=vif XENBUS_PATH=backend/vif/3/0 \
        XENBUS_BASE_PATH=backend $shell "$scripts/$1" "$2" type_if=vif
}
node() { xs read "$backend/$1" 2>/dev/null; }
port_of() { basename "$(readlink "/sys/class/net/$1/master")"; }

bridge_checks() {
    new_vif
    check "$shell: vif-bridge comes up" vif vif-bridge online
    check_equal "$shell: and says so" "$(node hotplug-status)" connected
    check_equal "$shell: the interface is on the bridge" "$(port_of vif3.0)" xenbr0
    check "$shell: and up" sh -c 'ip -o link show dev vif3.0 | grep -q "[<,]UP"'
    check_equal "$shell: with the address of a port" "$(cat /sys/class/net/vif3.0/address)" fe:ff:ff:ff:ff:ff
    check_equal "$shell: the guest is told of the MTU" "$(xs read /local/domain/3/device/vif/0/mtu)" 1500
    check "$shell: vif-bridge goes down" vif vif-bridge offline
    check_fails "$shell: the interface is off the bridge" test -e /sys/class/net/vif3.0/master
    gone vif3.0
    check "$shell: and down again, with nothing there" vif vif-bridge offline

    new_vif vifname web0 mtu 1400
    check "$shell: an interface with a name and an MTU" vif vif-bridge online
    check_equal "$shell: it has both" "$(cat /sys/class/net/web0/mtu)" 1400
    gone web0
    new_vif bridge xenbr9
    check_status 1 "$shell: a bridge that is not there" vif vif-bridge online
    check_equal "$shell: is an error" "$(node hotplug-status)" error
    check_equal "$shell: that names it" "$(node hotplug-error)" "Could not find bridge device xenbr9"
    gone vif3.0
}

route_checks() {
    new_vif ip "192.0.2.5 198.51.100.0/24"
    check "$shell: vif-route comes up" vif vif-route online
    check_equal "$shell: with routes" "$(ip -4 route show dev vif3.0 | sed 's| *\(linkdown\)* *$||')" \
        "192.0.2.5 scope link src 203.0.113.1 metric 2
198.51.100.0/24 scope link src 203.0.113.1 metric 2"
    check_equal "$shell: and ARP for others" "$(cat /proc/sys/net/ipv4/conf/vif3.0/proxy_arp)" 1
    check_equal "$shell: vif-route says so" "$(node hotplug-status)" connected
    check "$shell: vif-route goes down" vif vif-route offline
    check_equal "$shell: without routes" "$(ip -4 route show dev vif3.0)" ""
    gone vif3.0

    new_vif
    check "$shell: vif-nat comes up" vif vif-nat online
    check_equal "$shell: with addresses from the domain's number" "$(ip -4 route show dev vif3.0 | sed 's| *\(linkdown\)* *$||')" \
        "10.0.3.1 scope link src 10.0.3.128"
    check_equal "$shell: vif-nat says so" "$(node hotplug-status)" connected
    check "$shell: vif-nat goes down" vif vif-nat offline
    gone vif3.0
}

# Programs of others, which write down what they are asked for.
make_fakes() {
    rm -rf fakes dhcp && mkdir fakes dhcp
    cat >fakes/ovs-vsctl <<'FAKE'
#!/bin/sh
echo "$*" >>asked
case "$*" in *"br-exists ovs0") exit 0 ;; *br-exists*) exit 2 ;; esac
FAKE
    cat >fakes/iptables <<'FAKE'
#!/bin/sh
echo "$*" >>asked
FAKE
    cat >dhcp/init <<'FAKE'
#!/bin/sh
echo "dhcpd $1" >>asked
FAKE
    chmod 755 fakes/* dhcp/init
    rm -f asked
}

switch_checks() {
    make_fakes
    new_vif bridge ovs0.7:8:9 mtu 1400
    check "$shell: vif-openvswitch comes up" vif vif-openvswitch online
    check_equal "$shell: what the switch is asked for" "$(cat asked)" "--timeout=30 br-exists ovs0
--timeout=30 -- --if-exists del-port vif3.0 -- add-port ovs0 vif3.0 tag=7 trunks=8,9
--timeout=30 set interface vif3.0 external-ids:xen-vif-uuid=three external-ids:xen-vm-uuid=three external-ids:attached-mac=00:16:3e:01:02:03"
    check_equal "$shell: it says so" "$(node hotplug-status)" connected
    check_equal "$shell: the interface has the MTU" "$(cat /sys/class/net/vif3.0/mtu)" 1400
    rm -f asked
    check "$shell: vif-openvswitch goes down" vif vif-openvswitch offline
    check_equal "$shell: the port goes" "$(cat asked)" "--timeout=30 -- --if-exists del-port vif3.0"
    gone vif3.0
    new_vif bridge ovs9
    check_status 1 "$shell: a switch that is not there" vif vif-openvswitch online
    check_equal "$shell: is named" "$(node hotplug-error)" "Could not find OVS bridge ovs9"
    rm fakes/ovs-vsctl
    command -v ovs-vsctl >/dev/null ||
        { check_status 1 "$shell: without Open vSwitch" vif vif-openvswitch online
        check_equal "$shell: that is said" "$(node hotplug-error)" \
            "ovs-vsctl, which is Open vSwitch's, is not installed"; }
    gone vif3.0
    rm -rf fakes
}

firewall_checks() {
    make_fakes
    new_vif ip "192.0.2.5 192.0.2.6/32"
    check "$shell: vif-bridge where there is iptables" vif vif-bridge online
    check_equal "$shell: the guest's packets are let through" "$(cat asked)" "-w -L -n
-w -I FORWARD -m physdev --physdev-is-bridged --physdev-in vif3.0 -s 192.0.2.5 -j ACCEPT
-w -I FORWARD -m physdev --physdev-is-bridged --physdev-out vif3.0 -j ACCEPT
-w -I FORWARD -m physdev --physdev-is-bridged --physdev-in vif3.0 -s 192.0.2.6/32 -j ACCEPT
-w -I FORWARD -m physdev --physdev-is-bridged --physdev-out vif3.0 -j ACCEPT
-w -I FORWARD -m physdev --physdev-is-bridged --physdev-in vif3.0 -p udp --sport 68 --dport 67 -j ACCEPT
-w -I FORWARD -m physdev --physdev-is-bridged --physdev-out vif3.0 -j ACCEPT"
    sed -i 's/ -D / -I /' asked && mv asked asked.up
    check "$shell: vif-bridge goes" vif vif-bridge offline
    check_equal "$shell: and the same rules go" "$(sed 's/ -D / -I /' asked)" "$(cat asked.up)"
    gone vif3.0
    rm -rf fakes
}

dhcp_checks() {
    make_fakes
    echo '# the host owns this' >dhcp/dhcpd.conf
    new_vif
    export dhcp=yes
    check "$shell: vif-nat with a DHCP server" vif vif-nat online
    check_equal "$shell: the server knows the guest" "$(cat dhcp/dhcpd.conf)" '# the host owns this
# xen vif vif3.0 begin
host dom3 {
    hardware ethernet 00:16:3e:01:02:03;
    fixed-address 10.0.3.1;
    option routers 10.0.3.128;
    option host-name "dom3";
}
# xen vif vif3.0 end'
    check "$shell: and was told" grep -qx "dhcpd restart" asked
    check "$shell: vif-nat goes" vif vif-nat offline
    check_equal "$shell: the guest's entry goes" "$(cat dhcp/dhcpd.conf)" '# the host owns this'
    rm dhcp/dhcpd.conf
    if [ ! -f /etc/dhcp/dhcpd.conf ] && [ ! -f /etc/dhcpd.conf ]; then
        check_status 1 "$shell: a server that is asked for and not there" vif vif-nat online
        check_equal "$shell: is said" "$(node hotplug-error)" "dhcp=yes, but there is no dhcpd.conf"
    fi
    unset dhcp
    gone vif3.0
    rm -rf fakes dhcp
}

hook_checks() {
    cat >"$hooks/10-tell.hook" <<'HOOK'
mac=$(xenstore_read "$XENBUS_PATH/mac")
do_without_error false
log debug "a hook for $mac"
echo "$command $dev $bridge $mac $type_if $(cat /sys/class/net/$dev/operstate)" >>told
HOOK
    echo 'echo second >>told' >"$hooks/20-second.hook"
    echo 'echo never >>told' >"$hooks/30-not-executable.hook"
    chmod 755 "$hooks"/[12]*.hook
    rm -f told
    new_vif
    check "$shell: vif-bridge with hooks" vif vif-bridge online
    check "$shell: and down" vif vif-bridge offline
    check_equal "$shell: hooks are sourced in order, once it is up and before it goes" "$(cat told)" \
        "online vif3.0 xenbr0 00:16:3e:01:02:03 vif lowerlayerdown
second
offline vif3.0 xenbr0 00:16:3e:01:02:03 vif lowerlayerdown
second"
    rm -f told
    check "$shell: hooks alone, for an interface that is set up already" vif vif-hooks online
    check_equal "$shell: they see the same" "$(head -n 1 told)" \
        "online vif3.0 xenbr0 00:16:3e:01:02:03 vif down"

    echo 'fatal "the fabric does not answer"' >"$hooks/20-second.hook"
    check_status 1 "$shell: a hook that fails, fails the device" vif vif-bridge online
    check_equal "$shell: with its words" "$(node hotplug-error)" "the fabric does not answer"
    echo 'false' >"$hooks/20-second.hook"
    xs rm $backend/hotplug-error
    check_status 1 "$shell: so does one with a command that fails" vif vif-bridge online
    check_equal "$shell: and the script is named" "$(node hotplug-error)" \
        "$scripts/vif-bridge failed; error detected."
    check "$shell: on the way out it does not" vif vif-bridge offline
    check_fails "$shell: the interface goes all the same" test -e /sys/class/net/vif3.0/master
    gone vif3.0
    rm -f "$hooks"/*.hook
}

# What people's hooks and scripts call, as a script of theirs.
helper_checks() {
    cat >"$scripts/field" <<'FIELD'
dir=$(dirname "$0")
. "$dir/vif-common.sh"
xenstore_write "$XENBUS_PATH/written" "two words"
[ "$(xenstore_read "$XENBUS_PATH/written")" = "two words" ]
[ "$(xenstore_read_default "$XENBUS_PATH/none" default)" = default ]
[ "$(first_file -f /none /etc/passwd /etc/group)" = /etc/passwd ]
[ "$(ip_of eth9)" = 203.0.113.1 ] && [ "$(dom0_ip)" = 203.0.113.1 ]
do_or_die true
do_without_error false
claim_lock one
claim_lock two
release_lock one
claim_lock three
release_lock three
release_lock two
release_lock never
create_bridge xenbr1
add_to_bridge xenbr1 "$dev"
[ -e /sys/class/net/xenbr1/brif/$dev ]
remove_from_bridge xenbr1 "$dev"
setup_physical_bridge_port "$dev"
ifup "$dev"
ifdown "$dev"
preiftransfer "$dev"
iptables_w -V >/dev/null 2>&1 || :
evalVariables 'spoken=$(echo no)' '1x=y' 'a b=c' plain "quote='"
[ "$spoken" = '$(echo no)' ] && [ "$quote" = "'" ]
success
FIELD
    new_vif
    check "$shell: a script from the field" vif field online
    check_equal "$shell: it succeeded" "$(node hotplug-status)" connected
    printf 'dir=$(dirname "$0")\n. "$dir/vif-common.sh"\n%s\n' 'xenstore_read "$XENBUS_PATH/none"' >"$scripts/field"
    check_status 1 "$shell: a node that is needed and not there" vif field online
    check_equal "$shell: is named" "$(node hotplug-error)" "xenstore-read backend/vif/3/0/none failed."
    check_status 1 "$shell: a command that there is not" vif field upside-down
    ip link del dev xenbr1
    gone vif3.0
}

# Two at once: the second waits for the first.
lock_checks() {
    cat >"$scripts/locker" <<'LOCKER'
dir=$(dirname "$0")
. "$dir/xen-hotplug-common.sh"
claim_lock queue
read -r before <counter
echo $((before + 1)) >counter
LOCKER
    echo 0 >counter
    for _ in 1 2 3 4 5 6 7 8; do
        $shell "$scripts/locker" &
        lockers="${lockers:-} $!"
    done
    # shellcheck disable=SC2086
    wait $lockers
    lockers=
    check_equal "$shell: locks keep scripts apart" "$(cat counter)" 8
}

# block SCRIPT-COMMAND DOMID: the script for that domain's disk
block() {
    script=$scripts/block XENBUS_TYPE=vbd XENBUS_PATH=backend/vbd/$2/51712 XENBUS_BASE_PATH=backend \
        $shell "$scripts/block" "$1"
}
disk_node() { xs read "/local/domain/0/backend/vbd/$1/51712/$2" 2>/dev/null; }
# new_disk DOMID PATH MODE
new_disk() {
    xs rm "/local/domain/0/backend/vbd/$1" 2>/dev/null
    xs write "/local/domain/0/backend/vbd/$1/51712/frontend-id" "$1" \
        "/local/domain/0/backend/vbd/$1/51712/params" "$2" "/local/domain/0/backend/vbd/$1/51712/mode" "$3"
}
# loops NUMBER: whether so many loop devices have the disk. One that somebody is just looking at, as
# any program of this machine may, goes a moment after its user.
loops() { [ "$(losetup -a | grep -c "$disk")" -eq "$1" ]; }

block_checks() {
    disk=$PWD/disk.img
    dd if=/dev/zero of="$disk" bs=1024 count=1024 2>/dev/null
    new_disk 3 "$disk" w
    check "$shell: block makes a file a disk" block add 3
    check_equal "$shell: and says so" "$(disk_node 3 hotplug-status)" connected
    loop=$(disk_node 3 node)
    check_equal "$shell: with the number of its loop device" "$(disk_node 3 physical-device)" \
        "$(stat -c %t:%T "$loop")"
    check_equal "$shell: which has the file" "$(cat "/sys/block/${loop##*/}/loop/backing_file")" "$disk"
    check "$shell: a second run changes nothing" block add 3
    new_disk 4 "$disk" r
    check_status 1 "$shell: a file that a guest writes to is no other's to read" block add 4
    check_equal "$shell: it is busy" "$(disk_node 4 hotplug-status)" busy
    check "$shell: who has it is named" sh -c "echo '$(disk_node 4 hotplug-error)' | grep -q 'in use by domain 3'"
    check_within 20 "$shell: and no loop device is left" loops 1
    new_disk 4 "$disk" w!
    check "$shell: unless it is asked for" block add 4
    check "$shell: block takes a disk away" block remove 4
    check "$shell: and the other" block remove 3
    check_within 20 "$shell: their loop devices are free" loops 0

    new_disk 3 "$disk" r
    xs rm /local/domain/0/backend/vbd/4
    check "$shell: one who reads" block add 3
    new_disk 4 "$disk" r
    check "$shell: another who reads" block add 4
    check_equal "$shell: cannot write" "$(blockdev --getro "$(disk_node 4 node)")" 1
    new_disk 5 "$(disk_node 4 node)" r
    check "$shell: nor who has the device itself" block add 5
    check "$shell: they end" eval 'block remove 3 && block remove 4 && block remove 5'
    check_within 20 "$shell: and leave nothing" loops 0
    new_disk 3 "$PWD/none.img" w
    check_status 1 "$shell: a file that is not there" block add 3
    check_equal "$shell: is named" "$(disk_node 3 hotplug-error)" "$PWD/none.img does not exist"
    new_disk 3 /dev/null r
    check_status 1 "$shell: what is no disk" block add 3
    check_equal "$shell: is named too" "$(disk_node 3 hotplug-error)" \
        "/dev/null is neither a file nor a block device"
    xs rm /local/domain/0/backend/vbd
}

ip link add xenbr0 type bridge
ip link set dev xenbr0 up
ip link add eth9 type veth peer name wire9
ip addr add 203.0.113.1/24 dev eth9
ip link set dev eth9 up
ip link set dev lo up

for shell in dash bash "busybox sh"; do
    command -v "${shell%% *}" >/dev/null || continue
    bridge_checks
    route_checks
    switch_checks
    firewall_checks
    dhcp_checks
    hook_checks
    helper_checks
    lock_checks
    if [ -w /dev/loop-control ]; then
        block_checks
    else
        echo "skipped: disks, for want of loop devices"
    fi
done

shell="sh"
new_vif
cat >"$hooks/bash.hook" <<'HOOK'
words=(one two)
[[ ${words[1]} == t* ]] && echo "${#words[@]}" >bashed
HOOK
chmod 755 "$hooks/bash.hook"
check "a hook in bash's dialect" vif vif-bridge online
check_equal "is run by bash" "$(cat bashed)" 2
rm -f "$hooks/bash.hook"

cp "$ZEROTH_SOURCE/hooks/vif-post.d/cxfabric.hook" "$hooks/"
cp "$scripts/hotplugpath.sh" "$scripts/hotplugpath.kept"
ip link set dev eth9 down
ip link set dev eth9 name eth0
check "the Midway page's hook, up" vif vif-bridge online
check "the guest's address is in the forwarding database" sh -c 'bridge fdb show dev eth0 | grep -q 00:16:3e:01:02:03'
check "the Midway page's hook, down" vif vif-bridge offline
check_fails "it is not there any more" sh -c 'bridge fdb show dev eth0 | grep -q 00:16:3e:01:02:03'
checks_done
