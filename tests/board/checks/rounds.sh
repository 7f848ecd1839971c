# SPDX-License-Identifier: Apache-2.0
# Fifty lives: what the host had before, it has after.
# board: --timeout 600
# machine: virt-arm64 virt-arm32
. /board/check.sh
cd /root

cat >tiny.cfg <<'CFG'
name = "tiny"
kernel = "/guest/tiny.img"
memory = 16
CFG
xld=$(pidof xld)

state() {
    xl list | awk '{ print $1, $2, $3, $4 }'
    xenstore-ls -fp
    xl info free_memory
    ls /var/lib/xen /run/zeroth
    grep -c "^[^ ]" /run/zeroth/records
}
as_before() { state >after.txt; diff before.txt after.txt; }
# What a daemon opens once and keeps (connections, its workers' buffers) is there by then.
for _ in $(seq 16); do xl create -q tiny.cfg && xl destroy tiny; done
sleep 1
files_before=$(ls /proc/$xld/fd | wc -l)
memory_before=$(awk '/VmRSS/ { print $2 }' /proc/$xld/status)
state >before.txt

failures=0
for _ in $(seq 50); do
    xl create -q tiny.cfg || failures=$((failures + 1))
    xl destroy tiny || failures=$((failures + 1))
done
check_equal "50 rounds of create and destroy without a failure" "$failures" 0
check_within 20 "list, XenStore, free memory and state files are as before" \
    as_before
check_equal "xld has as many files open as before" "$(ls /proc/$xld/fd | wc -l)" "$files_before"
memory_after=$(awk '/VmRSS/ { print $2 }' /proc/$xld/status)
echo "# xld: $memory_before KiB resident before, $memory_after after"
# It remembers the events of these rounds, up to a bound (EventLog::kKept).
check "xld has not grown by more than 1 MiB" [ "$memory_after" -le $((memory_before + 1024)) ]
checks_done
