# SPDX-License-Identifier: Apache-2.0
# Guests that Xen itself made at boot: Linux and a real-time guest with `xen,enhanced`, and the bare guest
# without. They are taken in; when Linux powers off and when the real-time guest crashes, they are started again
# from dom0, without a reboot of the board: the latter with a device that it did not have before.
# board: --bare --passthrough /pl061@9030000
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
on_poweroff = "restart"
TEXT
cat >/etc/xen/adopt/rtos.cfg <<'TEXT'
name = "rtos"
kernel = "/guest/rtos.img"
memory = 16
on_crash = "restart"
iomem = ["9030,1"]
irqs = [39]
extra = "irq=39"
TEXT
/etc/init.d/xencommons start >/dev/null 2>&1
check_within 20 "Linux is taken in under its config's name" listed linux
check_within 20 "the real-time guest under its own" listed rtos
check_within 20 "and the third under its number" listed dom0less-3
check_equal "Xen's first domain is the first config's" "$(xl domid linux)" 1
check_equal "and its second the second's" "$(xl domid rtos)" 2
check_equal "with the memory that Xen gave it" "$(memory linux)" 128
check "it has the config's UUID" sh -c "xl list -v linux | grep -q 4ca53b1a-9d0f-4b5d-8b0e-5d6d6c6c7a01"
check_within 20 "Linux' own driver has found XenStore" up linux
check_within 20 "the real-time guest has found it too" up rtos
check_within 20 "which it says on its own serial port" sh -c "xl dmesg | grep -q 'DOM2: zeroth rtos is up'"
check "the third has none, and it is said why" told dom0less-3 domain.adopted 'xen,enhanced'
cat >other.cfg <<'CFG'
name = "other"
kernel = "/guest/tiny.img"
memory = 16
CFG
check_status 3 "what Xen gave it at boot is not for another" xl create -q other.cfg 'iomem=["9010,1"]'
check "whose it is is said" sh -c "xl create -q other.cfg 'iomem=[\"9010,1\"]' 2>&1 | grep -q '\"dom0less-3\" (domain 3) has it'"
check_status 3 "nor is its interrupt" xl create -q other.cfg 'irqs=[34]'
check_equal "XenStore says where the ring is" "$(xenstore-read /local/domain/1/store/ring-ref)" 233473
xl console linux </dev/null >said 2>&1
check "xl console says where the console is" grep -q 'xl dmesg' said
check "and there it is" sh -c "xl dmesg | grep -q 'DOM1: zeroth guest is up'"
check "what Linux says of sysrq is there too" xl sysrq linux h
check_within 20 "since it has read it in XenStore" sh -c "xl dmesg | grep -q 'DOM1: .*sysrq: HELP'"
check_fails "the third cannot be asked to shut down" xl shutdown dom0less-3
check "it can be paused" xl pause dom0less-3
check "and set off again" xl unpause dom0less-3

# xld may be killed: who has XenStore keeps it.
kill -KILL "$(cat /run/zeroth/xld.pid)"
sleep 1
/etc/init.d/xencommons start >/dev/null 2>&1
check_within 20 "another xld knows it" listed linux
check_equal "and adopts nobody twice" "$(grep -c domain.adopted "$events")" 3

# Linux powers off, and lives again.
check "shutdown is obeyed, in a first life" xl shutdown linux
check_within 30 "after which it is started again, from dom0" again linux
check "its policy says so" told linux domain.policy restart
check_within 60 "it is up" up linux
check_within 30 "now with a console, and its log" grep -q 'zeroth guest is up' /var/log/xen/console/guest-linux.log
check "under the same UUID" sh -c "xl list -v linux | grep -q 4ca53b1a-9d0f-4b5d-8b0e-5d6d6c6c7a01"

# The real-time guest crashes. What it can be told by is XenStore.
xenstore-write /local/domain/2/data/command "echo hello"
check_within 20 "it hears what is written in XenStore" sh -c "xl dmesg | grep -q 'DOM2: echo: hello'"
xenstore-write /local/domain/2/data/command crash
check_within 20 "it says what it crashes of" sh -c "xl dmesg | grep -q 'DOM2: panic: exception 4'"
check_within 30 "and is started again too" again rtos
check "its policy says so" told rtos domain.policy restart
log=/var/log/xen/console/guest-rtos.log
check_within 30 "with a log" grep -q 'zeroth rtos is up' $log
echo irq >"$(xenstore-read "/local/domain/$(xl domid rtos)/console/tty")"
check_within 20 "and with its config's device" grep -q '^irq: 1' $log
check "shutdown is obeyed, in a second life" xl shutdown -w rtos
check_within 20 "and it is gone" gone rtos
check "Linux is destroyed" xl destroy linux
check_within 20 "and gone" gone linux
check "the third is destroyed" xl destroy dom0less-3
check_within 20 "and gone" gone dom0less-3
check "then another may have what it had" xl create -q other.cfg 'iomem=["9010,1"]' 'irqs=[34]'
check "which goes" xl destroy other
check_equal "nothing is left in XenStore" "$(xenstore-list /local/domain)" 0
checks_done
