# SPDX-License-Identifier: Apache-2.0
# Real Xen keeps what the simulated one promises: the same contract, by the same program.
# machine: virt-arm64 virt-arm32 midway orangepi-pc
. /board/check.sh

hypervisor-contract --xen >/out/contract.txt 2>&1
check_equal "hypervisor-contract ends well" $? 0
grep -v '^ok' /out/contract.txt
check "it made its checks" sh -c '[ $(grep -c "^ok" /out/contract.txt) -gt 200 ]'
checks_done
