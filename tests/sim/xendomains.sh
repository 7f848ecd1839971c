#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Guests that start and stop with the host, and the init script on a machine without Xen.
. "$ZEROTH_SOURCE/tests/sim/lib.sh"

PATH=$ZEROTH_BIN:$PATH
xendomains() { "$ZEROTH_SOURCE/etc/libexec/xendomains" "$@"; }
export XENDOMAINS_AUTO="$PWD/auto" XENDOMAINS_MARK="$PWD/mark/started" XENDOMAINS_STOP_MAXWAIT=1
rm -rf auto mark
mkdir auto

check "no xld, nothing to stop" xendomains stop
check_status 1 "no xld, no start" xendomains start
start_xld
make_kernel tiny.img
for n in 2 1 3; do
    printf 'name = "guest%s"\nkernel = "%s/tiny.img"\nmemory = 16\n' $n "$PWD" >auto/0$n.cfg
done
check_status 3 "before the start, status says so" xendomains status
check "start" xendomains start
check_equal "in the order of the files" "$(xl list | awk '/^guest/ { printf "%s ", $1 }')" \
    "guest1 guest2 guest3 "
check "a second start leaves them alone" xendomains start
check "status" xendomains status
check_equal "says which run" "$(xendomains status | grep -c running)" 3
check "another guest" xl create -q auto/01.cfg 'name="other"'
check "stop" xendomains stop
check_equal "ends those, and no others" "$(xl list | awk 'NR > 2 { print $1 }')" other
check_status 3 "status says so" xendomains status

echo 'name = "broken' >auto/00.cfg
check_status 1 "one that cannot be created is a failure" xendomains start
check_equal "but only its own" "$(xl list | grep -c '^guest')" 3
rm auto/00.cfg
check "stop of all that run" env XENDOMAINS_AUTO_ONLY=false \
    "$ZEROTH_SOURCE/etc/libexec/xendomains" stop
check_equal "leaves domain 0 alone" "$(xl list | awk 'NR > 1 { print $1 }')" Domain-0
check_status 2 "an action that there is not" xendomains frobnicate

if [ ! -e /proc/xen/capabilities ] && [ ! -d /run/systemd/system ]; then
    check "without Xen there is nothing to start" "$ZEROTH_SOURCE/etc/init.d/xencommons" start
    check "and no guests either" "$ZEROTH_SOURCE/etc/init.d/xendomains" start
fi
check_status 2 "xencommons knows its actions" "$ZEROTH_SOURCE/etc/init.d/xencommons" frobnicate
checks_done
