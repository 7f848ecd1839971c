#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# xld's settings: the file, the command line, reading them again; what systemd and the journal see.
. "$ZEROTH_SOURCE/tests/sim/lib.sh"

xld() { "$ZEROTH_BIN/xld" "$@"; }
says() { grep -qF -- "$1" xld.log; }

echo 'log_levl = "debug"' >odd.toml
check "a setting that is unknown is a warning" xld --check-config --config odd.toml
check "and what was meant is suggested" \
    sh -c "'$ZEROTH_BIN/xld' --check-config --config odd.toml 2>&1 | grep -qF 'did you mean \`log_level\`?'"
printf 'socket = "/tmp/x"\nlog_level = "loud"\n' >bad.toml
check_status 78 "one that is wrong is an error" xld --check-config --config bad.toml
xld --check-config --config bad.toml >out.txt 2>&1
check "and told by line and column" grep -qF 'bad.toml:2:13: error: log_level' out.txt
check_status 78 "and keeps xld from starting" xld --hypervisor=sim --config bad.toml
check_status 78 "a file that was named must exist" xld --hypervisor=sim --config nothing.toml
check_status 78 "a folder is no file" xld --hypervisor=sim --config .
check_fails "a word of the command line can be wrong" xld --hypervisor=sim --log-level=loud
check_fails "an option that is not known" xld --hypervisor=sim --frob

echo 'log_level = "info"' >xld.toml
: >xld.log
start_xld sim --config xld.toml
check_fails "two do not serve one socket" xld --hypervisor=sim --socket="$ZEROTH_XLD_SOCKET" \
    --state-dir="$xld_folder/state" --userdata-dir="$xld_folder/userdata"

printf 'log_level = "warning"\nstate_dir = "/elsewhere"\n' >xld.toml
kill -HUP "$xld_pid"
check_within 10 "SIGHUP takes what can change" says '`log_level` has changed'
# state_dir is the command line's here, and the file does not win over that.
check "and only that" sh -c "! grep -qF state_dir xld.log"
echo 'log_level = 7' >xld.toml
kill -HUP "$xld_pid"
check_within 10 "a bad file changes nothing" says 'the settings stay as they were'
check "and the log says why" says 'xld.toml:1:13: error'
rm xld.toml
kill -HUP "$xld_pid"
check_within 10 "neither does one that has gone" says 'No such file or directory: the settings stay'
check "xld goes on" xl list
stop_xld

: >journal.log
JOURNAL_STREAM=$(stat -c %d:%i journal.log) xld --config nothing.toml 2>>journal.log
check "lines for the journal begin with their level" grep -q '^<3>error: ' journal.log

xld --background --hypervisor=sim --socket="$ZEROTH_XLD_SOCKET" --state-dir="$xld_folder/state" \
    --userdata-dir="$xld_folder/userdata" --pid-file=xld.pid --log-file=background.log 2>first.log
check "in the background, it serves when it returns" xl list
check "and has left its number" test -s xld.pid
kill "$(cat xld.pid)"
check_within 10 "which goes when it ends" test ! -e xld.pid
check "the log is where it was told to go" grep -q stopped background.log
check_fails "in the background, a start that fails says so" xld --background --hypervisor=sim:cpus=0
checks_done
