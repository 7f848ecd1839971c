#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Guests that Xen made at boot, before there was an xld: they are taken in, and live on from dom0.
. "$ZEROTH_SOURCE/tests/sim/lib.sh"

start_machine
export ZEROTH_ADOPT_DIR="$PWD/adopt"
# made KIND PROGRAM: the domid of a domain that Xen made
made() { xen_sim dom0less "$2" "$1"; }
listed() { xl list 2>/dev/null | grep -qE "^$1 "; }
gone() { ! listed "$1"; }
told() { grep "\"kind\":\"$2\"" "$xld_folder/state/events" | grep "\"name\":\"$1\"" | grep -q "${3:-.}"; }
number() { xl list --json "$1" | awk -v key="\"$2\":" '$1 == key { gsub(/[^0-9]/, "", $2); print $2 }'; }
says() { grep -q "$@"; }
up() { [ "$(xs read "/local/domain/$1/control/feature-poweroff")" = 1 ]; }


rm -rf adopt
mkdir adopt
make_config linux sim:linux 'uuid = "11111111-2222-4333-8444-555555555555"' 'on_crash = "restart"'
mv linux.cfg adopt/a.cfg
make_config rtos sim:linux 'on_reboot = "preserve"'
mv rtos.cfg adopt/3-rtos.cfg
echo 'name = ' >adopt/broken.cfg
first=$(made enhanced linux)
bare=$(made plain linux)
third=$(made enhanced linux)
start_xld

check_within 20 "the first config in the folder is for the first domain" listed linux
check_equal "under the number it has" "$(xl domid linux)" "$first"
check_equal "and with the UUID of the config" "$(number linux uuid)" "$(echo 11111111-2222-4333-8444-555555555555 | tr -d -)"
check_within 10 "a file name with a number is for that domain" listed rtos
check_equal "whatever order they are in" "$(xl domid rtos)" "$third"
check_within 10 "one without a config is called after its number" listed "dom0less-$bare"
check "a config that cannot be read is told" says broken.cfg xld.log
check_within 10 "the guest has XenStore" up "$first"
check_equal "and its name" "$(xs read "/local/domain/$first/name")" linux
check "it is told who was adopted" told linux domain.adopted 'made by Xen'
check "and who has no XenStore" told "dom0less-$bare" domain.adopted 'without XenStore'
check "and what cannot be started again" told "dom0less-$bare" domain.adopted 'no config'

# What Xen has given a guest is that guest's. Of the frames Xen notes one more.
check "a guest has a device from Xen" xen_sim passthrough "$bare" 36880 40
make_config next sim:linux 'iomem = ["9010,1"]'
check_status 3 "its registers are not for another" xl create -q next.cfg
xl create -q next.cfg >said 2>&1
check "whose they are is said" says "iomem: 0x9010,0x1: \"dom0less-$bare\" (domain $bare) has it" said
check_status 3 "nor is its interrupt" xl create -q next.cfg 'iomem=[]' 'irqs=[40]'
check "what is beside it may be had" xl create -q next.cfg 'iomem=["9011,1"]'
check "destroy" xl destroy next

check_fails "one without XenStore cannot be asked to shut down" xl shutdown "dom0less-$bare"
xl shutdown "dom0less-$bare" >said 2>&1
check "which is said" says 'xen,enhanced' said
xl console linux </dev/null >said 2>&1
check "where the console is, is said" says 'xl dmesg' said
check "it can be paused" xl pause "dom0less-$bare"
check "and destroyed" xl destroy "dom0less-$bare"
check_within 10 "and is gone" gone "dom0less-$bare"
check_equal "with its nodes" "$(xs list /local/domain | tr '\n' ' ')" "0 $first $third "

stop_xld KILL
start_xld
check "another xld knows them" listed linux
check_equal "and adopts nobody twice" "$(grep -c domain.adopted "$xld_folder/state/events")" 3

again() { listed "$1" && [ "$(xl domid "$1")" != "$2" ]; }
check "a guest ends" xen_sim end "$first" crash
check_within 20 "and is started again from dom0, by its config" again linux "$first"
check_within 10 "with XenStore" up "$(xl domid linux)"
check_equal "and the same UUID" "$(number linux uuid)" "$(echo 11111111-2222-4333-8444-555555555555 | tr -d -)"
check_within 10 "and a console, with its log" says 'simulated guest is up' "$xld_folder/consoles/guest-linux.log"

check "shutdown is obeyed" xl shutdown -w rtos
check_within 10 "by the policy in the config" gone rtos

late=$(made enhanced linux)
make_config late sim:linux
mv late.cfg adopt/late.cfg
check_within 20 "one that comes later is taken in with the next look" listed late
check "its config may change while it runs" sh -c "echo 'on_crash = \"restart\"' >>adopt/late.cfg"
check "and counts when it ends" xen_sim end "$late" crash
check_within 20 "so that it lives again" again late "$late"
checks_done
