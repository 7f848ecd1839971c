# SPDX-License-Identifier: Apache-2.0
# The same configs and the same command lines by Debian's xl and by ours: nodes and permissions in XenStore, the config
# kept beside a domain, and what commands print and end with.
# board: --with-reference --timeout 600
. /board/check.sh
cd /root
theirs=$REFERENCE/xl
ip link add xenbr7 type bridge && ip link set xenbr7 up
for i in 1 2 3; do dd if=/dev/zero of=disk$i.img bs=1M count=1 2>/dev/null; done
losetup /dev/loop6 disk3.img

cat >base.cfg <<'CFG'
kernel = "/guest/vmlinuz"
ramdisk = "/guest/domu.cpio.gz"
memory = 128
vcpus = 2
extra = "console=hvc0 quiet"
CFG
# What differs by nature from one domain to the next; and the one node that is ours alone.
nodes() {
    uuid=$(xenstore-read "/local/domain/$1/vm" | sed 's,/vm/,,')
    xenstore-ls -fp | grep -E "^/(local/domain|libxl)/$1(/| )|/backend/[a-z]+/$1(/| )|/console/$1(/| )|$uuid" |
        grep -v '/xld-hotplug = ' |
        sed -E "s/$uuid/UUID/g; s,/(domain|libxl|backend/[a-z]+)/$1(/| |\"),/\1/ID\2,g; s/([(,][nrwb])$1\b/\1ID/g
            s/(name = )\"(ours|theirs)\"/\1NAME/; s/(port|domid|frontend-id) = \"[0-9]+\"/\1 = N/
            s/(start_time|tty) = \"[^\"]*\"/\1 = T/; s,\"/dev/loop[0-9]\",LOOP,; s/\"7:[0-9]\"/LOOP/" | sort
}
config() { sed -E 's/"(ours|theirs)"/NAME/; s/("uuid": |"domid": )[^,]*/\1/'; }
# made XL NAME: paused, until all of it is written down, also what blkback says of a disk that it has taken
made() {
    "$1" create -q -p g.cfg "name='$2'" >"$2.said" 2>&1 || { cat "$2.said"; return 1; }
    id=$(xl domid "$2")
    for backend in $(xenstore-list "/local/domain/0/backend/vbd/$id" 2>/dev/null); do
        tries=200
        until xenstore-exists "/local/domain/0/backend/vbd/$id/$backend/max-ring-page-order" || [ $tries = 0 ]; do
            tries=$((tries - 1))
            sleep 0.1
        done
    done
    nodes "$id" >"$2.nodes"
    "$1" list -l "$2" 2>/dev/null | config >"$2.json"
    "$1" destroy "$2"
}
# same NAME SETTING…
same() {
    label=$1
    shift
    { cat base.cfg; printf '%s\n' "$@"; } >g.cfg
    check "$label: both make it" eval 'made xl ours && made "$theirs" theirs'
    check_same "its nodes are the same" ours.nodes theirs.nodes
    check_same "its config, too" ours.json theirs.json
}
same "an interface" 'vif=["mac=00:16:3e:01:02:03,bridge=xenbr7,rate=10Mb/s,vifname=web0,model=e1000,type=vif,ip=10.0.0.1"]'
same "two interfaces, one by a script" \
    'vif=["mac=00:16:3e:01:02:03,bridge=xenbr7,script=vif-bridge","mac=00:16:3e:01:02:04,bridge=xenbr7,untrusted"]'
same "disks" 'disk=["/root/disk1.img,raw,xvda,w","/root/disk2.img,raw,xvdb,r","phy:/dev/loop6,sda1,w"]'
same "other disks" 'disk=["file:/root/disk1.img,hdb,r","/root/disk2.img,raw,xvdaa,cdrom","vdev=xvdc3,access=rw,target=/dev/loop6"]'
same "a disk by a script" 'disk=["/root/disk1.img,raw,xvda,w,script=block,no-discard,direct-io-safe"]'
same "an emulated UART" 'vuart="sbsa_uart"'
same "CPUs" 'cpus=["0","1"]' 'cpus_soft="0"' 'maxvcpus=4' 'cpu_weight=512' 'cap=50' 'pool="Pool-0"'
same "policies" 'on_poweroff="preserve"' 'on_reboot="rename-restart"' 'on_crash="coredump-destroy"' 'on_watchdog="restart"' 'on_soft_reset="destroy"'
same "limits" 'uuid="01234567-89ab-4def-8123-456789abcdef"' 'max_grant_frames=16' 'max_maptrack_frames=64' 'max_event_channels=100' 'gic_version="v3"' 'passthrough="disabled"' 'vpmu=1'

check "a guest" xl create -q -p base.cfg 'name="g"' 'vif=["mac=00:16:3e:01:02:03,bridge=xenbr7"]' 'disk=["/root/disk1.img,raw,xvda,w"]'
check "and another" xl create -q -p base.cfg 'name="p"' memory=64
# line STATUS WORD…: both end with it, and print the same but for where in libxl it was
line() {
    status=$1
    shift
    xl "$@" >ours.out 2>ours.err
    ours=$?
    "$theirs" "$@" >theirs.out 2>theirs.err
    found="$ours $?"
    cat ours.err >>ours.out
    grep -v '^libxl: ' theirs.err >>theirs.out
    if [ "$found" = "$status $status" ]; then check_same "xl $*" ours.out theirs.out; else
        check_equal "xl $*: how both end" "$found" "$status $status"; fi
}
while read -r words; do
    # shellcheck disable=SC2086
    [ -z "$words" ] || line $words
done <<'LINES'
0 list g
0 list -n g
1 list nosuch
1 list 99
0 vm-list
0 vcpu-list g
0 domid g
1 domid nosuch
1 domname 99
0 network-list g
0 network-list p g
0 block-list g
0 block-list g p
0 channel-list g
0 vkb-list g
0 vdispl-list g
0 vsnd-list g
0 info xen_caps
0 info nr_cpus
0 cpupool-list
0 cpupool-list -c
1 cpupool-list nosuch
0 sched-credit2
0 sched-credit2 -d g
1 sched-credit2 -d nosuch
0 sched-credit2 -d g -w 300
0 sched-credit2 -d g -c 50
0 sched-credit2 -d g
0 sched-credit2 -s
1 sched-credit2 -w 3
0 sched-credit
0 sched-rtds
2 dmesg -x
2 sysrq g
1 sysrq nosuch s
1 trigger g frob
1 trigger nosuch nmi
1 mem-set g abc
1 mem-set nosuch 100
1 vcpu-set g 9
1 vcpu-set g x
1 vcpu-set nosuch 1
0 vcpu-pin g 0 0
0 vcpu-pin g all all
1 vcpu-pin nosuch 0 0
1 pause nosuch
1 unpause nosuch
1 destroy nosuch
1 destroy 0
1 shutdown nosuch
1 shutdown
1 reboot nosuch
1 rename nosuch x
1 console nosuch
1 dump-core nosuch f
1 network-attach nosuch
1 config-update nosuch base.cfg
6 create
3 create /none
2 create -x base.cfg
0 -N vkb-attach g backend-type=linux unique-id=z width=80
0 -N vdispl-attach g connectors=a:800x600;b:640x480
0 -N network-attach g mac=00:16:3e:01:02:05 bridge=xenbr7
0 -N block-attach g /root/disk2.img,raw,xvdb,r
0 set-parameters guest_loglvl=none/warning
0 -f domid g
LINES
"$theirs" create -n base.cfg name='"x"' 'vif=["bridge=xenbr7"]' 'disk=["/root/disk2.img,raw,xvda,r"]' 2>&1 | config >theirs.json
xl create -n base.cfg name='"x"' 'vif=["bridge=xenbr7"]' 'disk=["/root/disk2.img,raw,xvda,r"]' 2>&1 | config >ours.json
check_same "create -n" ours.json theirs.json

for name in g p; do check "destroy $name" xl destroy $name; done
losetup -d /dev/loop6
ip link del xenbr7
checks_done
