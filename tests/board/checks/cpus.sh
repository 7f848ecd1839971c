# SPDX-License-Identifier: Apache-2.0
# CPU pools and schedulers beside Debian's xl, which must see what ours does and the other way round.
# board: --with-reference --cpus 4
. /board/check.sh
cd /root
theirs=$REFERENCE/xl

check "a guest" xl create -q /guest/tiny.cfg
xl cpupool-list >ours.txt
"$theirs" cpupool-list >theirs.txt
check_same "cpupool-list is theirs" ours.txt theirs.txt
check "a CPU is taken out" xl cpupool-cpu-remove Pool-0 3
check "a pool of credit is made of it" xl cpupool-create 'name="p1"' 'sched="credit"' 'cpus="3"'
check "a guest moves there" xl cpupool-migrate tiny p1
xl cpupool-list -c >ours.txt
"$theirs" cpupool-list -c >theirs.txt
check_same "cpupool-list -c is theirs" ours.txt theirs.txt
check "weight and cap" xl sched-credit -d tiny -w 512 -c 50
xl sched-credit >ours.txt
"$theirs" sched-credit >theirs.txt
check_same "sched-credit is theirs" ours.txt theirs.txt
xl sched-credit -s -p p1 >ours.txt
"$theirs" sched-credit -s -p p1 >theirs.txt
check_same "sched-credit -s is theirs" ours.txt theirs.txt
xl sched-credit2 >ours.txt
"$theirs" sched-credit2 >theirs.txt
check_same "sched-credit2 is theirs" ours.txt theirs.txt
check_fails "the last CPU of a guest stays" xl cpupool-cpu-remove p1 3
check_fails "a pool with a guest stays" xl cpupool-destroy p1
for _ in 1 2 3 4 5 6 7 8 9 10; do xl vcpu-list tiny | awk 'NR == 2 { print $4 }'; done | sort -u >cpus.txt
check_equal "its vCPU runs nowhere else" "$(cat cpus.txt)" 3
check "back again" xl cpupool-migrate tiny Pool-0
check "their cpupool-rename" "$theirs" cpupool-rename p1 p2
check "ours sees it" sh -c "xl cpupool-list | grep -q '^p2 '"
# p2 stays, as Xen before 4.22 may panic when a CPU leaves a pool of credit (tests/board/README.md).
check "two CPUs more are free" xl cpupool-cpu-remove Pool-0 1-2
check_fails "Debian's Xen has no rtds" sh -c "xl cpupool-create 'name=\"rt\"' 'sched=\"rtds\"' 'cpus=\"1-2\"' 2>rt.txt"
check "which is said" grep -q 'this Xen has no scheduler rtds' rt.txt
check "a second pool of credit2" xl cpupool-create 'name="two"' 'cpus=["1", "2"]'
check "a guest is made in it" xl create -q /guest/tiny.cfg 'name="n1"' 'pool="two"' vcpus=2
check "its vCPUs run nowhere else" sh -c "xl vcpu-list n1 | awk 'NR > 1 && \$4 !~ /^[12-]$/ { exit 1 }'"
check "it goes" xl destroy n1
check_within 20 "so does the pool" xl cpupool-destroy two
check "its CPUs go home" xl cpupool-cpu-add Pool-0 1-2
xl vm-list >ours.txt
"$theirs" vm-list >theirs.txt
check_same "vm-list is theirs" ours.txt theirs.txt
check "a list of CPUs pins each vCPU" xl create -q /guest/tiny.cfg 'name="pinned"' 'cpus=["1","2"]' vcpus=2
check_equal "where it says" "$(xl vcpu-list pinned | awk 'NR > 1 { print $7 }' | tr '\n' ' ')" "1 2 "
xl destroy pinned
xl destroy tiny
checks_done
