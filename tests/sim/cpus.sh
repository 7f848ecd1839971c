#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# CPU pools and schedulers, with the programs as users run them.
. "$ZEROTH_SOURCE/tests/sim/lib.sh"

start_xld sim:cpus=4,nodes=2,memory=1024
make_kernel tiny.img
make_config tiny tiny.img
check "a guest is created" xl create -q tiny.cfg
id=$(xl domid tiny)

cat >expected.txt <<'TEXT'
Name               CPUs   Sched     Active   Domain count
Pool-0               4   credit2       y          2
TEXT
xl cpupool-list >out.txt
check_same "cpupool-list" out.txt expected.txt
printf 'name = "p1"\nsched = "credit"\ncpus = ["3"]\n' >p1.cfg
xl cpupool-create -n p1.cfg >out.txt
printf 'Using config file "p1.cfg"\ncpupool name:   p1\nscheduler:      credit\nnumber of cpus: 1\n' >expected.txt
check_same "cpupool-create -n" out.txt expected.txt
check_fails "a CPU that is not free" xl cpupool-create p1.cfg
check_equal "leaves no pool" "$(xl cpupool-list | wc -l)" 2
check "cpupool-cpu-remove" xl cpupool-cpu-remove Pool-0 3
check_fails "which it has not now" xl cpupool-cpu-remove Pool-0 3
check "cpupool-create" xl cpupool-create p1.cfg
check_fails "a name that is taken" xl cpupool-create p1.cfg
check_fails "a scheduler that is none" xl cpupool-create 'name="p2"' 'sched="best"'
check_equal "cpupool-list -c" "$(xl cpupool-list -c | tr -s ' ' | tr '\n' ';')" "Name CPU list;Pool-0 0,1,2;p1 3;"
check "cpupool-migrate" xl cpupool-migrate tiny p1
check "list -c shows where it is" sh -c '"$ZEROTH_BIN/xl" list -c tiny | grep -q " p1$"'
check_equal "its vCPU runs there" "$(xl vcpu-list tiny | awk 'NR == 2 { print $4 }')" 3
check_fails "domain 0 stays" xl cpupool-migrate 0 p1
check_fails "a pool with a domain stays" xl cpupool-destroy p1
check_fails "so does its last CPU" xl cpupool-cpu-remove p1 3
xl sched-credit >out.txt
cat >expected.txt <<TEXT
Cpupool p1: tslice=30ms ratelimit=1000us migration-delay=0us
Name                                ID Weight  Cap
tiny                              $(printf %4d "$id")    256    0
TEXT
check_same "sched-credit" out.txt expected.txt
check "sched-credit -s" xl sched-credit -s -p p1 -t 10 -r 500
check_equal "is shown" "$(xl sched-credit -s)" "Cpupool p1: tslice=10ms ratelimit=500us migration-delay=0us"
check_fails "a slice of nothing" xl sched-credit -s -p p1 -t 0
check "sched-credit -w -c" xl sched-credit -d tiny -w 512 -c 50
check_equal "are shown" "$(xl sched-credit -d tiny | awk 'NR == 2 { print $3, $4 }')" "512 50"
check_fails "another scheduler's command" xl sched-credit2 -d tiny -w 512
check_fails "a weight of 0" xl sched-credit -d tiny -w 0
check_fails "a cap of two CPUs for one vCPU" xl sched-credit -d tiny -c 200
check_fails "a weight of nobody" xl sched-credit -w 5
check_fails "a domain that is not there" xl sched-credit -d nosuch
check "cpupool-rename" xl cpupool-rename p1 p2
check "and back home" xl cpupool-migrate tiny Pool-0
check "cpupool-destroy" xl cpupool-destroy p2
check_equal "a pool of rtds takes any free CPU" \
    "$(xl cpupool-create 'name="rt"' 'sched="rtds"' | tail -n 1)" "number of cpus: 1"
check "a guest in it" xl create -q tiny.cfg 'name="rt1"' 'pool="rt"' vcpus=2
check "sched-rtds" xl sched-rtds -d rt1 -p 20000 -b 5000 -e 0
check "of one vCPU" xl sched-rtds -d rt1 -v 1 -p 30000 -b 100 -e 1
xl sched-rtds -v all | sed 1,2d | awk '{ print $1, $3, $4, $5, $6 }' >out.txt
printf 'rt1 0 20000 5000 no\nrt1 1 30000 100 yes\n' >expected.txt
check_same "sched-rtds -v all" out.txt expected.txt
check_fails "a budget above the period" xl sched-rtds -d rt1 -p 100 -b 200
check "it goes" xl destroy rt1
check "so does the pool" xl cpupool-destroy rt
check "all CPUs home" xl cpupool-cpu-add Pool-0 3
check "cpupool-numa-split" xl cpupool-numa-split
check_equal "makes one pool a node" "$(xl cpupool-list -c | tr -s ' ' | tr '\n' ';')" \
    "Name CPU list;Pool-node0 0,1;Pool-node1 2,3;"
check_fails "but once" xl cpupool-numa-split
check_equal "vm-list" "$(xl vm-list | awk 'NR > 1 { print $2, $3 }' | tr '\n' ';')" "0 Domain-0;$id tiny;"
stop_xld
checks_done
