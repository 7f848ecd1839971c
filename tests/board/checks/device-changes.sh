# SPDX-License-Identifier: Apache-2.0
# xen: 4.20
# board: --mem 3072 --timeout 1500
# Devices that come and go: attached and detached, many at once, and with guests that are killed while
# theirs are half up.
. /board/check.sh
cd /root

ip link add virbr0 type bridge
ip addr add 10.9.9.1/24 dev virbr0
ip link set virbr0 up
for i in 1 2; do dd if=/dev/zero of=disk$i.img bs=1M count=2 2>/dev/null; done
# The first domain of all leaves /vm and /libxl behind, with the reference too.
xl create -q /guest/tiny.cfg && xl destroy tiny
sleep 1
xenstore-ls -fp >store.before
links() { ls /sys/class/net | tr '\n' ' '; }
links_before=$(links)
loops() { cat /sys/block/loop*/loop/backing_file 2>/dev/null | wc -l; }
as_before() {
    [ "$(links)" = "$links_before" ] && [ "$(loops)" = 0 ] && xenstore-ls -fp | diff store.before -
}
connected() { [ "$(xenstore-read "/local/domain/0/backend/$1/state" 2>/dev/null)" = 4 ]; }
log=/var/log/xen/console/guest-linux.log

# Its kernel keeps some memory of every device that went.
check "a Linux guest without devices" xl create -q /guest/linux.cfg memory=512
domid=$(xl domid linux)
check_within 90 "it is up" grep -q 'zeroth guest is up' $log
xenstore-ls -fp >store.guest
attach_and_detach() {
    for round in $(seq 20); do
        xl network-attach linux bridge=virbr0 mac=00:16:3e:00:00:01 || return 1
        xl block-attach linux /root/disk1.img,raw,xvdb,w || return 1
        tries=50
        until connected vif/$domid/0 && connected vbd/$domid/51728; do
            tries=$((tries - 1))
            [ $tries -gt 0 ] || { echo "round $round: not connected"; return 1; }
            usleep 200000
        done
        xl network-detach linux 0 && xl block-detach linux xvdb || return 1
    done
}
check "attach and detach both, 20 times" attach_and_detach
check_within 20 "nothing is left" sh -c '[ "$(cat /sys/block/loop*/loop/backing_file 2>/dev/null | wc -l)" = 0 ] && [ -z "$(ls /sys/class/net | grep "^vif")" ]'
check "not in XenStore either" sh -c "xenstore-ls -fp | grep -E 'vif|vbd' ; [ \$(xenstore-ls -fp | grep -cE '/(vif|vbd)') = 0 ]"
check_status 1 "a bridge that is not there" xl network-attach linux bridge=nobr0
check_status 1 "a disk that is not there" xl block-attach linux /root/nosuch,raw,xvdc,w
check "list --json counts what went through" sh -c "
    xl network-attach linux bridge=virbr0 && sleep 2 && xl network-list --json linux | grep -q sent_bytes"
check "destroy" xl destroy linux
check_within 20 "all is as before" as_before

# A guest whose frontends lie: states out of order, rings that are none, another guest's backends.
tiny() { sed "s/^name *=.*/name = \"$1\"/" /guest/tiny.cfg; printf 'vif = ["bridge=virbr0"]\ndisk = ["/root/disk%s.img,raw,xvda,w"]\n' "$2"; }
tiny liar 1 >liar.cfg
tiny honest 2 >honest.cfg
check "two guests" sh -c 'xl create -q liar.cfg && xl create -q honest.cfg'
liar=$(xl domid liar)
honest=$(xl domid honest)
theirs() { xenstore-ls -f /local/domain/0/backend | grep -E "/(vif|vbd)/$honest/"; }
theirs >honest.before
vif=/local/domain/$liar/device/vif/0
vbd=/local/domain/$liar/device/vbd/51712
lies=told
for state in 4 1 6 2 99 -1 4x 5 ''; do
    xenstore-write -- $vif/tx-ring-ref 4294967295 $vif/rx-ring-ref -1 $vif/event-channel 123456 $vif/state "$state" || lies=lost
    xenstore-write -- $vbd/ring-ref 7777777 $vbd/event-channel 99999999999999 $vbd/state "$state" || lies=lost
done
check_equal "all of its lies reach XenStore" "$lies" told
xenstore-write $vif/backend /local/domain/0/backend/vif/$honest/0 $vif/backend-id 77 \
    $vbd/backend /local/domain/0/backend/vbd/$honest/51712 $vbd/virtual-device 0
check "its devices are listed all the same" sh -c 'xl network-list liar && xl block-list liar'
check "by JSON too" xl list --json liar
check_status 1 "its disk is asked for in vain" xl block-detach liar xvdz
xenstore-write $vbd/state 4
check "its disk is taken away by force" xl block-detach -f liar xvda
xenstore-write $vif/state 7
check "it is destroyed" xl destroy liar
theirs >honest.after
check "the other's backends are as they were" diff honest.before honest.after
check_equal "the other's interface is in the bridge" "$(ls /sys/class/net/virbr0/brif)" "vif$honest.0"
check_equal "the other's file has its loop device" "$(loops)" 1
check "destroy the other" xl destroy honest
check_within 20 "all is as before" as_before

# What there is to know where a wait ends in vain.
cat >vif-bad <<'SCRIPT'
#!/bin/sh
echo "the fabric is in pieces"
echo "vif-${XENBUS_PATH#backend/vif/}: a word of the kernel" | tr / - >/dev/kmsg
xenstore-write "$XENBUS_PATH/hotplug-error" "no fabric" "$XENBUS_PATH/hotplug-status" error
exit 3
SCRIPT
chmod 755 vif-bad
told() { grep -q "$1" said; }
sed 's/^name *=.*/name = "bad"/' /guest/tiny.cfg >bad.cfg
xl create -q bad.cfg 'vif=["bridge=virbr0,script=/root/vif-bad"]' >said 2>&1
cp said /out/said-script
check "a script that fails: which device" told 'vif 0: '
check "both states" told "its backend's state is 2 (InitWait), its frontend's"
check "hotplug-error" told 'hotplug-error says "no fabric"'
check "the script's output" told 'the fabric is in pieces'
check "the kernel's lines" told "dom0's kernel: vif-.*-0: a word of the kernel"
xl create -q bad.cfg 'vkb=["backend-type=linux,unique-id=k"]' >said 2>&1
cp said /out/said-backend
check "a backend that nobody is: how long" told 'vinput 0: .*within 10 s'
check "both states" told "its backend's state is 1 (Initialising), its frontend's 1"
check "what is to be done" told 'What serves vinput has to run in domain 0'
check_within 20 "all is as before" as_before
xl create -q bad.cfg 'vif=["bridge=virbr0,mtu=9000"]' >said 2>&1
check "an MTU that is not the bridge's is a warning" told 'warning: vif 0: the MTU asked for, 9000, is not that of the bridge virbr0, 1500'
check "destroy" xl destroy bad
check "two guests write one disk knowingly" sh -c "
    xl create -q bad.cfg 'disk=[\"/root/disk1.img,raw,xvda,w\"]' &&
    ! xl create -q bad.cfg 'name=\"bad2\"' 'disk=[\"/root/disk1.img,raw,xvda,w\"]' 2>/dev/null &&
    xl create -q bad.cfg 'name=\"bad2\"' 'disk=[\"/root/disk1.img,raw,xvda,w!\"]'"
check "destroy both" sh -c 'xl destroy bad && xl destroy bad2'
# A program that serves keyboards, as far as XenStore goes.
serve() {
    for i in $(seq 100); do
        for path in $(xenstore-list /local/domain/0/backend/vinput 2>/dev/null); do
            xenstore-write /local/domain/0/backend/vinput/$path/0/state 2 && return
        done
        usleep 100000
    done
}
serve & server=$!
check "a keyboard that a program serves" xl create -q bad.cfg 'vkb=["backend-type=linux,unique-id=k"]'
wait $server
check_equal "its nodes" "$(xenstore-read /local/domain/0/backend/vinput/"$(xl domid bad)"/0/unique-id)" k
check "destroy" xl destroy bad
# A backend in another domain: its folder, its nodes, its business.
check "a domain that is to serve" xl create -q honest.cfg
honest=$(xl domid honest)
elsewhere=/local/domain/$honest/backend/vif
serve_there() {
    for i in $(seq 100); do
        for path in $(xenstore-list $elsewhere 2>/dev/null); do
            xenstore-write $elsewhere/$path/0/state 2 && return
        done
        usleep 100000
    done
}
serve_there & server=$!
check "a guest whose interface it serves" xl create -q bad.cfg 'vif=["backend=honest,bridge=theirs"]'
wait $server
bad=$(xl domid bad)
check_equal "whose backend is that domain's" "$(xenstore-ls -fp $elsewhere | grep "/$bad/0/state" | sed 's/.*(//')" "n$honest,r$bad)"
check_equal "and the guest knows it" "$(xenstore-read /local/domain/$bad/device/vif/0/backend-id)" "$honest"
check_equal "dom0 has no part in it" "$(ls /sys/class/net | grep -c "^vif$bad")" 0
check "destroy" xl destroy bad
check_equal "nothing is left there" "$(xenstore-list $elsewhere 2>/dev/null)" ""
check_status 3 "a domain that is not there" xl create -q bad.cfg 'vif=["backend=nobody"]'
check "destroy it" xl destroy honest
check_within 20 "all is as before" as_before

# Many at once.
{
    cat /guest/linux.cfg
    echo 'name = "many"'
    printf 'vif = ['
    for i in $(seq 32); do printf '"bridge=virbr0",'; done
    printf ']\ndisk = ['
    for i in a b c d e f g h i j k l m n o p; do
        dd if=/dev/zero of=many-$i.img bs=64k count=1 2>/dev/null
        printf '"/root/many-%s.img,raw,xvd%s,w",' $i $i
    done
    printf ']\n'
} | sed '/^name = "linux"/d' >many.cfg
check "a guest with 32 interfaces and 16 disks" xl create -q many.cfg
check_equal "all are in the bridge" "$(ls /sys/class/net/virbr0/brif | wc -l)" 32
check_equal "each file has a loop device" "$(loops)" 16
check "destroy" xl destroy many
check_within 20 "all is as before" as_before

# A guest that goes away while its devices come up.
sed 's/"many"/"hasty"/' many.cfg >hasty.cfg
xl create -q hasty.cfg >/dev/null 2>&1 &
creating=$!
sleep 1
kill $creating
wait $creating 2>/dev/null
check_within 30 "a create that is called off leaves nothing" as_before

checks_done
