# SPDX-License-Identifier: Apache-2.0
# Our units under Debian's systemd: it is told when a daemon is ready, starts one again that was killed or
# hangs, and guests run on meanwhile; logs are in its journal.
# board: --bare --with-systemd
# xen: 4.17
. /board/check.sh
cd /root

# A process namespace in which it has number 1, over the same files.
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mount --bind /run /run
mount --make-rshared /
container=board unshare --pid --fork --mount-proc /lib/systemd/systemd >/dev/null 2>&1 </dev/null &
inside() { nsenter -t "$(pidof systemd)" -p -m "$@"; }
systemctl() { inside /bin/systemctl "$@"; }
journal() { inside /bin/journalctl --no-pager -o cat "$@"; }
property() { systemctl show -P "$2" "$1"; }
is() { [ "$(property "$1" "$2")" = "$3" ]; }
new_process() { [ "$(property "$1" MainPID)" != "$2" ] && is "$1" ActiveState active && xl list >/dev/null; }
check_within 60 "systemd is up" systemctl is-active multi-user.target

mkdir -p /run/systemd/system/xld.service.d
printf '[Service]\nWatchdogSec=6s\n' >/run/systemd/system/xld.service.d/short.conf
systemctl daemon-reload
check "xencommons starts" systemctl start xencommons
check "and xl works at once" xl list
check_equal "xenstored said that it is ready" "$(property xenstored Type)/$(property xenstored ActiveState)" notify/active
check_equal "and xld did" "$(property xld Type)/$(property xld ActiveState)" notify/active
check "xld's log is in the journal" sh -c "nsenter -t $(pidof systemd) -p -m journalctl -u xld -o cat | grep -q 'listening on'"
check "a guest" xl create -q /guest/tiny.cfg
domid=$(xl domid tiny)

old=$(property xld MainPID)
systemctl kill -s KILL xld
check_within 30 "an xld that was killed is started again" new_process xld "$old"
check_equal "the guest is there" "$(xl domid tiny)" "$domid"
old=$(property xenstored MainPID)
systemctl kill -s KILL xenstored
check_within 30 "so is xenstored" new_process xenstored "$old"
check_equal "with the guest's nodes" "$(xenstore-read "/local/domain/$domid/name")" tiny
old=$(property xld MainPID)
systemctl kill -s STOP xld
check_within 60 "an xld that hangs is noticed by its watchdog" new_process xld "$old"
check_equal "the guest is still there" "$(xl domid tiny)" "$domid"
old=$(property xld MainPID)
sleep 8
check_equal "one that does not hang is left alone" "$(property xld MainPID)" "$old"

cp /etc/xen/xld.toml kept.toml 2>/dev/null || : >kept.toml
printf 'log_level = "loud"\n' >/etc/xen/xld.toml
systemctl restart xld 2>/dev/null
check_within 20 "settings with errors end xld" is xld ActiveState failed
check_equal "for good" "$(property xld ExecMainStatus)" 78
check "saying what is wrong" sh -c "nsenter -t $(pidof systemd) -p -m journalctl -u xld -o cat | grep -q 'xld.toml:1:13: error'"
cp kept.toml /etc/xen/xld.toml
systemctl reset-failed xld
check "put right, it starts" systemctl start xld
check_equal "and finds the guest" "$(xl domid tiny)" "$domid"
xl destroy tiny

mkdir -p /etc/xen/auto
sed 's/"linux"/"auto1"/' /guest/linux.cfg >/etc/xen/auto/auto1.cfg
echo XENDOMAINS_STOP_MAXWAIT=60 >/etc/default/xendomains
check "xendomains starts what is in /etc/xen/auto" systemctl start xendomains
check_within 60 "its guest runs" grep -q "zeroth guest is up" /var/log/xen/console/guest-auto1.log
check "and stops it" systemctl stop xendomains
check_fails "it is gone" xl domid auto1
check "in good order" grep -q "reboot: Power down" /var/log/xen/console/guest-auto1.log
check "xencommons stops" systemctl stop xencommons
check_equal "and xld with it" "$(property xld ActiveState)" inactive
checks_done
