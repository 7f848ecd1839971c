#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The commands that change a domain which is there already, with the programs as users run them.
. "$ZEROTH_SOURCE/tests/sim/lib.sh"

start_xld "${SIM:-sim:cpus=2,memory=1024}"
make_kernel tiny.img
cat >tiny.cfg <<'CFG'
name = "tiny"
kernel = "tiny.img"
memory = 16
maxmem = 64
vcpus = 2
CFG
kib_of() { xl list -l "$1" | sed -n "s/.*\"$2\": \([0-9]*\).*/\1/p"; }
# said STATUS WORDS NAME COMMAND…: ends so and says so on stderr
said() {
    said_status=$1 said_words=$2 said_name=$3
    shift 3
    "$@" >out.txt 2>err.txt </dev/null
    said_result=$?
    if [ $said_result = "$said_status" ] && grep -qF -- "$said_words" err.txt; then
        check_ok "$said_name"
    else
        check_not_ok "$said_name" "status $said_result, not $said_status; said:" "$(cat out.txt err.txt)"
    fi
}

check "a guest is created" xl create -q tiny.cfg
id=$(xl domid tiny)

check "mem-set within maxmem" xl mem-set tiny 32
check_equal "its target is there" "$(kib_of tiny target_memkb)" 32768
check "mem-set in KiB" xl mem-set tiny 24576k
check_equal "likewise" "$(kib_of tiny target_memkb)" 24576
said 1 "memory_dynamic_max must be less than or equal to memory_static_max" "mem-set beyond maxmem" xl mem-set tiny 65
said 1 "cannot set domid $id dynamic max memory to : 65" "with the reference's last line" xl mem-set tiny 65
said 1 "invalid memory size: abc" "mem-set of a word" xl mem-set tiny abc
said 1 "cannot do without memory" "mem-set of nothing" xl mem-set tiny 0
said 1 "nosuch is an invalid domain identifier" "mem-set of nobody" xl mem-set nosuch 16
check_status 2 "mem-set without a size" xl mem-set tiny
check "mem-max" xl mem-max tiny 128
check_equal "its limit is there" "$(kib_of tiny max_memkb)" 131072
check "and allows more now" xl mem-set tiny 100
said 1 "memory_static_max must be greater than or equal to memory_dynamic_max" "mem-max below the target" xl mem-max tiny 64
check "dom0 can be made smaller" xl mem-set 0 256
said 1 "below the minimum threshold" "but not too small" xl mem-set 0 100

check "rename" xl rename tiny other
check_equal "the new name leads to it" "$(xl domid other)" "$id"
check_fails "the old does not" xl domid tiny
check_equal "its config has the new name" "$(xl list -l other | sed -n 's/.*"name": "\(.*\)".*/\1/p')" other
check "rename to the name it has" xl rename other other
said 1 'Domain with name "Domain-0" already exists.' "rename to a name that is taken" xl rename other Domain-0
said 1 "Can't rename domain 'other'." "with the reference's last line" xl rename other Domain-0
said 1 "has digits only" "rename to digits" xl rename other 77
said 1 "slash" "rename to a path" xl rename other a/b
said 1 "empty" "rename to nothing" xl rename other ''
said 1 "keeps its name" "rename dom0" xl rename 0 zero
check "the name is free for another guest" xl create -q tiny.cfg
check "which goes again" xl destroy tiny
check "rename back" xl rename other tiny

check "vcpu-set to fewer" xl vcpu-set tiny 1
check "vcpu-set to all" xl vcpu-set tiny 2
said 1 "You are overcommmitting! You have 2 physical CPUs and want 3 vCPUs!" "vcpu-set beyond the host" xl vcpu-set tiny 3
said 1 "Requested 3 VCPUs, however maxcpus is 2!" "vcpu-set beyond the guest" xl vcpu-set -i tiny 3
said 1 "libxl_set_vcpuonline failed domid=$id max_vcpus=3, rc: -3" "with the reference's last line" xl vcpu-set -i tiny 3
said 1 "Error: Invalid argument." "vcpu-set of a word" xl vcpu-set tiny x
said 1 "first vCPU" "vcpu-set of none" xl vcpu-set tiny 0

check "sysrq" xl sysrq tiny h
said 1 "Invalid sysrq." "sysrq of two letters" xl sysrq tiny hh
said 1 "one letter" "sysrq of a blank" xl sysrq tiny ' '
for kind in nmi reset init power sleep s3resume; do
    said 1 "Send trigger '$kind' failed" "trigger $kind is not there, and says so" xl trigger tiny $kind
done
said 1 'Invalid trigger "foo"' "trigger foo" xl trigger tiny foo
said 1 "there is no vCPU 7" "trigger to a vCPU that is not there" xl trigger tiny nmi 7

check "config-update" xl config-update tiny tiny.cfg memory=32
check "config-update with -N prints" sh -c '"$ZEROTH_BIN/xl" -N config-update tiny tiny.cfg memory=32 | grep -q "\"target_memkb\": 32768"'
said 1 "nosuch.img" "config-update with a kernel that is not there" xl config-update tiny tiny.cfg 'kernel="nosuch.img"'
said 1 "error" "config-update with errors" xl config-update tiny tiny.cfg memory=abc
said 1 "vfb" "config-update with what is not there yet" xl config-update tiny tiny.cfg 'vfb=["vnc=1"]'

check "dump-core" xl dump-core tiny core
check "it is an ELF core" sh -c 'readelf -h core | grep -q "CORE (Core file)"'
check "with its sections" sh -c 'readelf -SW core | grep -q "\.xen_pages *PROGBITS" && readelf -SW core | grep -q "\.xen_pfn"'
# As many bytes as the reference writes for a guest with this maxmem: 16388 pages and what describes them.
check_equal "of the reference's size" "$(stat -c %s core)" 67260503
check_equal "the guest runs on" "$(xl list tiny | awk 'END { print $5 }' | cut -c 3)" -
check "dump-core of a paused guest" xl pause tiny
check "works" xl dump-core tiny core
check_equal "and leaves it paused" "$(xl list tiny | awk 'END { print $5 }' | cut -c 3)" p
check "dump-core -L" xl dump-core -L tiny core2
said 1 "No such file" "dump-core into no folder" xl dump-core tiny nosuch/core
said 1 "no regular file" "dump-core onto a device" xl dump-core tiny /dev/null
said 1 "core dump failed" "dump-core of dom0" xl dump-core 0 core3
check_status 2 "dump-core -C -R" xl dump-core -C -R tiny core3
check_equal "nothing is left of those" "$(ls core*)" "core
core2"
check "dump-core -C" xl dump-core -C tiny core

check "claims" sh -c '"$ZEROTH_BIN/xl" claims | grep -q "  Claimed$"'
check_equal "nothing is claimed once all is made" "$(xl info outstanding_claims)" 0
check "list -n" sh -c '"$ZEROTH_BIN/xl" list -n | grep -qE "^Domain-0 .* all$"'
xl destroy tiny 2>/dev/null
check "xld ends when asked" stop_xld
checks_done
