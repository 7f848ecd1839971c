# SPDX-License-Identifier: Apache-2.0
# What domain 0 has mapped of guests at which nothing happens: nothing. And that nobody notices.
. /board/check.sh
cd /root
log=/var/log/xen/console

# mapped PROGRAM: how many pages of guests it has mapped
mapped() { grep -cE '/dev/xen/(gntdev|privcmd)' "/proc/$(pidof "$1")/maps"; }
rests() { [ "$(mapped xld)" -le "$before_xld" ] && [ "$(mapped xenstored)" -le "$before_xenstored" ]; }
before_xld=$(mapped xld) before_xenstored=$(mapped xenstored)

sed 's/^name = .*/name = "g1"/' /guest/linux.cfg >g1.cfg
check "create" xl create -q g1.cfg
check_within 120 "a Linux guest boots" grep -q 'zeroth guest is up' $log/guest-g1.log
check_within 30 "idle, neither its console nor its XenStore page is mapped" rests
id=$(xl domid g1)
tty=$(xenstore-read "/local/domain/$id/console/tty")
echo 'echo $((6 * 7)) is the answer' >"$tty"
check_within 20 "what is typed at it is answered" grep -q '42 is the answer' $log/guest-g1.log
check_within 30 "it rests again" rests
echo 'sleep 14; echo $((6 * 8)) by itself' >"$tty"
check_within 40 "what it prints by itself after a rest is logged" grep -q '48 by itself' $log/guest-g1.log
check_within 30 "it rests again" rests

kill -9 "$(pidof xld)" "$(pidof xenstored)"
/etc/init.d/xencommons start >/dev/null 2>&1
check_within 20 "killed and started, xld serves it" sh -c "xl list g1 >/dev/null"
check_within 30 "and rests again" rests
tty=$(xenstore-read "/local/domain/$id/console/tty")
echo 'echo $((7 * 9)) after all' >"$tty"
check_within 20 "what is typed is answered" grep -q '63 after all' $log/guest-g1.log
check_within 30 "it rests again" rests
check "it shuts down, which its kernel hears of by its XenStore page" xl shutdown -w g1
check "its last words are logged" grep -q 'Power down' $log/guest-g1.log

check "create" xl create -q /guest/tiny.cfg
check_within 30 "another rests" rests
check "it is destroyed" xl destroy tiny
check "and nothing is left mapped" rests
checks_done
