#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# xl top: in batches, and on a terminal that it gives back however it ends.
. "$ZEROTH_SOURCE/tests/sim/lib.sh"

start_xld
make_kernel tiny.img
printf 'name = "tiny"\nkernel = "tiny.img"\nmemory = 16\n' >tiny.cfg
check "a guest is created" xl create -q tiny.cfg
xl top -b -i 2 -d 0.1 >batch.txt
check_equal "two looks, two tables" "$(grep -c NAME batch.txt)" 2
check_equal "with the guest in them" "$(awk '$1 == "tiny" { print $6 }' batch.txt | head -n 1)" 16400 # with its special pages
check_equal "JSON is a line each" "$(xl top --json -i 3 -d 0.1 | grep -c '"cpu_percent"')" 3
check_status 2 "a delay that is none is refused" xl top -d never
check_status 2 "so is a number of looks" xl top -i 0

# on_terminal KEYS COMMAND: types once the screen is there, in a shell that outlives ^C. Afterwards
# screen.txt has what the terminal was sent, then the command's status and how the terminal is set.
screen_has() { grep -q -- "$1" screen.txt; }
on_terminal() {
    : >screen.txt
    {
        wait_until 20 screen_has 'q quit'
        printf '%s' "$1"
        wait_until 20 screen_has 'that was all'
    } | script -qfec "trap : INT; stty sane; $2; echo \"ended \$?\"; stty -a; echo that was all" /dev/null >screen.txt
}
restored() {
    grep -q "$(printf '\033\\[?1049l')" screen.txt && grep -q '[^-]icanon' screen.txt &&
        grep -q '[^-]echo ' screen.txt
}
ended() { tr -d '\r' <screen.txt | sed -n 's/.*ended //p'; }
if command -v script >/dev/null; then
    on_terminal sq "$ZEROTH_BIN/xl top -d 0.3"
    check_equal "q ends it" "$(ended)" 0
    check "it has shown the guest" grep -q tiny screen.txt
    check "the terminal is as it was" restored
    on_terminal "$(printf '\003')" "$ZEROTH_BIN/xl top -d 0.3"
    check "so it is after ^C" restored
    on_terminal x "timeout --foreground -s TERM 3 $ZEROTH_BIN/xl top -d 0.3"
    check "and after a signal" restored
fi
stop_xld
check_fails "without xld it ends" xl top
checks_done
