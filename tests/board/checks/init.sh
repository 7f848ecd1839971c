# SPDX-License-Identifier: Apache-2.0
# board: --bare
# /etc/init.d/xencommons and xendomains as the host's init runs them, xld's settings, `xl doctor`.
. /board/check.sh
cd /root

init=/etc/init.d/xencommons
xld_pid() { cat /run/zeroth/xld.pid; }
xenstored_pid() { cat /run/xen/xenstored.pid; }
guest_answers() { # over its console's log: it counts, once a second
    before=$(wc -l <"$log")
    sleep 3
    [ "$(wc -l <"$log")" -gt "$before" ]
}

check_status 3 "before the start, status says so" $init status
check_status 1 "doctor misses the daemons" xl doctor
check "xl says how to start xld" sh -c "xl list 2>&1 | grep -q '$init start'"

rmmod xen_gntalloc
check "start" $init start
check "it loads Xen's modules" grep -q '^xen_gntalloc ' /proc/modules
check "xenstored answers" xenstore-exists /local/domain/0
check_equal "domain 0 has its name" "$(xenstore-read /local/domain/0/name)" Domain-0
check_equal "and number" "$(xenstore-read /local/domain/0/domid)" 0
check_equal "and memory" "$(xenstore-read /local/domain/0/memory/target)" 524288
check_equal "the pool has its name" "$(xenstore-read /local/pool/0/name)" Pool-0
check "xl list" xl list
check "status" $init status
check "doctor finds nothing that is missing" xl doctor
before="$(xenstored_pid) $(xld_pid)"
check "a second start" $init start
check_equal "starts nothing twice" "$(xenstored_pid) $(xld_pid)" "$before"
check_status 2 "an action that there is not" $init frobnicate

cat >g1.cfg <<'CFG'
name = "g1"
kernel = "/guest/vmlinuz"
ramdisk = "/root/g1.cpio.gz"
memory = 96
extra = "console=hvc0"
CFG
mkdir -p extra/etc
printf '#!/bin/sh\nn=0\nwhile :; do n=$((n + 1)); echo "beat $n"; sleep 1; done &\necho "zeroth guest is up"\n' >extra/etc/rcS
chmod 755 extra/etc/rcS
{ cat /guest/domu.cpio.gz; (cd extra && find . | cpio -o -H newc 2>/dev/null | gzip); } >g1.cpio.gz
log=/var/log/xen/console/guest-g1.log
check "a guest" xl create -q g1.cfg
domid=$(xl domid g1)
check_within 60 "boots" grep -q 'beat 2' $log

old="$(xenstored_pid) $(xld_pid)"
check "restart" $init restart
check "puts a new xld in place" test "$(xld_pid)" != "${old#* }"
check "and a new xenstored" test "$(xenstored_pid)" != "${old% *}"
check_equal "the guest keeps its number" "$(xl domid g1)" "$domid"
check "and runs on" guest_answers
check "stop" $init stop
check_status 3 "status says that xld is not running" $init status
check "xenstored stays" xenstore-exists "/local/domain/$domid"
check "start again" $init start
check_equal "the guest is there" "$(xl domid g1)" "$domid"
check "and runs on" guest_answers
check "force-stop" $init force-stop
check_fails "ends xenstored as well" xenstore-exists /
check "start after that" $init start
check_equal "and nothing is lost" "$(xenstore-read "/local/domain/$domid/name")" g1
check "the guest runs on" guest_answers

echo 'log_level = "debug"' >/etc/xen/xld.toml
check "reload" $init reload
check_within 20 "takes the new setting" grep -q '`log_level` has changed' /var/log/xen/xld.log
printf 'log_level = "loud"\n' >/etc/xen/xld.toml
check "reload of a file with an error" $init reload
check_within 20 "changes nothing, and says where it is" grep -q 'xld.toml:1:13: error' /var/log/xen/xld.log
check "xld answers" xl list
check_status 1 "doctor finds it" xl doctor
$init stop 2>/dev/null
check_status 1 "with it, xld does not start" $init start
check "and the reason is printed" sh -c "$init start 2>&1 | grep -q 'xld.toml:1:13: error'"
rm /etc/xen/xld.toml
check "without it, xld starts" $init start
check "destroy" xl destroy g1

mkdir -p /etc/xen/auto
for n in 1 2; do sed "s/tiny\"/auto$n\"/" /guest/tiny.cfg >/etc/xen/auto/0$n-auto.cfg; done
echo 'name = "broken' >/etc/xen/auto/03-broken.cfg
check_status 1 "xendomains start says that one cannot be started" /etc/init.d/xendomains start
check_equal "and starts the others in order" \
    "$(xl list | awk '$1 ~ /^auto/ { printf "%s ", $1 }')" "auto1 auto2 "
rm /etc/xen/auto/03-broken.cfg
check "a second start leaves them alone" /etc/init.d/xendomains start
check "status" /etc/init.d/xendomains status
# This guest does not know of control/shutdown.
echo XENDOMAINS_STOP_MAXWAIT=3 >/etc/default/xendomains
check "xendomains stop" /etc/init.d/xendomains stop
check_equal "ends them" "$(xl list | grep -c auto)" 0
check_status 3 "status says so" /etc/init.d/xendomains status

# A /run that is full: it is said, and a guest that runs is left alone.
check "a guest" xl create -q /guest/tiny.cfg
$init stop 2>/dev/null
mount -t tmpfs -o size=16k none /run/zeroth
head -c 100000 /dev/zero >/run/zeroth/full 2>/dev/null
check_status 1 "with a full /run/zeroth, xld does not start" $init start
check "and says so" sh -c "$init start 2>&1 | grep -q 'xld does not start'"
check "doctor says that it does not run" sh -c "xl doctor | grep -q '^xld *missing'"
umount /run/zeroth
check "with room again, it starts" $init start
check "and the guest is there" xl domid tiny
check "destroy" xl destroy tiny
cp /var/log/xen/*.log /out/
checks_done
