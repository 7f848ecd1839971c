#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: stopwatch_test.sh STOPWATCH
set -eu
log=$(mktemp)
trap 'rm -f "$log"' EXIT

"$1" "$log" nap sleep 0.2
status=0
"$1" "$log" fails sh -c 'exit 3' || status=$?
[ $status = 3 ] || { echo "the command's status 3 became $status"; exit 1; }
status=0
"$1" "$log" none /no/such/program 2>/dev/null || status=$?
[ $status = 127 ] || { echo "a command that is not there gave $status"; exit 1; }
cat "$log"
awk '$1 == "nap" && $2 >= 200000 && $3 > 0 && $4 == 0 { nap++ }
     $1 == "fails" && $2 < 200000 && $4 == 3 { fails++ }
     END { exit !(nap == 1 && fails == 1 && NR == 2) }' "$log"
