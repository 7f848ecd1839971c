# SPDX-License-Identifier: Apache-2.0
# ERIKA's page on Xen, from top to bottom, with the bare-metal guest of tests/guests/rtos in ERIKA's place: a
# real-time guest with a GPIO of its own on a CPU of its own, told by dom0 over a shared page to raise a pin.
# board: --bare --cpus 4
# machine: virt-arm64 virt-arm32
. /board/check.sh
cd /root
log=/var/log/xen/console/guest-ERIKA_Enterprise.log
type_line() { printf '%s\n' "$1" >"$(xenstore-read "/local/domain/$(xl domid ERIKA_Enterprise)/console/tty")"; }
# The GPIO's data register for pin 0, as dom0 reads it from the device.
register() { devmem 0x9030004; }

# The board's GPIO is a page at 0x9030000, where theirs has two at 0x1c20800. dom0's driver lets go of it.
cp /guest/rtos.img A20.bin
cat >erika.cfg <<'CFG'
kernel = "A20.bin"
memory = 512
name = "ERIKA_Enterprise"
vcpus = 1
cpus = "1"
on_crash = 'destroy'
iomem = ["9030,1"]
CFG
check "dom0's own driver gives the GPIO up" sh -c 'echo 9030000.pl061 >/sys/bus/amba/drivers/pl061_gpio/unbind'

check "/etc/init.d/xencommons start" /etc/init.d/xencommons start
check "xenstore-chmod -r /local b" xenstore-chmod -r /local b
check "xl create ./erika.cfg" xl create ./erika.cfg
check "xl list" sh -c "xl list | grep -q '^ERIKA_Enterprise  *[0-9]*  *512  *1 '"
check_within 20 "it is up" grep -q 'zeroth rtos is up' $log
id=$(xl domid ERIKA_Enterprise)

type_line 'write /local/erika/hello xenbus'
check_within 20 "its XenBus driver may write below /local" grep -q '^write: OK' $log
check_equal "dom0 reads what it wrote" "$(xenstore-read /local/erika/hello)" xenbus

type_line share
check_within 20 "it shares a page through its grant table" grep -q '^share: grant [0-9]*, port [0-9]' $log
check_equal "pin_state: 1 raises the pin" "$(pin-state "$id" 1)" 1
check_equal "it is high in the GPIO's register" "$(register)" 0x00000001
check_equal "pin_state tells so" "$(pin-state "$id")" 1
type_line pin
check_within 20 "and so does the guest" grep -q '^pin: 1' $log
check_equal "pin_state: 0 sets it back" "$(pin-state "$id" 0)" 0
check_equal "it is low in the GPIO's register" "$(register)" 0x00000000

xl vcpu-list ERIKA_Enterprise >vcpus.txt
check_equal "xl vcpu-list: assigned to CPU 1" "$(awk 'NR == 2 { print $7 }' vcpus.txt)" 1
# While it works, and while others want CPUs: nothing but CPU 1 ever.
for name in a b c; do
    xl create -q /guest/rtos.cfg "name=\"$name\"" 'iomem=[]'
    printf 'hang\n' >"$(xenstore-read "/local/domain/$(xl domid $name)/console/tty")"
done
type_line 'ticks 5000'
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    xl vcpu-list ERIKA_Enterprise | awk 'NR == 2 { print $4 }'
done | sort -u >ran.txt
check_equal "it never runs elsewhere" "$(tr '\n' ' ' <ran.txt)" "1 "
check_within 30 "its timer ticks all the while" grep -q '^ticks: [1-9]' $log
for name in a b c; do check "one that hangs is destroyed" xl destroy $name; done

check "xl destroy ERIKA_Enterprise" xl destroy ERIKA_Enterprise
check_fails "it is gone" xl domid ERIKA_Enterprise

check "xl create ./erika.cfg, once more" xl create -q ./erika.cfg
check_within 20 "it has the GPIO again" sh -c "[ \$(grep -c 'zeroth rtos is up' $log) = 2 ]"
type_line crash
check_within 20 "on_crash = 'destroy': one that crashes is gone" sh -c '! xl domid ERIKA_Enterprise'
checks_done
