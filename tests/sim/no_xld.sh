#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Without xld: one line that says so, and what needs no xld works.
. "$ZEROTH_SOURCE/tests/sim/lib.sh"

make_kernel tiny.img
printf 'name = "tiny"\nkernel = "tiny.img"\nmemory = 16\n' >tiny.cfg

for command in list info "domid tiny" "destroy tiny" "create -q tiny.cfg"; do
    # shellcheck disable=SC2086
    check_fails "xl $command fails" xl $command
    # shellcheck disable=SC2086
    said=$(xl $command 2>&1 >/dev/null | grep -c xld)
    check "xl $command says that xld is not there" test "$said" -ge 1
done
check_equal "nothing is printed on stdout" "$(xl list 2>/dev/null)" ""
check "a config is checked" xl config-check tiny.cfg
check "a config is converted" xl config-convert --to toml tiny.cfg
check "a create is tried out" xl create -n -q tiny.cfg
check "help is given" xl help
checks_done
