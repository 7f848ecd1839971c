#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What is told of consoles: events, numbers for Prometheus, logs that follow their domains' names.
. "$ZEROTH_SOURCE/tests/sim/lib.sh"

start_machine
start_small() { start_xld "sim@$machine" --console-log-size=8192 --console-log-files=2 --console-rate=65536 --console-burst=65536; }
start_small
logs=$xld_folder/consoles
events=$xld_folder/state/events
# told NAME KIND [CODE]: how many events say so
told() { grep "\"kind\":\"$2\"" "$events" | grep "\"name\":\"$1\"" | grep -c "\"code\":\"${3:-.*}\""; }
told_once() { [ "$(told "$@")" = 1 ]; }
# metric PATTERN: a line of the metrics fits
metric() { curl -s --unix-socket "$ZEROTH_XLD_SOCKET" http://x/metrics | grep -q "$1"; }

make_config web sim:linux
check "a guest is created" xl create -q web.cfg
id=$(xl domid web)
uuid=$(xl list --json web | sed -n 's/.*"uuid": "\([^"]*\)".*/\1/p')
check_equal "that its console is served is told once" "$(told web console.attached 'pv 0')" 1
check "with its terminal" grep -q "console.attached.*\"detail\":\"$(xs read "/local/domain/$id/console/tty")\"" "$events"
labels="{domid=\"$id\",name=\"web\",uuid=\"$uuid\",console=\"pv 0\"}"
check_within 10 "what it printed is counted" metric "^xld_console_output_bytes_total$labels [1-9]"
check "and so is who watches" metric "^xld_console_viewers$labels 0"
check "there is one console" metric '^xld_consoles 1$'
check "which lost nothing" metric "^xld_console_dropped_bytes_total{.*reason=\"rotated\"} 0"
sleep 60 | xl console web >watched.txt 2>&1 &
check_within 10 "who watches is shown what it printed" grep -q 'up: linux' watched.txt
check_within 10 "and counted" metric "^xld_console_viewers$labels 1"

check "it is renamed" xl rename web shop
check "its log as well" grep -q 'up: linux' "$logs/guest-shop.log"
check_fails "there is none of the old name" test -e "$logs/guest-web.log"
stop_xld KILL 2>/dev/null
start_small
check_equal "another xld serves it, which is no news" "$(told shop console.attached)" 0
check "it reboots" xl reboot -w shop
check_within 10 "the next life goes on in the same log" \
    sh -c '[ "$(grep -c "up: linux" "$1")" = 2 ]' sh "$logs/guest-shop.log"
check "it is destroyed" xl destroy shop
check_within 10 "which ends its console" sh -c '[ "$(grep -c "console.detached" "$1")" = 2 ]' sh "$events"

make_config flood sim:chatter,rate=0
check "a guest that prints without end is created" xl create -q flood.cfg
check_within 20 "what its log loses is told" told_once flood console.dropped rotated
check_within 20 "and counted" metric '^xld_console_dropped_bytes_total{.*name="flood".*reason="rotated"} [1-9]'
check_within 20 "it has to wait for others" metric '^xld_console_held_up_total{.*name="flood".*} [1-9]'
check "it is destroyed" xl destroy flood
check_within 10 "the rest is told at its end" sh -c '[ "$(grep -c "console.dropped" "$1")" = 2 ]' sh "$events"
check "and no more than that" test "$(wc -l <"$events")" -lt 40
checks_done
