#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The API as other programs use it: every example of xld-api(7), with what it prints, and then what
# strangers may send. An ellipsis in the manual stands for anything.
# shellcheck source=tests/sim/lib.sh
. "$ZEROTH_SOURCE/tests/sim/lib.sh"

page=$ZEROTH_SOURCE/etc/man/xld-api.7.md
port=$((20000 + RANDOM % 20000))
start_xld sim --metrics-listen "127.0.0.1:$port"
make_kernel tiny.img
SOCKET=$ZEROTH_XLD_SOCKET
export SOCKET

# compare COMMAND EXPECTED: each line of the output fits its line of the manual
compare() {
    found=$(bash -c "$1" 2>&1)
    pattern=$(printf '%s' "$2" | sed 's/[][\\*?]/\\&/g; s/…/*/g')
    # shellcheck disable=SC2254
    case $found in
        $pattern) check_ok "$1" ;;
        *) check_not_ok "$1" "it printed:" "$found" ;;
    esac
}
command='' expected=''
while IFS= read -r line; do
    case $line in
        '    $ '*)
            [ -z "$command" ] || compare "$command" "$expected"
            command=${line#'    $ '} expected=''
            ;;
        '    '*) [ -z "$command" ] || expected="$expected${expected:+$'\n'}${line#'    '}" ;;
        *)
            [ -z "$command" ] || compare "$command" "$expected"
            command=''
            ;;
    esac
done <"$page"

ask() { curl -s -m 20 --unix-socket "$SOCKET" "$@"; }
status() { ask -o /dev/null -w '%{http_code}' "$@"; }
json=(-H 'Content-Type: application/json')

check_equal "HEAD has no body" "$(ask -I http://x/v1/host | grep -c '^{')" 0
check_equal "OPTIONS tells what there is" \
    "$(ask -i -X OPTIONS http://x/v1/domains | tr -d '\r' | sed -n 's/^Allow: //p')" \
    "GET, HEAD, POST, OPTIONS"
check_equal "a method that is not there" "$(status -X PATCH http://x/v1/host)" 405
check_equal "a path that is not there" "$(status http://x/v2)" 404
check_equal "a path out of the API" "$(status --path-as-is http://x/v1/../../etc/passwd)" 400
check_equal "the wrong kind of content" "$(status -d x=1 http://x/v1/plan)" 415
check_equal "a member that is not there is named" \
    "$(ask "${json[@]}" -d '{"config":{"name":"a","colour":1}}' http://x/v1/plan | grep -c config.colour)" 1
head -c 10000 /dev/zero | tr '\0' '[' >deep.json
check_equal "JSON of 10,000 levels" "$(status "${json[@]}" --data-binary @deep.json http://x/v1/plan)" 400
truncate -s 100M large.bin
check_equal "100 MB" "$(status "${json[@]}" --data-binary @large.bin http://x/v1/plan)" 413
check_equal "100 MB that do not say so" \
    "$(status "${json[@]}" -H 'Transfer-Encoding: chunked' -H 'Expect:' --data-binary @large.bin http://x/v1/plan)" 413
rm large.bin
resident=$(awk '/VmRSS/ { print $2 }' "/proc/$xld_pid/status")
check "none of which is in its memory" test "$resident" -lt $((${ZEROTH_SLACK:-400} * 1024))

# 500 readers of events at once; each has a connection.
for i in $(seq 500); do
    ask -N http://x/v1/events >/dev/null 2>&1 &
    echo $!
done >readers.txt
mapfile -t readers <readers.txt
sleep 1
check "beside 500 connections xl works" xl list
kill "${readers[@]}" 2>/dev/null
wait "${readers[@]}" 2>/dev/null
check_equal "and after them" "$(status http://x/v1/host)" 200

metrics=http://localhost:$port
check_equal "metrics without the socket" "$(curl -s -m 20 $metrics/metrics | grep -c '^xen_up 1')" 1
check_equal "and nothing but them" "$(curl -s -m 20 -o /dev/null -w '%{http_code}' $metrics/v1/host)" 404
check_fails "elsewhere than at the loopback they are not served" \
    "$ZEROTH_BIN/xld" --hypervisor=sim --socket="$xld_folder/other" --metrics-listen 0.0.0.0:1
printf 'name = "tiny"\nkernel = "tiny.img"\nmemory = 16\n' >tiny.cfg
check "xl keeps a trace" xl create -q --trace trace.json tiny.cfg
check "which is one" grep -q '^{"traceEvents":\[{"name":"create tiny"' trace.json
checks_done
