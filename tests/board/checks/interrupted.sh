# SPDX-License-Identifier: Apache-2.0
# own-boot: it kills xld
# A create that is cut short: by its user, by xld being stopped, by xld being killed.
. /board/check.sh
cd /root

cat >g1.cfg <<'CFG'
name = "g1"
kernel = "/guest/vmlinuz"
ramdisk = "/guest/domu.cpio.gz"
memory = 128
CFG
state() {
    xl list | awk '{ print $1, $2, $3, $4 }'
    xenstore-ls -fp
    xl info free_memory
    ls /var/lib/xen
    grep -c "^[^ ]" /run/zeroth/records
}
restart_xld() { /etc/init.d/xencommons start; }
as_before() { state >after.txt; diff before.txt after.txt; }

xl create -q g1.cfg && xl destroy g1
sleep 1
state >before.txt

for delay in 20000 60000 100000 150000 200000; do
    xl create -q g1.cfg >/dev/null 2>&1 & client=$!
    usleep $delay
    kill -INT $client 2>/dev/null
    wait $client
    xl list g1 >/dev/null 2>&1 && xl destroy g1 # it may have been done already
    check_within 20 "xl interrupted after $((delay / 1000)) ms leaves nothing" as_before
done

for signal in TERM KILL; do
    for delay in 20000 60000 100000 150000 200000; do
        xl create -q g1.cfg >create.txt 2>&1 & client=$!
        usleep $delay
        kill -$signal "$(cat /run/zeroth/xld.pid)"
        wait $client; status=$?
        check_within 20 "xld is gone" sh -c "! kill -0 $(cat /run/zeroth/xld.pid) 2>/dev/null"
        if [ $status != 0 ]; then
            check "its client was told: $(tail -n 1 create.txt | cut -c 1-90)" grep -q xld create.txt
        fi
        check "xld starts again" restart_xld
        xl list g1 >/dev/null 2>&1 && xl destroy g1
        check_within 20 "xld stopped by SIG$signal after $((delay / 1000)) ms leaves nothing" as_before
    done
done

# Killed while it undid: the domain has gone, its nodes have not.
uuid=$(cat /proc/sys/kernel/random/uuid)
xenstore-write /local/domain/77/vm "/vm/$uuid" "/vm/$uuid/name" left /libxl/77/type pvh
kill -KILL "$(cat /run/zeroth/xld.pid)"
check_within 20 "xld is gone" sh -c "! kill -0 $(cat /run/zeroth/xld.pid) 2>/dev/null"
tr '\n' ' ' >>/run/zeroth/records <<RECORD
{"uuid": "$uuid", "name": "left", "domid": 0, "keeper": "xld", "intent": "creating",
 "policies": {"on_poweroff": "destroy", "on_reboot": "restart", "on_watchdog": "destroy",
 "on_crash": "destroy", "on_soft_reset": "soft-reset"}, "created_ms": 1, "born_ms": 1, "lives": 1}
RECORD
echo >>/run/zeroth/records
check "xld starts again" restart_xld
check_within 20 "nodes of a domain that is no more are removed" as_before

kill -TERM "$(cat /run/zeroth/xld.pid)"
usleep 300000
check_status 1 "xl without xld ends with 1" xl list
check_equal "and says so in one line" "$(xl list 2>&1 | wc -l)" 1
check "which says how to start it" sh -c "xl list 2>&1 | grep -q 'xld is not running'"
check "config-check needs no xld" xl config-check g1.cfg
check "create -n needs no xld" xl create -n g1.cfg
checks_done
