# SPDX-License-Identifier: Apache-2.0
# For the scripts beside it: an xld of their own over a model of Xen, and the board's checks
# (tests/board/lib/check.sh). CTest gives each script an empty folder and says where the programs are:
# $ZEROTH_BIN. Everything ends with the script.
#
#   . "$ZEROTH_SOURCE/tests/sim/lib.sh"
#   start_xld                   or: start_xld sim:cpus=2,xen=4.20
#   make_kernel tiny.img
#   check "a guest is created" xl create tiny.cfg
#   checks_done

# shellcheck source=tests/board/lib/check.sh
. "$ZEROTH_SOURCE/tests/board/lib/check.sh"

xld_pid=''
# A Unix socket's path has to be short, and build trees lie deep.
xld_folder=$(mktemp -d)
mkdir "$xld_folder/userdata"
export ZEROTH_XLD_SOCKET="$xld_folder/xld.sock"

xl() { "$ZEROTH_BIN/xl" "$@"; }

# start_xld [HYPERVISOR OPTIONS…]: returns once it listens
start_xld() {
    xld_hypervisor=${1:-sim}
    [ $# = 0 ] || shift
    "$ZEROTH_BIN/xld" --hypervisor="$xld_hypervisor" --socket="$ZEROTH_XLD_SOCKET" \
        --state-dir="$xld_folder/state" --userdata-dir="$xld_folder/userdata" "$@" \
        >>xld.log 2>&1 </dev/null &
    xld_pid=$!
    xld_tries=200
    until xl info xen_version >/dev/null 2>&1; do
        xld_tries=$((xld_tries - 1))
        if [ $xld_tries = 0 ] || ! kill -0 $xld_pid 2>/dev/null; then
            echo "xld does not answer; its log:"
            cat xld.log
            exit 1
        fi
        sleep 0.1
    done
}

# stop_xld [SIGNAL]: and waits for its end; the status is xld's
stop_xld() {
    xld_pid_was=$xld_pid
    xld_pid=''
    kill "-${1:-TERM}" "$xld_pid_was" && wait "$xld_pid_was"
}

sim_at_exit() {
    sim_result=$?
    [ -z "$xld_pid" ] || { kill "$xld_pid" && wait "$xld_pid"; }
    rm -rf "$xld_folder"
    (exit $sim_result)
    checks_at_exit
}
trap sim_at_exit EXIT

# make_kernel FILE: the least that is an arm64 Image: a header (Linux' booting.rst) and nothing to run
make_kernel() {
    {
        printf '\000\000\000\024\000\000\000\000' # a branch to itself; code1
        printf '\000\000\000\000\000\000\000\000' # text_offset
        printf '\000\020\000\000\000\000\000\000' # image_size: 4096
        head -c 32 /dev/zero                      # flags, reserved
        printf 'ARM\144\000\000\000\000'          # magic, reserved
        head -c 4032 /dev/zero
    } >"$1"
}
