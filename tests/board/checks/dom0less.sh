# SPDX-License-Identifier: Apache-2.0
# Guests that Xen itself made at boot: Linux with `xen,enhanced`, and the bare guest without. They are
# taken in, and when the Linux one dies it is started again from dom0, without a reboot of the board.
# board: --bare
# machine: virt-arm64-dom0less
. /board/check.sh
cd /root
events=/run/zeroth/events
listed() { xl list 2>/dev/null | grep -qE "^$1 "; }
gone() { ! listed "$1"; }
told() { grep "\"kind\":\"$2\"" "$events" | grep "\"name\":\"$1\"" | grep -q "${3:-.}"; }
up() { [ "$(xenstore-read "/local/domain/$(xl domid "$1")/control/feature-poweroff" 2>/dev/null)" = 1 ]; }
memory() { xl list "$1" | awk -v name="$1" '$1 == name { print $3 }'; }
lives() { xl list --json "$1" | grep '"lives"' | tr -dc 0-9; }
again() { [ "$(lives "$1")" = 2 ]; }

mkdir -p /etc/xen/adopt
sed 's/^extra.*/extra = "console=hvc0 quiet panic=1"/' /guest/linux.cfg >/etc/xen/adopt/linux.cfg
cat >>/etc/xen/adopt/linux.cfg <<'TEXT'
uuid = "4ca53b1a-9d0f-4b5d-8b0e-5d6d6c6c7a01"
on_crash = "restart"
TEXT
/etc/init.d/xencommons start >/dev/null 2>&1
check_within 20 "Linux is taken in under its config's name" listed linux
check_within 20 "and the other guest under its number" listed dom0less-2
check_equal "Xen's first domain is the first config's" "$(xl domid linux)" 1
check_equal "with the memory that Xen gave it" "$(memory linux)" 128
check "it has the config's UUID" sh -c "xl list -v linux | grep -q 4ca53b1a-9d0f-4b5d-8b0e-5d6d6c6c7a01"
check_within 20 "Linux' own driver has found XenStore" up linux
check "the other has none, and it is said why" told dom0less-2 domain.adopted 'xen,enhanced'
check_equal "XenStore says where the ring is" "$(xenstore-read /local/domain/1/store/ring-ref)" 233473
xl console linux </dev/null >said 2>&1
check "xl console says where the console is" grep -q 'xl dmesg' said
check "and there it is" sh -c "xl dmesg | grep -q 'DOM1: zeroth guest is up'"
check "what Linux says of sysrq is there too" xl sysrq linux h
check_within 10 "since it has read it in XenStore" sh -c "xl dmesg | grep -q 'DOM1: .*sysrq: HELP'"
check_fails "the other cannot be asked to shut down" xl shutdown dom0less-2
check "it can be paused" xl pause dom0less-2
check "and set off again" xl unpause dom0less-2

# xld may be killed: who has XenStore keeps it.
kill -KILL "$(cat /run/zeroth/xld.pid)"
sleep 1
/etc/init.d/xencommons start >/dev/null 2>&1
check_within 20 "another xld knows it" listed linux
check_equal "and adopts nobody twice" "$(grep -c domain.adopted "$events")" 2

# It crashes, and lives again.
check "Linux crashes" xl sysrq linux c
check_within 30 "and is started again, from dom0" again linux
check "its policy says so" told linux domain.policy restart
check_within 60 "it is up" up linux
check_within 30 "now with a console, and its log" grep -q 'zeroth guest is up' /var/log/xen/console/guest-linux.log
check "under the same UUID" sh -c "xl list -v linux | grep -q 4ca53b1a-9d0f-4b5d-8b0e-5d6d6c6c7a01"
check "shutdown is obeyed" xl shutdown -w linux
check_within 10 "and it is gone" gone linux
check "the other is destroyed" xl destroy dom0less-2
check_within 10 "and gone" gone dom0less-2
check_equal "nothing is left in XenStore" "$(xenstore-list /local/domain)" 0
checks_done
