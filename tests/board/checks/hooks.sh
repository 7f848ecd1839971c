# SPDX-License-Identifier: Apache-2.0
# own-boot: it replaces the scripts of dom0, and takes long
# xen: 4.17
# board: --with-reference --timeout 1200
# Hotplug scripts and people's hooks, with Linux's own backends: xld's own way, our scripts, Debian's
# as they come, and ours under Debian's xl.
. /board/check.sh

vif=/local/domain/0/backend/vif
disk=/local/domain/0/backend/vbd
scripts=/etc/xen/scripts
hooks=$scripts/vif-post.d
cd /root || exit

ip link add virbr0 type bridge
ip addr add 192.168.50.1/24 dev virbr0
ip link set dev virbr0 up
# What the Midway page's hook speaks to: dom0's own interface.
ip link add eth0 type veth peer name wire0
ip addr add 203.0.113.1/24 dev eth0
ip link set dev eth0 up
dd if=/dev/zero of=disk.img bs=1M count=8 2>/dev/null

# guest NAME LINE…: a configuration
guest() {
    guest_name=$1
    shift
    { sed "s/^name *=.*/name = \"$guest_name\"/" /guest/tiny.cfg; printf '%s\n' "$@"; } >"$guest_name.cfg"
}
known() { bridge fdb show dev eth0 | grep -q '^00:16:3e:aa:bb:01 '; }
loops() { cat /sys/block/loop*/loop/backing_file 2>/dev/null | grep -c disk.img; }
no_loops() { [ "$(loops)" = 0 ]; }
routes() { ip -4 route show "$@" | sed 's/ linkdown//; s/  */ /g; s/ *$//'; }

# ours_unchanged: the scripts are as they ship, and xld does without them
ours_unchanged() {
    rm -rf $scripts
    cp -a ours $scripts
}
# A byte more makes them somebody's own.
ours_as_scripts() {
    ours_unchanged
    for name in vif-bridge vif-route vif-nat block; do
        { cat ours/$name; echo "echo $name \$1 >>/root/ran"; } >$scripts/$name
    done
    : >ran
}
debians() {
    ours_unchanged
    cp -a /board/reference-scripts/. $scripts/
}
cp -a $scripts ours
cp /board/cxfabric.hook ours/vif-post.d/
chmod 755 ours/vif-post.d/cxfabric.hook

# round NAME XL: a guest with both, its life in dom0
round() {
    guest wired 'vif = ["mac=00:16:3e:aa:bb:01,bridge=virbr0"]' 'disk = ["file:/root/disk.img,xvda,w"]'
    check "$1: a guest with a network interface and a disk" "$2" create wired.cfg
    id=$("$2" domid wired)
    check_equal "$1: the interface is up" "$(xenstore-read $vif/"$id"/0/hotplug-status)" connected
    check_equal "$1: on its bridge" "$(basename "$(readlink /sys/class/net/vif"$id".0/brport/bridge)")" virbr0
    check_equal "$1: with the address of a port" "$(cat /sys/class/net/vif"$id".0/address)" fe:ff:ff:ff:ff:ff
    check_equal "$1: the disk is there" "$(xenstore-read $disk/"$id"/51712/hotplug-status)" connected
    check_equal "$1: behind one loop device" "$(loops)" 1
    check "$1: the Midway hook has told of the guest's address" known
    check "$1: it is destroyed" "$2" destroy wired
    check_fails "$1: its interface has gone" test -e /sys/class/net/vif"$id".0
    check_within 20 "$1: its loop device is free" no_loops
    check_fails "$1: the hook has told that it has gone" known
}

# traced: a guest's life, with what xld and all that it starts executes meanwhile in /root/traced
traced() {
    strace -f -qq -e trace=execve,execveat -o /root/traced -p "$(cat /run/zeroth/xld.pid)" &
    tracer=$!
    usleep 500000
    guest plain 'vif = ["mac=00:16:3e:aa:bb:04,bridge=virbr0"]' 'disk = ["file:/root/disk.img,xvda,w"]'
    check "a guest, watched by strace" xl create plain.cfg
    check "and its end" xl destroy plain
    kill -INT $tracer
    wait $tracer
    cp /root/traced "/out/traced-$1"
}
ours_unchanged
rm -f $hooks/*.hook
traced built-in
check_equal "xld starts no program at all" "$(grep -c exec /root/traced)" 0
ours_as_scripts
traced scripts
check "and strace does see those of scripts" grep -q 'execve("/etc/xen/scripts/vif-bridge"' /root/traced
ours_unchanged
round "built in" xl
ours_as_scripts
round "our scripts" xl
check_equal "our scripts were run" "$(sort ran | tr '\n' ' ')" \
    "block add block remove vif-bridge offline vif-bridge online "
debians
round "Debian's scripts" xl
ours_as_scripts
round "Debian's xl with our scripts" "$REFERENCE/xl"

# modes NAME: routed and natted interfaces
modes() {
    guest routed 'vif = ["mac=00:16:3e:aa:bb:02,script=vif-route,ip=192.0.2.7,gatewaydev=virbr0"]'
    check "$1: vif-route" xl create routed.cfg
    id=$(xl domid routed)
    check_equal "$1: routes to the guest" "$(routes 192.0.2.7)" \
        "192.0.2.7 dev vif$id.0 scope link src 192.168.50.1 metric 2"
    check_equal "$1: answers for others" "$(cat /proc/sys/net/ipv4/conf/vif"$id".0/proxy_arp)" 1
    check "$1: and it goes" xl destroy routed
    check_equal "$1: with its route" "$(routes 192.0.2.7)" ""
    guest natted 'vif = ["mac=00:16:3e:aa:bb:03,script=vif-nat,vifname=nat0"]'
    check "$1: vif-nat with a name" xl create natted.cfg
    id=$(xl domid natted)
    check_equal "$1: has addresses from the domain's number" "$(routes | grep '^10\.')" \
        "10.0.$id.1 dev nat0 scope link src 10.0.$id.128"
    check "$1: and it goes too" xl destroy natted
    check_fails "$1: with its name" test -e /sys/class/net/nat0
}
ours_unchanged
rm -f $hooks/*.hook
modes "built in"
ours_as_scripts
rm -f $hooks/*.hook
modes "our scripts"

# Hooks that misbehave harm their own device only, whose create says why and leaves nothing.
ours_unchanged
rm -f $hooks/*.hook
guest other 'vif = ["mac=00:16:3e:aa:bb:09,bridge=virbr0"]'
check "a guest beside" xl create other.cfg
other=$(xl domid other)
guest hooked 'vif = ["mac=00:16:3e:aa:bb:01,bridge=virbr0"]' 'disk = ["file:/root/disk.img,xvda,w"]'
bad_hook() {
    echo "$2" >$hooks/bad.hook
    chmod 755 $hooks/bad.hook
    xl create hooked.cfg >said 2>&1
    check_fails "$1: there is no such guest" xl domid hooked
    check "$1: what it said is shown" grep -q "$3" said
    check_within 20 "$1: its loop device is free" no_loops
    check_equal "$1: the bridge has the other guest's port alone" "$(ls /sys/class/net/virbr0/brif)" "vif$other.0"
}
bad_hook "a hook that fails" 'fatal "the fabric does not answer"' "the fabric does not answer"
bad_hook "a hook that writes megabytes" "head -c 4000000 /dev/zero | tr '\\0' x; fatal that was all" "that was all"
bad_hook "a hook that hangs" 'echo "waiting for the fabric" >&2; sleep 999' "waiting for the fabric"
check_fails "and nothing of it runs on" pgrep -f 'sleep 999'
rm -f $hooks/bad.hook
check "the guest beside is there" xl domid other
check "the next create is as ever" xl create hooked.cfg
check "and its end" xl destroy hooked
check "and the other's" xl destroy other

# Another toolstack's xl dies while the devices of its guest are half up: ours takes all away.
as_ours() {
    [ "$(loops)" = 0 ] && [ -z "$(ls /sys/class/net/virbr0/brif)" ] &&
        ! xenstore-ls -f | grep -E '/(vif|vbd)/'
}
debians
rm -f $hooks/*.hook
for tenths in 4 7 10 13 16; do
    "$REFERENCE/xl" create hooked.cfg >/dev/null 2>&1 & creating=$!
    usleep ${tenths}00000
    kill -9 $creating
    wait $creating 2>/dev/null
    usleep 500000 # what it had started is over by then
    id=$(xl list | sed -n 's/^hooked  *\([0-9]*\) .*/\1/p')
    [ -z "$id" ] || check "Debian's xl killed after $tenths tenths of a second: ours destroys what it left" xl destroy "$id"
    check_within 20 "nothing is left of its devices" as_ours
done

cp -r /var/log/xen said /out 2>/dev/null
checks_done
