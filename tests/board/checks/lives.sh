# SPDX-License-Identifier: Apache-2.0
# own-boot: it kills xld
# What becomes of guests that end: policies, restarts and their damping, guests of other toolstacks,
# and an xld that is killed in the middle of it.
# board: --with-reference --timeout 900
. /board/check.sh
cd /root
events=/run/zeroth/events
theirs=$REFERENCE/xl

# words HEX…: as the processor reads them
words() { for word in "$@"; do printf "$(echo "$word" | sed 's/\(..\)\(..\)\(..\)\(..\)/\\x\4\\x\3\\x\2\\x\1/')"; done; }
# make_ender FILE REASON: a kernel that shuts its domain down at once, for this reason: an Image, or a zImage,
# then SCHEDOP_shutdown.
make_ender() {
    case $(uname -m) in
        aarch64)
            words 14000010 00000000 00000000 00000000 00001000 00000000 # b code; size
            head -c 32 /dev/zero
            words 644d5241 00000000
            # mov x0, #2; adr x1, reason; mov x16, #29; hvc #0xea1; b .; reason: .word REASON
            words d2800040 10000081 d28003b0 d401d422 14000000 "0000000$2"
            ;;
        *)
            words ea00000a # b code
            head -c 32 /dev/zero
            words 016f2818 00000000 00001000 # magic, start, end
            # mov r0, #2; adr r1, reason; mov r12, #29; hvc #0xea1; b .; reason: .word REASON
            words e3a00002 e28f1008 e3a0c01d e140ea71 eafffffe "0000000$2"
            ;;
    esac >"$1"
    head -c 4008 /dev/zero >>"$1"
}
for reason in 0 1 3 4 5; do make_ender end$reason.img $reason; done
make_guest() { # NAME KERNEL LINE…
    { printf 'name = "%s"\nkernel = "%s"\nmemory = 16\n' "$1" "$2" && shift 2 && printf '%s\n' "$@"; } >"$guest.cfg"
}
# guest NAME KERNEL LINE…: is created
guest() {
    guest=$1
    make_guest "$@"
    xl create -q "$guest.cfg"
}
listed() { xl list 2>/dev/null | grep -qE "^$1 "; }
gone() { ! listed "$1"; }
# told NAME KIND [CODE]: an event says so
told() { grep "\"kind\":\"$2\"" "$events" | grep "\"name\":\"$1\"" | grep -q "${3:-.}"; }
domid() { xl domid "$1" 2>/dev/null; }
lives() { xl list --json "$1" | grep '"lives"' | tr -dc 0-9; }
xld_pid() { cat /run/zeroth/xld.pid; }
kill_xld() {
    killed=$(xld_pid)
    kill -KILL "$killed"
    while kill -0 "$killed" 2>/dev/null; do usleep 20000; done
}
start_xld() { /etc/init.d/xencommons start >/dev/null 2>&1; }

xl create -q /guest/tiny.cfg && xl destroy tiny
sleep 1
xenstore-ls -f >store.before
free_before=$(xl info free_memory)

# Policies, on guests that end at once.
guest off "$PWD/end0.img"
check_within 20 "poweroff destroys by default" gone off
check "and the events tell why" told off domain.shutdown poweroff
guest kept "$PWD/end0.img" 'on_poweroff = "preserve"'
check_within 20 "preserve is told" told kept domain.policy preserve
check "and leaves the domain" sh -c "xl list | grep -qE '^kept .* --*s'"
check "which ends when it is destroyed" xl destroy kept
guest wd "$PWD/end4.img" 'on_watchdog = "destroy"'
check_within 20 "a watchdog's end is told" told wd domain.shutdown watchdog
check_within 20 "and destroys" gone wd
guest loop "$PWD/end5.img" 'on_soft_reset = "soft-reset"' 'on_reboot = "destroy"'
check_within 20 "soft-reset falls back on what on_reboot says" gone loop
check "and says so" told loop domain.policy "cannot reset"
guest core "$PWD/end3.img" 'on_crash = "coredump-destroy"'
check_within 20 "a crash takes a core dump" told core domain.core-dumped
check "which is an ELF file" sh -c "head -c 4 /var/lib/xen/dump/core | grep -q ELF"
check_within 20 "and destroys" gone core
rm -rf /var/lib/xen/dump
guest deaf /guest/tiny.img
check_status 1 "a guest that does not listen is not waited for for ever" xl shutdown --timeout 2 deaf
check "it is destroyed" xl destroy deaf
guest old "$PWD/end3.img" 'on_crash = "rename-restart"'
check_within 20 "rename-restart keeps the crashed life under another name" \
    sh -c "xl list | grep -qE '^old-20[0-9]+T[0-9]+Z '"
check "and begins another" listed old
check "destroy ends that" xl destroy old
check_equal "the kept ones have UUIDs of their own" \
    "$(xl list -v | grep '^old-' | awk '{ print $7 }' | sort | uniq -d)" ""
for name in $(xl list | awk '/^old-/ { print $1 }'); do xl destroy "$name"; done

# A restart loop is damped, and never vanishes from the list.
guest loop "$PWD/end1.img"
missing=0
for i in $(seq 1 60); do listed loop || missing=$((missing + 1)); usleep 50000; done
check_equal "a domain that reboots all the time is in every list" "$missing" 0
check_within 20 "it is told that its restarts are slowed down" told loop domain.restart-damped
check_within 20 "the list says that it restarts" sh -c "xl list --json loop | grep -q '\"restarting\": true'"
check_within 20 "it has had several lives" sh -c "[ \$(xl list --json loop | grep '\"lives\"' | tr -dc 0-9) -ge 3 ]"
check_status 3 "its name is taken meanwhile" xl create -q loop.cfg
kill_xld
check "xld is killed while it waits" start_xld
check_within 20 "the domain is still listed" listed loop
was=$(lives loop)
check_within 40 "and is restarted by the next xld" sh -c "[ \$(xl list --json loop | grep '\"lives\"' | tr -dc 0-9) -gt $was ]"
check "destroy ends the loop" xl destroy loop
sleep 5
check "for good" gone loop

# A real guest.
cat >g1.cfg <<'CFG'
name = "g1"
kernel = "/guest/vmlinuz"
ramdisk = "/guest/domu.cpio.gz"
memory = 128
extra = "console=hvc0"
on_crash = "restart"
CFG
log=/var/log/xen/console/guest-g1.log
ups() { grep -c 'zeroth guest is up' "$log"; }
type_into_g1() { (sleep 2; echo "$1"; sleep 2; printf '\035') | xl console g1 >/dev/null 2>&1; }
check "a Linux guest is created" xl create -q g1.cfg
check_within 120 "and boots" grep -q 'zeroth guest is up' "$log"
first=$(domid g1) uuid=$(xl list -v g1 | awk 'NR == 2 { print $7 }')
type_into_g1 reboot
check_within 120 "it reboots when it wants to" sh -c "[ \$(grep -c 'zeroth guest is up' $log) -ge 2 ]"
check "as another domain" test "$(domid g1)" -gt "$first"
check_equal "of the same UUID" "$(xl list -v g1 | awk 'NR == 2 { print $7 }')" "$uuid"
check "the next life is told" told g1 domain.restarted
kill_xld
type_into_g1 2>/dev/null # nobody serves it
second=$(xl domid g1 2>/dev/null)
check "xld is started again" start_xld
check_equal "its domain is not taken for somebody else's" "$(grep '"kind":"domain.adopted"' $events)" ""

# Ends while xld is not there.
guest sleeper /guest/tiny.img 'on_poweroff = "preserve"'
type_into_g1 'sleep 5; poweroff -f'
kill_xld
sleep 8
check "xld comes back after the guest's end" start_xld
check_within 20 "and acts on its policy" gone g1
xl destroy sleeper

# Asked to end.
check "a Linux guest is created" xl create -q g1.cfg
check_within 120 "and boots" sh -c "[ \$(grep -c 'zeroth guest is up' $log) -ge 3 ]"
id=$(domid g1)
check "it is asked to reboot" xl reboot g1
check_within 120 "and does" sh -c "[ \$(grep -c 'zeroth guest is up' $log) -ge 4 ]"
id=$(domid g1)
check_equal "and to shut down, in the reference's words" "$(xl shutdown -w g1 2>&1)" \
    "$(printf '%s\n' "Shutting down domain $id" "Waiting for 1 domains" \
        "Domain $id has been shut down, reason code 0")"
check_within 20 "it is gone" gone g1

# Killed at this and that point of a reboot: one life of it, and no more, comes out of it.
for delay in 10000 30000 60000 100000 200000 400000; do
    guest loop "$PWD/end1.img"
    usleep $delay
    kill_xld
    check "xld is started after $((delay / 1000)) ms of rebooting" start_xld
    check_within 20 "the domain goes on" listed loop
    check_equal "once" "$(xl list | grep -c '^loop ')" 1
    xl destroy loop
done
for delay in 5000 20000 50000; do
    guest sleeper /guest/tiny.img
    xl destroy sleeper & client=$!
    usleep $delay
    kill_xld
    wait $client
    check "xld is started after $((delay / 1000)) ms of destroying" start_xld
    check_within 20 "the domain is gone" gone sleeper
    check_equal "and nothing half is left" "$(xl list | awk 'NF < 6')" ""
done

# Guests of another toolstack.
cat >theirs.cfg <<CFG
name = "theirs"
kernel = "$PWD/end1.img"
memory = 16
CFG
check "their guest is created" "$theirs" create -q theirs.cfg
check_within 20 "and adopted" told theirs domain.adopted
check_within 20 "their monitor destroys it, which we notice" told theirs domain.destroyed
check_within 20 "and restarts it, which we notice, too" \
    sh -c "[ \$(grep '\"kind\":\"domain.adopted\"' $events | grep -c '\"name\":\"theirs\"') -ge 2 ]"
check_equal "there is one of it at most" "$(xl list | grep -c '^theirs ' | sed 's/0/1/')" 1
check "we act on none of its ends" sh -c "! grep '\"kind\":\"domain.policy\"' $events | grep -q theirs"
check_within 20 "it is destroyed when there is one" xl destroy theirs
check_within 20 "which is the end of it" told theirs domain.destroyed
for pid in $(pidof xl); do kill "$pid" 2>/dev/null; done
guest ours /guest/tiny.img
check "their destroy ends our guest" "$theirs" destroy ours
check_within 20 "which we notice" told ours domain.destroyed

cp $events /out/events 2>/dev/null
xl list
check_within 20 "XenStore is as before" sh -c "xenstore-ls -f | diff store.before -"
check_within 20 "free memory is as before" sh -c "[ \"\$(xl info free_memory)\" = $free_before ]"
check_within 20 "no record is left" test ! -s /run/zeroth/records
checks_done
