# SPDX-License-Identifier: Apache-2.0
# For the scripts beside it: an xenstored of their own, without Xen, and the board's checks. The
# folder is short, as a socket's path has to be, and goes with the script.
#
#   . "$ZEROTH_SOURCE/tests/sim/lib_xenstored.sh"
#   start_xenstored             or: start_xenstored --trace-file trace
#   check "a node is written" xs write /tool/a 1
#   checks_done

# shellcheck source=tests/board/lib/check.sh
. "$ZEROTH_SOURCE/tests/board/lib/check.sh"

xs_folder=$(mktemp -d)
xs_socket=$xs_folder/socket
xs_pid=''
# Not that of a run before.
rm -f xenstored.log
export XENSTORED_PATH="$xs_socket"

xenstored() { "$ZEROTH_BIN/xenstored" --no-xen "$@"; }
# xs COMMAND…: our client, by the command's short name
xs() { "$ZEROTH_BIN/xenstore" "$@"; }

# start_xenstored OPTIONS…: returns once it listens
start_xenstored() {
    "$ZEROTH_BIN/xenstored" --no-xen -N "$@" >>xenstored.log 2>&1 </dev/null &
    xs_pid=$!
    wait_for_xenstored
}

# wait_for_xenstored: until the one whose pid is $xs_pid answers
wait_for_xenstored() {
    xs_tries=300
    until xs exists / >/dev/null 2>&1; do
        xs_tries=$((xs_tries - 1))
        if [ $xs_tries = 0 ] || ! kill -0 "$xs_pid" 2>/dev/null; then
            echo "xenstored does not answer; its log:"
            cat xenstored.log
            exit 1
        fi
        sleep 0.1
    done
}

# stop_xenstored [SIGNAL]: and waits for its end; the status is xenstored's
stop_xenstored() {
    xs_pid_was=$xs_pid
    xs_pid=''
    kill "-${1:-TERM}" "$xs_pid_was" && wait "$xs_pid_was"
}

xenstored_at_exit() {
    xs_result=$?
    [ -z "$xs_pid" ] || { kill "$xs_pid" && wait "$xs_pid"; }
    rm -rf "$xs_folder"
    (exit $xs_result)
    checks_at_exit
}
trap xenstored_at_exit EXIT
