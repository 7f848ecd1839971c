# SPDX-License-Identifier: Apache-2.0
# Guests of 32 bits on a 64-bit Xen, beside one of 64.
# board: --with-guests32
#
# Linux has two vCPUs, each bound to a CPU: as Xen switches from one 32-bit vCPU to another on the same
# CPU, QEMU 7.2 loses the SPSR of the mode it was in. QEMU keeps that in a field of its own, which it
# neither stores for an exception to a 64-bit EL2 nor loads for the return. Left to float, a third of
# such guests crashed while they booted, no matter whose xl had made them (4 of 16 of ours, 6 of 16 of
# Debian's); bound, none of 30, beside another boot.
. /board/check.sh
cd /root

log=/var/log/xen/console/guest
check "a guest of 64 bits" xl create -q /guest/tiny.cfg
check "the plan of one of 32" sh -c "xl plan /guest32/linux.cfg | grep -q 'address size: 32 bits'"
check "without an operating system" xl create -q /guest32/tiny.cfg 'name="tiny32"'
check_within 20 "it speaks" grep -q 'tiny guest is up' $log-tiny32.log
check "Linux" xl create -q /guest32/linux.cfg 'name="linux32"' vcpus=2 'cpus=["0", "1"]'
check_within 90 "comes up, with both its CPUs" grep -q 'zeroth guest is up: 2 CPU' $log-linux32.log
(sleep 3; echo 'echo it is $(uname -m)'; sleep 4; printf '\035') | xl console linux32 >console.txt 2>&1
check "and is of 32 bits" grep -q 'it is armv[78]l' console.txt
check_equal "three guests" "$(xl list | awk 'NR > 2 { printf "%s ", $1 }')" "tiny tiny32 linux32 "
check "shutdown" xl shutdown -w linux32
check "destroy" sh -c 'xl destroy tiny && xl destroy tiny32'
checks_done
