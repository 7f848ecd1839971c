# SPDX-License-Identifier: Apache-2.0
# What changes a running guest: memory, vCPUs, names, sysrq, core dumps, and claims of creates. One of these
# has more memory than goes below 4 GiB, and with that a second bank.
# board: --timeout 1200 --mem 5120
. /board/check.sh
cd /root

cat >g1.cfg <<'CFG'
name = "g1"
kernel = "/guest/vmlinuz"
ramdisk = "/guest/domu.cpio.gz"
memory = 128
maxmem = 192
vcpus = 1
extra = "console=hvc0"
CFG
log=/var/log/xen/console/guest-g1.log
memory_of() { xl list "$1" | awk 'END { print $3 }'; }
vcpus_of() { xl list "$1" | awk 'END { print $4 }'; }
is() { [ "$($1 "$2")" = "$3" ]; }
between() { found=$($1 "$2"); [ "$found" -ge "$3" ] && [ "$found" -le "$4" ]; }

check "create" xl create -q g1.cfg
id=$(xl domid g1)
check_equal "no claim is left" "$(xl info outstanding_claims)" 0
check_within 300 "the guest boots" grep -q 'zeroth guest is up' "$log"
sleep 2

echo "# memory"
# It starts with all of maxmem, and gives back what is beyond memory.
check_within 120 "the guest has its memory" between memory_of g1 124 130
check "mem-set to less" xl mem-set g1 112
check_equal "its node says so" "$(xenstore-read /local/domain/$id/memory/target)" 114688
check_equal "and the reference's other one" "$(xenstore-read "$(xenstore-read /local/domain/$id/vm)/memory")" 112
check_within 120 "the guest's balloon obeys" between memory_of g1 108 120
check "mem-set to more than before" xl mem-set g1 160m
check_within 120 "the balloon takes it" between memory_of g1 156 162
check_status 1 "mem-set beyond maxmem" xl mem-set g1 256
check_status 1 "mem-set of a word" xl mem-set g1 abc
check "mem-max" xl mem-max g1 200
check_equal "its node says so" "$(xenstore-read /local/domain/$id/memory/static-max)" 204800
check_status 1 "mem-max below the target" xl mem-max g1 64
check "dom0 gives some memory back" xl mem-set 0 480
check "and takes it again" xl mem-set 0 512
check_status 1 "dom0 keeps enough" xl mem-set 0 100

echo "# names"
check "rename" xl rename g1 g1new
check_equal "its name's nodes" "$(xenstore-read /local/domain/$id/name "$(xenstore-read /local/domain/$id/vm)/name")" "g1new
g1new"
check_status 1 "rename to a name that is taken" xl rename g1new Domain-0
check "rename back" xl rename g1new g1

echo "# sysrq and triggers"
check "sysrq h" xl sysrq g1 h
check_within 120 "the guest's kernel answers" grep -q 'sysrq: HELP' "$log"
check_status 1 "trigger nmi fails" xl trigger g1 nmi
check "and says that Xen has none" sh -c "xl trigger g1 nmi 2>&1 | grep -q 'sends no such trigger'"

echo "# core dumps"
check "dump-core of a Linux guest" xl dump-core g1 /tmp/core
check_equal "it begins as an ELF core of 64 bits" "$(head -c 18 /tmp/core | od -An -tx1 | tr -d ' \n')" \
    7f454c460201010000000000000000000400
check "it has all of the guest's memory" [ "$(stat -c %s /tmp/core)" -ge $((150 << 20)) ]
check "the guest runs on" sh -c "xl list g1 | grep -qvE ' --p'"
rm -f /tmp/core
check "dump-core of a tiny guest" sh -c "xl create -q /guest/tiny.cfg && xl dump-core tiny /out/tiny.core"
check_equal "is as large as the reference's" "$(stat -c %s /out/tiny.core)" 16830551
# Four pages of rings come first, then RAM, which begins with the kernel; with eight pages below it on 32 bits.
case $(uname -m) in aarch64) page=5 ;; *) page=13 ;; esac
dd if=/out/tiny.core bs=4096 skip=$page count=1 of=/tmp/kernel 2>/dev/null
check "the guest's kernel is in it at its place" cmp -n 256 /tmp/kernel /guest/tiny.img
mkdir -p /small && mount -t tmpfs -o size=1m tmpfs /small
check "a full disk is told" sh -c "xl dump-core g1 /small/core 2>&1 | grep -q 'No space left'"
check_equal "and nothing is left there" "$(ls /small)" ""
check "dump-core -C crashes the guest afterwards" xl dump-core -C tiny /tmp/core
xl destroy tiny 2>/dev/null
rm -f /tmp/core

echo "# claims: two that do not fit together"
free=$(xl info free_memory)
big=3328 # the first bank has 3072 MiB, which a board of 32 bits has not in all
[ "$(uname -m)" = aarch64 ] || big=$((free * 2 / 3))
check "both would fit by themselves, and not together" [ "$free" -gt $((big + 64)) ] && [ "$free" -lt $((big * 2)) ]
xl create -q g1.cfg 'name="a"' memory=$big maxmem=$big >a.txt 2>&1 & first=$!
xl create -q g1.cfg 'name="b"' memory=$big maxmem=$big >b.txt 2>&1; b=$?
wait $first; a=$?
check_equal "one of them is made, the other refused" "$(printf '%s\n' $a $b | sort | tr '\n' ' ')" "0 3 "
check "with the reason" grep -hE 'MiB are claimed for other domains|too little free memory' a.txt b.txt

echo "# two banks of memory"
[ $a = 0 ] && big_name=a || big_name=b
check_equal "list has all of it" "$(memory_of $big_name)" $big
check_within 300 "the guest boots" grep -q 'zeroth guest is up' /var/log/xen/console/guest-$big_name.log
(sleep 1; echo 'grep System.RAM /proc/iomem'; sleep 3; printf '\035') | xl console $big_name >console.txt 2>&1
[ $big -lt 3072 ] || check_equal "it has two banks" "$(tr -d '\r' <console.txt | grep '^[0-9a-f].* : System RAM')" \
    "40000000-ffffffff : System RAM
200000000-20fffffff : System RAM"
# Linux keeps a part of it for its own records of pages, and 64 MiB for its use of devices.
check "and its memory" sh -c "sed -n 's/.*up: 1 CPU, \([0-9]*\) kB.*/\1/p' /var/log/xen/console/guest-$big_name.log |
    { read -r kb && [ \$kb -gt $(((big - 256) * 1024)) ] && [ \$kb -lt $((big * 1024)) ]; }"
xl destroy a 2>/dev/null; xl destroy b 2>/dev/null
check_equal "no claim is left" "$(xl info outstanding_claims)" 0
check_within 60 "free memory is as before" sh -c "[ \"\$(xl info free_memory)\" = $free ]"
check "claims lists them" sh -c "xl claims | grep -qE '^g1 .* 0$'"
check "list -n names the nodes" sh -c "xl list -n g1 | grep -qE ' all$'"

echo "# vCPUs, of a guest with two"
check "create" xl create -q g1.cfg 'name="g2"' vcpus=2 maxmem=128
check_within 300 "it boots" grep -q 'zeroth guest is up' /var/log/xen/console/guest-g2.log
check_within 120 "both vCPUs are online" is vcpus_of g2 2
check "vcpu-set to one" xl vcpu-set g2 1
check_within 120 "the guest takes one offline" is vcpus_of g2 1
check "vcpu-set to two" xl vcpu-set g2 2
# A Linux guest on ARM leaves the last step to its userland.
check_equal "which the guest is told" "$(xenstore-read "/local/domain/$(xl domid g2)/cpu/1/availability")" online
check_status 1 "vcpu-set to more than there are" xl vcpu-set -i g2 3
check "destroy" xl destroy g2

check "config-update" xl config-update g1 g1.cfg memory=64
check "destroy" xl destroy g1
checks_done
