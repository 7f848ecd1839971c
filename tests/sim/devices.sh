#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Devices over simulated backends: what is written, waited for, and left over.
. "$ZEROTH_SOURCE/tests/sim/lib.sh"

start_xld
node() { xs read "/local/domain/$1" 2>/dev/null; }
node_is() { [ "$(node "$1")" = "$2" ]; }
left() { xs ls -f 2>/dev/null | grep -E '/backend/(vif|vbd)|/device/(vif|vbd)|/error/' ; }
nothing_left() { [ -z "$(left)" ]; }
dd if=/dev/zero of=disk.img bs=1024 count=64 2>/dev/null
here=$(pwd)

make_config one sim:linux "vif = [ 'mac=00:16:3e:01:02:03,bridge=br0' ]" \
    "disk = [ 'file:$here/disk.img,xvda,w' ]"
check "a guest with an interface and a disk is created" xl create -q one.cfg
one=$(xl domid one)
for device in vif/$one/0 vbd/$one/51712; do
    check_within 10 "the backend of $device is connected" node_is "0/backend/$device/state" 4
    check_equal "its hotplug is done" "$(node "0/backend/$device/hotplug-status")" connected
done
check_equal "the file is a loop device's" "$(node "0/backend/vbd/$one/51712/node")" /dev/loop0
check_equal "the toolstack has its record" \
    "$(xs read "/libxl/$one/device/vif/0/backend")" "/local/domain/0/backend/vif/$one/0"
xl network-list one >list
check_equal "network-list has a row for it" "$(sed -n 2p list)" \
    "0   0  00:16:3e:01:02:03     0     4      9     8/9           /local/domain/0/backend/vif/$one/0"
check_equal "and the reference's header" "$(sed -n 1p list)" \
    "Idx BE Mac Addr.         handle state evt-ch   tx-/rx-ring-ref BE-path                       "
check_equal "block-list, too" "$(xl block-list one | sed -n 2p)" \
    "51712 0   $one      4     9      8        /local/domain/0/backend/vbd/$one/51712"
check "--json names the interface" sh -c \
    "'$ZEROTH_BIN/xl' network-list --json one | grep -q '\"interface\": \"vif$one.0\"'"
check "list --json has both, and what went through them" sh -c "
    '$ZEROTH_BIN/xl' list --json one >list.json && grep -q '\"interface\": *\"vif$one.0\"' list.json &&
    grep -q '\"vdev\": *\"xvda\"' list.json && grep -q sent_bytes list.json"
check_equal "list -l has both" \
    "$(xl list -l one | grep -cE '"mac": "00:16:3e:01:02:03"|"vdev": "xvda"')" 2

check "one more interface" xl network-attach one bridge=virbr0
check_within 10 "comes up in the guest" node_is "0/backend/vif/$one/1/state" 4
mac=$(node "0/backend/vif/$one/1/mac")
check "with a MAC of its own" sh -c "echo $mac | grep -q '^00:16:3e:[0-7]'"
xl block-attach one "$here/disk.img,raw,xvdb,r" >out 2>&1
check "the same disk once more is refused: the first one writes to it" grep -q 'which writes to it' out
xl create -q one.cfg 'name="twin"' 'vif=[]' >out 2>&1
check "nor is it another guest's" grep -q 'xvda of "one"' out
check "unless that says that it is shared" xl create -q one.cfg 'name="twin"' 'vif=[]' \
    "disk=['$here/disk.img,raw,xvda,w!']"
check_equal "which is in its backend's mode" "$(node "0/backend/vbd/$(xl domid twin)/51712/mode")" 'w!'
check "destroy it" xl destroy twin
cp disk.img other.img
check "another file" xl block-attach one "$here/other.img" raw xvdb r
check_within 10 "comes up, too" node_is "0/backend/vbd/$one/51728/state" 4
check_equal "list -l has four" "$(xl list -l one | grep -cE '"mac":|"vdev":')" 4
check "the interface is taken away by its MAC" xl network-detach one "$mac"
check "the disk by its name" xl block-detach one xvdb
check_equal "list -l has two again" "$(xl list -l one | grep -cE '"mac":|"vdev":')" 2
check_equal "nothing of them is left" "$(left | grep -cE '/backend/vif/[0-9]+/1|/device/vif/1|51728')" 0
check_status 1 "an interface that is not there" xl network-detach one 9
check_equal "is unknown" "$(xl network-detach one 9 2>&1)" "Unknown device 9."
check_equal "so is a disk" "$(xl block-detach one xvdz 2>&1)" "Error: Device xvdz not connected."
check_equal "a dry run only prints" "$(xl -N network-attach one mac=00:16:3e:01:02:04 | head -2 | tail -1)" \
    '    "mac": "00:16:3e:01:02:04"'
check_status 1 "a field that is none" xl network-attach one frob=1

check_status 3 "its MAC is no other's" xl create -q one.cfg 'name="two"' 'disk=[]'
check_equal "and whose it is, is said" "$(xl create -q one.cfg 'name="two"' 'disk=[]' 2>&1 | grep -c 'interface 0 of "one"')" 1
check "destroy" xl destroy one
check "nothing is left" nothing_left

make_config bad sim:linux
check_status 3 "a backend that never comes" xl create -q bad.cfg "vif=['bridge=sim-no-backend']"
check_status 3 "a backend that gives up" xl create -q bad.cfg "vif=['bridge=sim-refused']"
check_equal "says why" "$(xl create -q bad.cfg "vif=['bridge=sim-refused']" 2>&1 | grep -c 'the simulation refuses it')" 1
check_status 3 "a hotplug that fails" xl create -q bad.cfg "vif=['bridge=sim-hotplug-fails']"
check "nothing is left" nothing_left
check_equal "no domain either" "$(xl list | wc -l)" 2

xl create -q bad.cfg "vif=['bridge=br0,mtu=9000']" >out 2>&1
check_equal "an MTU that is not the bridge's is a warning" "$(cat out)" \
    "warning: vif 0: the MTU asked for, 9000, is not that of the bridge br0, 1500"
xl network-attach bad bridge=br0,mtu=9000 >out 2>&1
check "of an attach, too" grep -q '^warning: vif 1: the MTU asked for, 9000' out
check "destroy" xl destroy bad

# Served by programs, and by other domains.
serve() { (for _ in $(seq 100); do for one in $(xs list "$1" 2>/dev/null); do
    xs write "$1/$one/0/state" 2 && exit; done; sleep 0.1; done) & server=$!; }
serve /local/domain/0/backend/vinput
check "a keyboard" xl create -q bad.cfg "vkb=['backend-type=linux,unique-id=k']"
wait "$server"
check_equal "has its nodes" "$(node "0/backend/vinput/$(xl domid bad)/0/unique-id")" k
check "destroy" xl destroy bad
check_equal "they are gone" "$(xs ls -f | grep -c vinput)" 0
xl create -q bad.cfg "p9=['type=xen_9pfsd,security_model=none']" >out 2>&1
check "a daemon that does not run is named" grep -q 'xen-9pfsd does not run in domain 0' out
xl create -q bad.cfg "vfb=['vnc=1']" >out 2>&1
check "what needs QEMU says so" grep -q 'vfb: a framebuffer needs QEMU' out
check "a domain that is to serve" xl create -q bad.cfg 'name="driver"'
driver=$(xl domid driver)
serve "/local/domain/$driver/backend/vif"
check "an interface that it serves" xl create -q bad.cfg "vif=['backend=driver']"
wait "$server"
check_equal "the guest knows by whom" "$(node "$(xl domid bad)/device/vif/0/backend-id")" "$driver"
check_equal "list --json does, too" "$(xl list --json bad | grep -cE '"backend_domid": *'"$driver")" 1
check "destroy" xl destroy bad
check_equal "nothing is left there" "$(xs ls -f "/local/domain/$driver" | grep -c '/backend/vif')" 0
check_status 3 "a domain that is not there" xl create -q bad.cfg "vif=['backend=nobody']"
check "destroy it" xl destroy driver
check "nothing is left" nothing_left

# Scripts.
rm -f calls fail
cat >hook <<'SH'
#!/bin/sh
echo "$@ $XENBUS_PATH vif=$vif" >>"$(dirname "$0")/calls"
echo "the hook's own words"
[ ! -e "$(dirname "$0")/fail" ]
SH
chmod 755 hook
check "a guest with a script" xl create -q bad.cfg "vif=['bridge=br0,script=$here/hook']"
bad=$(xl domid bad)
check "destroy" xl destroy bad
check_equal "which was called on both ways" "$(cat calls)" \
    "online type_if=vif backend/vif/$bad/0 vif=vif$bad.0
offline type_if=vif backend/vif/$bad/0 vif=vif$bad.0"
touch fail
check_status 3 "one that fails" xl create -q bad.cfg "vif=['bridge=br0,script=$here/hook']"
check_equal "has its output shown" "$(xl create -q bad.cfg "vif=['bridge=br0,script=$here/hook']" 2>&1 | grep -c "the hook's own words")" 1
check "nothing is left" nothing_left

# A guest that does not answer.
make_config deaf sim:hang
check "a guest without drivers" xl create -q deaf.cfg "vif=['bridge=br0']"
check_fails "keeps its interface if it is asked only" xl network-detach deaf 0
check "but not against force" xl network-detach -f deaf 0
check "destroy" xl destroy deaf
check "nothing is left" nothing_left
checks_done
