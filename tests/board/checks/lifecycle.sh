# SPDX-License-Identifier: Apache-2.0
# One guest from its config to its end, as a user drives it.
# machine: virt-arm64 virt-arm32 midway orangepi-pc
. /board/check.sh
cd /root

cat >g1.cfg <<'CFG'
name = "g1"
kernel = "/guest/vmlinuz"
ramdisk = "/guest/domu.cpio.gz"
memory = 128
vcpus = 1
extra = "console=hvc0"
CFG
log=/var/log/xen/console/guest-g1.log

# The first domain of all leaves /vm and /libxl behind, with the reference too.
xl create -q /guest/tiny.cfg && xl destroy tiny
sleep 1
xenstore-ls -fp >store.before
free_before=$(xl info free_memory)

check "create" xl create g1.cfg
domid=$(xl domid g1)
check_equal "domname gives the name back" "$(xl domname "$domid")" g1
check "list has a row for it" sh -c "xl list | grep -qE '^g1 +$domid +128 +1 '"
check "list --json names it" sh -c "xl list --json | grep -q '\"name\": *\"g1\"'"
check "list -l has its kernel" sh -c "xl list -l g1 | grep -q '\"kernel\": \"/guest/vmlinuz\"'"
check "vcpu-list has its vCPU" sh -c "xl vcpu-list g1 | grep -qE '^g1 +$domid +0 +[01] '"
check_within 60 "the guest boots to its own userland" grep -q 'zeroth guest is up: 1 CPU' "$log"
check_equal "no warning of the guest's kernel about its device tree" \
    "$(grep -iE 'OF: |FDT|failed to (map|find)' "$log" | grep -v 'Machine model')" ""

(sleep 3; echo 'echo $((6 * 7)) is the answer'; sleep 4; printf '\035') | xl console g1 >console.txt 2>&1
check "console passes a command in and its answer out" grep -q '42 is the answer' console.txt

check "pause" xl pause g1
check "list shows it paused" sh -c "xl list g1 | grep -qE ' [r-][b-]p--- '"
check "unpause" xl unpause g1
check "list shows it running or blocked" sh -c "xl list g1 | grep -qE ' (r|-)(b|-)---- '"

check "vcpu-pin" xl vcpu-pin g1 0 1
check "vcpu-list shows the pin" sh -c "xl vcpu-list g1 | grep -qE ' 1 / all$'"
check "uptime" sh -c "xl uptime g1 | grep -qE '^g1 +$domid +0:0'"

check_status 3 "a second domain of the same name is refused" xl create g1.cfg
check_equal "and the first is untouched" "$(xl domid g1)" "$domid"

check "destroy" xl destroy g1
check_within 20 "it is gone from the list" sh -c '! xl list | grep -q g1'
check_status 1 "destroying it again says it is not there" xl destroy g1
check_within 20 "XenStore is as before" sh -c "xenstore-ls -fp | diff store.before -"
check_within 20 "free memory is as before" sh -c "[ \"\$(xl info free_memory)\" = $free_before ]"
check_equal "no file is left beside it" "$(ls /var/lib/xen | grep userdata-d.$domid)" ""

check "create -p leaves it paused" sh -c "xl create -p g1.cfg && xl list g1 | grep -q -- ' --p--- '"
check "create with a key from the command line" sh -c "xl create g1.cfg 'name=\"g2\"' memory=64 && xl list g2 | grep -qE ' 64 +1 '"
check "create of two at once" sh -c "
    xl create -q g1.cfg 'name=\"a\"' & first=\$!
    xl create -q g1.cfg 'name=\"b\"' && wait \$first && xl domid a && xl domid b"
for name in g1 g2 a b; do check "destroy $name" xl destroy $name; done

check "a kernel that is an ELF file" xl create -q /guest/tiny.cfg 'name="elf"' 'kernel="/guest/tiny.elf"'
check "in 4 MiB" xl create -q /guest/tiny.cfg 'name="small"' memory=4
for name in elf small; do
    check_within 20 "$name speaks" grep -q 'tiny guest is up' /var/log/xen/console/guest-$name.log
done
check "list has them" sh -c "xl list small | grep -qE ' 4 +1 ' && xl list elf | grep -qE ' 16 +1 '"
for name in elf small; do check "destroy $name" xl destroy $name; done

check "dmesg" sh -c 'xl dmesg | grep -q "Xen version"'
check "debug-keys" xl debug-keys h
check "set-parameters" xl set-parameters "loglvl=all guest_loglvl=none/warning"
check_status 1 "a parameter that is none" xl set-parameters loglevel=all
xl set-parameters loglevel=all >said 2>&1
check "is told of those that are" grep -q 'hint: It has .*guest_loglvl, .*loglvl' said
check_status 1 "a value that is none" xl set-parameters loglvl=9
check_status 1 "a name alone" xl set-parameters loglvl
check "info" sh -c 'xl info | grep -q "^xen_scheduler          : credit2$"'
checks_done
