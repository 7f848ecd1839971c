# SPDX-License-Identifier: Apache-2.0
# own-boot: it kills xenstored
# board: --timeout 600
# Our xenstored under Linux's xenbus, in dom0 and in a guest, and what both see of it when it is
# killed.
. /board/check.sh
cd /root
pid() { cat /run/xen/xenstored.pid; }
kill_store() {
    kill -KILL "$(pid)"
    while kill -0 "$(pid)" 2>/dev/null; do usleep 10000; done
}
start_store() { /etc/init.d/xencommons start; }
value_is() { [ "$(xenstore-read "$1")" = "$2" ]; }

check_equal "it is ours" "$(readlink "/proc/$(pid)/exe")" /usr/sbin/xenstored
check_equal "dom0's kernel passes requests on" \
    "$(XENSTORED_PATH=/dev/xen/xenbus xenstore-read /local/domain/0/name)" Domain-0
check_fails "a second one does not start" /usr/sbin/xenstored --pid-file /root/second.pid
check_equal "and leaves the first alone" "$(xenstore-read /local/domain/0/name)" Domain-0

# A guest that counts in XenStore without a pause, and repeats what it is shown by a watch.
mkdir -p extra/etc extra/bin
cp "$(command -v xenstore)" extra/bin/xenstore
for name in read write watch; do ln -s xenstore extra/bin/xenstore-$name; done
cat >extra/etc/rcS <<'RC'
#!/bin/sh
(
    n=0
    while :; do
        n=$((n + 1))
        xenstore-write data/beat $n || xenstore-write data/failed "beat $n"
        usleep 20000
    done
) &
xenstore-watch data/shown | while read -r _; do
    xenstore-write data/seen "$(xenstore-read data/shown)"
done &
echo "zeroth guest is up"
RC
chmod 755 extra/etc/rcS
{ cat /guest/domu.cpio.gz; (cd extra && find . | cpio -o -H newc 2>/dev/null | gzip); } >g.cpio.gz
cat >g.cfg <<'CFG'
on_poweroff = "preserve"
name = "g"
kernel = "/guest/vmlinuz"
ramdisk = "/root/g.cpio.gz"
memory = 128
extra = "console=hvc0"
CFG
check "a guest is created" xl create -q g.cfg
domid=$(xl domid g)
home=/local/domain/$domid
check_within 60 "its requests come over its ring" sh -c "[ \$(xenstore-read $home/data/beat) -gt 5 ]"
beats_on() {
    before=$(xenstore-read "$home/data/beat")
    sleep 1
    [ "$(xenstore-read "$home/data/beat")" -gt "$before" ]
}
shown() { # shown VALUE: the guest's watch fires for it
    xenstore-write "$home/data/shown" "$1" && until_seen "$1"
}
until_seen() {
    for _ in $(seq 50); do
        value_is "$home/data/seen" "$1" && return
        usleep 100000
    done
    return 1
}
check "its watch fires" shown first

for round in $(seq 10); do
    usleep $((round * 7000))
    kill_store
    [ $((round % 3)) != 0 ] || sleep 1
    start_store || break
done
check "killed ten times, it is up again" xenstore-read /local/domain/0/name
check "the guest's requests go on" beats_on
check_fails "none of them was lost" xenstore-read "$home/data/failed"
check "its watch still fires" shown second
check_equal "its kernel complains of nothing" \
    "$(grep -i xenbus /var/log/xen/console/guest-g.log)" ""
check_equal "dom0's kernel still passes requests on" \
    "$(XENSTORED_PATH=/dev/xen/xenbus xenstore-read "$home/name")" g
check "live update: a new one takes over" /usr/sbin/xenstored --replace --pid-file /run/xen/xenstored.pid
check "the guest does not notice" beats_on
check "its watch fires" shown third

# Linux's own watch on control/shutdown, and our notice of the domain's end.
xenstore-watch -n 2 @releaseDomain >released.txt &
watcher=$!
sleep 1
check "the guest is asked to power off" xenstore-write "$home/control/shutdown" poweroff
check_within 30 "and does" sh -c "xl list g | grep -qE ' ---s|s--|-s-'"
check_within 20 "@releaseDomain says so" sh -c "! kill -0 $watcher 2>/dev/null"
check "destroy" xl destroy g
check_within 20 "nothing of it is left" sh -c "! xenstore-ls -f | grep -q '/domain/${domid}[/ ]'"

# A domain that ends while nobody looks.
check "another guest" xl create -q g.cfg
domid=$(xl domid g)
xenstore-write /root/owned x && xenstore-chmod /root/owned "n$domid"
kill_store
(sleep 1; start_store) &
check "destroyed while xenstored is away" xl destroy g
wait
check_within 20 "nothing of it is left" \
    sh -c "! xenstore-ls -f | grep -qE '/domain/${domid}[/ ]|/root/owned'"
cp /var/log/xen/*.log /out/
checks_done
