# SPDX-License-Identifier: Apache-2.0
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
check_within 5 "nothing is left" sh -c '[ "$(cat /sys/block/loop*/loop/backing_file 2>/dev/null | wc -l)" = 0 ] && [ -z "$(ls /sys/class/net | grep "^vif")" ]'
check "not in XenStore either" sh -c "xenstore-ls -fp | grep -E 'vif|vbd' ; [ \$(xenstore-ls -fp | grep -cE '/(vif|vbd)') = 0 ]"
check_status 1 "a bridge that is not there" xl network-attach linux bridge=nobr0
check_status 1 "a disk that is not there" xl block-attach linux /root/nosuch,raw,xvdc,w
check "list --json counts what went through" sh -c "
    xl network-attach linux bridge=virbr0 && sleep 2 && xl network-list --json linux | grep -q sent_bytes"
check "destroy" xl destroy linux
check_within 10 "all is as before" as_before

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
check_within 15 "all is as before" as_before

# A guest that goes away while its devices come up.
sed 's/"many"/"hasty"/' many.cfg >hasty.cfg
xl create -q hasty.cfg >/dev/null 2>&1 &
creating=$!
sleep 1
kill $creating
wait $creating 2>/dev/null
check_within 30 "a create that is called off leaves nothing" as_before

checks_done
