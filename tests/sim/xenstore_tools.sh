#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The xenstore tools against our own xenstored, which needs no Xen for that. The golden file is the
# table of command lines and what is expected of each: `$ command`, its stdout, its stderr after
# `! `, its status. ZEROTH_ACCEPT=1 rewrites it.
# shellcheck source=tests/board/lib/check.sh
. "$ZEROTH_SOURCE/tests/board/lib/check.sh"

golden=$ZEROTH_SOURCE/tests/golden/xenstore/tools.txt
folder=$(mktemp -d)
export XENSTORED_PATH=$folder/socket PATH=$ZEROTH_BIN:$PATH LC_ALL=C
server=''

start_server() {
    xenstored --no-xen --no-fork --socket "$XENSTORED_PATH" >>xenstored.log 2>&1 </dev/null &
    server=$!
    tries=100
    until xenstore-exists / 2>/dev/null; do
        tries=$((tries - 1))
        if [ $tries = 0 ] || ! kill -0 $server 2>/dev/null; then
            echo "xenstored does not answer; its log:"
            cat xenstored.log
            exit 1
        fi
        sleep 0.1
    done
}
at_exit() {
    result=$?
    [ -z "$server" ] || { kill "$server" && wait "$server"; }
    rm -rf "$folder"
    (exit $result)
    checks_at_exit
}
trap at_exit EXIT
: >xenstored.log
start_server

long=$(printf '%0100d' 0)
many=$(for i in $(seq 0 399); do echo "/t/many/a-name-of-some-length-$i $i"; done)
export long many
sed -n 's/^\$ //p' "$golden" | while IFS= read -r command; do
    bash -c "$command" >out.txt 2>err.txt </dev/null
    status=$?
    echo "\$ $command"
    cat out.txt
    [ -z "$(tail -c 1 out.txt)" ] || echo '(no newline)'
    sed "s|$folder|FOLDER|; s/^/! /" err.txt
    echo "[$status]"
done >found.txt
if [ "${ZEROTH_ACCEPT:-}" = 1 ]; then
    cp found.txt "$golden"
else
    check_same "$(grep -c '^\$ ' found.txt) command lines print and end as they should" found.txt "$golden"
fi

lines() { [ "$(wc -l <watched.txt)" = "$1" ]; }
xenstore-watch -n 3 /t/w >watched.txt 2>watch-error.txt </dev/null &
watch=$!
check_within 10 "a watch fires when it is set" lines 1
kill -KILL $server
wait $server 2>/dev/null
start_server
check_within 10 "it fires again after xenstored was killed and started again" lines 2
check "a write" xenstore-write /t/w 1
check "it saw the write and ends" wait $watch
check_equal "what it printed" "$(cat watched.txt watch-error.txt)" "/t/w
/t/w
/t/w"

kill $server
wait $server
server=''
check_status 1 "without xenstored a tool fails" xenstore-read /t
check_equal "and says so" "$(xenstore-read /t 2>&1 | tail -n 1)" "  is xenstored running?"
checks_done
