# SPDX-License-Identifier: Apache-2.0
# A guest without an operating system: all that it does by itself, how its life ends, and what of a device
# Xen and the planner let it have. The device tree keeps the GPIO from dom0, so that its interrupt is to be had:
# the GPIO's own pin raises it, and from outside the machine's power key, which is on pin 3. The last who gets
# the GPIO is Linux, by a partial device tree.
# board: --with-guests32 --passthrough /pl061@9030000
# machine: virt-arm64 virt-arm32
. /board/check.sh
cd /root
logs=/var/log/xen/console/guest
type_line() { printf '%s\n' "$2" >"$(xenstore-read "/local/domain/$(xl domid "$1")/console/tty")"; }
# answers NAME COMMAND PATTERN: the guest's answer to the command
answers() {
    type_line "$1" "$2"
    check_within 20 "$1: $2: $3" grep -q "$3" "$logs-$1.log"
}
lives() { grep -c 'zeroth rtos is up' "$logs-$1.log"; }
no_domain() { ! xl domid "$1"; }
# It is down for a tenth of a second.
press_power_key() {
    monitor system_powerdown
    sleep 0.5
}
# edges NAME COUNT: so many has the guest told of
edges() { [ "$(grep -c '^edge: pin 3' "$logs-$1.log")" = "$2" ]; }

# everything NAME ARGUMENTS…: whatever its width, it does the same
everything() {
    name=$1
    shift
    check "$name: create" xl create -q rtos.cfg "name=\"$name\"" "$@"
    check_within 20 "$name: it is up" grep -q 'zeroth rtos is up' "$logs-$name.log"
    id=$(xl domid "$name")
    answers "$name" info 'GICv[23], timer [1-9]'
    answers "$name" 'write /local/rtos/key value' '^write: EACCES'
    check "$name: xenstore-chmod -r /local b" xenstore-chmod -r /local b
    answers "$name" 'write /local/rtos/key value' '^write: OK'
    check "$name: and back" xenstore-chmod /local n0 r0
    answers "$name" 'read domid' "^read: $id"
    answers "$name" 'read nowhere' '^read: ENOENT'
    answers "$name" 'watch data' '^event: data'
    xenstore-write "/local/domain/$id/data/word" x
    check_within 20 "$name: its watch fires" grep -q '^event: data/word' "$logs-$name.log"
    answers "$name" 'ticks 1000' '^ticks: \([2-9][0-9]\|10[0-9]\)' # a busy host misses some
    answers "$name" 'pin 1' '^pin: 1'
    answers "$name" irq '^irq: 1'
    answers "$name" 'listen 3' '^listen: OK'
    press_power_key
    check_within 20 "$name: the power key interrupts it" edges "$name" 1
    press_power_key
    check_within 20 "$name: and again" edges "$name" 2
    answers "$name" 'pin 1' '^pin: 1'
    answers "$name" share '^share: grant'
    check_equal "$name: dom0 lowers the pin" "$(pin-state "$id" 0)" 0
    check_equal "$name: a hundred times up and down" "$(for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        for pin in 1 0 1 0 1; do pin-state "$id" $pin; done; done | sort | uniq -c | tr -s ' \n' ' ')" ' 40 0 60 1 '
    xl shutdown "$name"
    check_within 20 "$name: xl shutdown" no_domain "$name"
    xenstore-rm /local/rtos
}

cat >rtos.cfg <<'CFG'
kernel = "/guest/rtos.img"
memory = 16
iomem = ["9030,1"]
CFG
check_fails "dom0 has not got the GPIO" ls /sys/bus/amba/devices/9030000.pl061
cp rtos.cfg bare.cfg
cat >>rtos.cfg <<'CFG'
irqs = [39]
extra = "irq=39"
CFG
everything wide
# On one CPU: guests32.sh says why.
[ ! -d /guest32 ] || everything narrow 'kernel="/guest32/rtos.img"' 'cpus="1"'

# One life after another, with what xl says that the GPIO takes.
check "xl passthrough" sh -c 'xl passthrough --dtb gpio.dtb /pl061@9030000 >gpio.cfg'
check_equal "says what a config needs" "$(cat gpio.cfg)" '# /pl061@9030000
iomem = [ "0x9030,0x1" ]
irqs = [ 39 ]
device_tree = "gpio.dtb"'
printf 'kernel = "/guest/rtos.img"\nmemory = 16\n' | cat - gpio.cfg >again.cfg
check "create" xl create -q again.cfg 'name="again"' "on_crash='restart'" "on_poweroff='preserve'"
check_within 20 "it is up" grep -q 'zeroth rtos is up' $logs-again.log
type_line again reboot
check_within 20 "PSCI's reset: a second life" sh -c "[ \$(grep -c 'zeroth rtos is up' $logs-again.log) = 2 ]"
answers again irq '^irq: 1'
answers again 'listen 3' '^listen: OK'
type_line again crash
check_within 20 "a crash with on_crash = 'restart': a third" sh -c "[ \$(grep -c 'zeroth rtos is up' $logs-again.log) = 3 ]"
check "what it crashed of is in its log" grep -q 'panic: exception 4.*address 0x0' $logs-again.log
check_status 3 "its interrupt no other guest gets" xl create -q bare.cfg 'name="second"' 'iomem=[]' 'irqs=[39]'
check "which is said" sh -c "xl create -q bare.cfg 'name=\"second\"' 'iomem=[]' 'irqs=[39]' 2>&1 | grep -q 'irqs: 39: \"again\" (domain [0-9]*) has it'"
check "destroy" xl destroy again
check "create" xl create -q again.cfg 'name="hangs"'
check_within 20 "it is up" grep -q 'zeroth rtos is up' $logs-hangs.log
answers hangs irq '^irq: 1'
answers hangs 'listen 3' '^listen: OK'
type_line hangs hang
sleep 1
# QEMU's GICv2 has it by CPU that an interrupt is active: one that another CPU ends stays so for ever.
[ "$BOARD_MACHINE" = virt-arm32 ] || press_power_key
check "one that hangs, with an interrupt that it never takes, is listed" sh -c "xl list hangs | grep -q ' 16 '"
check "and destroyed" timeout 10 xl destroy hangs
check "create" xl create -q rtos.cfg 'name="off"' "on_poweroff='preserve'"
check_within 20 "it is up" grep -q 'zeroth rtos is up' $logs-off.log
answers off irq '^irq: 1' # the hypervisor has taken it back from one that had not ended it
type_line off off
check_within 20 "PSCI's power-off: on_poweroff = 'preserve' keeps it" sh -c "xl list off | grep -q -- '---s--'"
check "destroy" xl destroy off

# A device's registers, where the guest wants them and where not.
check "mapped elsewhere" xl create -q rtos.cfg 'name="moved"' 'iomem=["9030,1@20000"]' 'extra="gpio=0x20000000 irq=39"'
answers moved 'pin 1' '^pin: 1'
answers moved irq '^irq: 1'
answers moved 'pin 1' '^pin: 1'
answers moved info 'gpio 0x20000000'
check_status 3 "what one domain has another does not get" xl create -q bare.cfg 'name="second"'
check "which is said, and who has it" sh -c "xl create -q bare.cfg 'name=\"second\"' 2>&1 | grep -q 'iomem: 0x9030,0x1.*\"moved\" (domain [0-9]*) has it'"
check "destroy" xl destroy moved
check "then it does" xl create -q rtos.cfg 'name="second"'
answers second pin '^pin: 1' # it is the same device
check "destroy" xl destroy second
check "without iomem" xl create -q bare.cfg 'name="none"' 'iomem=[]' "on_crash='preserve'"
check_within 20 "it is up" grep -q 'zeroth rtos is up' $logs-none.log
type_line none pin
check_within 20 "a touch is a fault of its own" grep -q 'panic: exception 4.*address 0x903' $logs-none.log
check "destroy" xl destroy none
refused() {
    check_status 3 "refused: $1" xl create -q bare.cfg 'name="no"' "$1"
    xl create -q bare.cfg 'name="no"' "$1" >why.txt 2>&1
    check "why: $2" grep -q "$2" why.txt
    check_fails "nothing is left of it" xl domid no
}
refused 'iomem=["9030,1@40000"]' "guest's RAM"
refused 'iomem=["9030,1@3001"]' "guest's interrupt controller"
refused 'iomem=["8000,1@20000"]' "host's interrupt controller"
refused 'iomem=["7f000,1@20000"]' 'RAM' # dom0's, or Xen's: it depends on the machine
refused 'iomem=["50000,1@20000"]' "dom0 has no right to machine frame 0x50000"
refused 'iomem=["9000,1"]' "dom0 has no right to machine frame 0x9000"
refused 'dtdev=["/pl061@9030000"]' 'no SMMU'
refused 'irqs=[34]' 'already used by domain 0' # the clock's
refused 'irqs=[100]' 'Operation not permitted' # one that no device of the tree has

# The same for Linux: its own driver binds to the node of the partial tree.
cat /guest/linux.cfg gpio.cfg >linux.cfg
check "Linux: create" xl create -q linux.cfg
check_within 90 "linux: it is up" grep -q 'zeroth guest is up' $logs-linux.log
answers linux 'echo driver is $(basename $(readlink /sys/bus/amba/devices/9030000.pl061/driver))' '^driver is pl061_gpio'
type_line linux 'cd /sys/class/gpio; chip=$(cat gpiochip*/base); echo $((chip + 3)) >export; cd gpio$((chip + 3))'
answers linux 'echo rising >edge && echo listens: $(cat value)' '^listens: 0'
press_power_key
sleep 1
answers linux 'echo interrupts: $(grep gpiolib /proc/interrupts)' '^interrupts: [0-9]*: 1 9030000.pl061 3 Edge gpiolib'
type_line linux 'cd /sys/class/gpio; echo $chip >export; echo high >gpio$chip/direction; echo raised'
check_within 20 "linux: it raises its pin" grep -q '^raised' $logs-linux.log
check "Linux: destroy" xl destroy linux
check "create" xl create -q rtos.cfg 'name="after"'
answers after pin '^pin: 1'
cp -r /var/log/xen /out
checks_done
