# SPDX-License-Identifier: Apache-2.0
# For the scripts beside it: an xenstored and an xld of their own over a model of Xen, and the board's
# checks (tests/board/lib/check.sh). CTest gives each script an empty folder and says where the programs are:
# $ZEROTH_BIN. Everything ends with the script.
#
#   . "$ZEROTH_SOURCE/tests/sim/lib.sh"
#   start_xld                   or: start_xld sim:cpus=2,xen=4.20; or, for a machine in a process of
#                               its own, which goes on when xld is killed: start_machine; start_xld
#   make_config tiny sim:linux  or, for a kernel that does nothing: make_kernel tiny.img
#   check "a guest is created" xl create tiny.cfg
#   checks_done

# shellcheck source=tests/board/lib/check.sh
. "$ZEROTH_SOURCE/tests/board/lib/check.sh"

xld_pid=''
# A Unix socket's path has to be short, and build trees lie deep.
xld_folder=$(mktemp -d)
mkdir "$xld_folder/userdata"
export ZEROTH_XLD_SOCKET="$xld_folder/xld.sock"
store_pid=''
machine_pid=''
machine=$xld_folder/machine
# Not those of a run before.
rm -f xenstored.log xld.log machine.log
export XENSTORED_PATH="$xld_folder/store"

xl() { "$ZEROTH_BIN/xl" "$@"; }
# xs COMMAND…: our client, by the command's short name
xs() { "$ZEROTH_BIN/xenstore" "$@"; }
# How many domains xld has records of; nothing where it keeps no file of them.
records() { grep -c '^[^ ]' "$xld_folder/state/records"; }

# wait_until SECONDS COMMAND…: until it succeeds; fails when it has not by then
wait_until() {
    wait_tries=$(($1 * 20))
    shift
    until "$@" >/dev/null 2>&1; do
        wait_tries=$((wait_tries - 1))
        [ $wait_tries -gt 0 ] || return 1
        sleep 0.05
    done
}

# start_store: an xenstored for the simulation, if there is none yet
start_store() {
    [ -z "$store_pid" ] || return 0
    if [ -n "$machine_pid" ]; then store_machine=--hypervisor=sim@$machine; else store_machine=--no-xen; fi
    "$ZEROTH_BIN/xenstored" "$store_machine" -N >>xenstored.log 2>&1 </dev/null &
    store_pid=$!
    wait_until 20 xs exists / || {
        echo "xenstored does not answer; its log:"
        cat xenstored.log
        exit 1
    }
}

xen_sim() { "$ZEROTH_BIN/xen-sim" --socket "$machine" "$@"; }

# start_machine [OPTION…]: whose domains both xenstored and xld see
start_machine() {
    "$ZEROTH_BIN/xen-sim" --socket "$machine" "$@" >>machine.log 2>&1 </dev/null &
    machine_pid=$!
    wait_until 20 xen_sim status || {
        echo "the machine does not answer; its log:"
        cat machine.log
        exit 1
    }
}

# start_xld [HYPERVISOR OPTIONS…]: returns once it listens
start_xld() {
    start_store
    if [ -n "$machine_pid" ]; then xld_machine=sim@$machine; else xld_machine=sim; fi
    xld_hypervisor=${1:-$xld_machine}
    [ $# = 0 ] || shift
    "$ZEROTH_BIN/xld" --hypervisor="$xld_hypervisor" --socket="$ZEROTH_XLD_SOCKET" \
        --state-dir="$xld_folder/state" --userdata-dir="$xld_folder/userdata" \
        --console-log-dir="$xld_folder/consoles" "$@" \
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
    [ -z "$machine_pid" ] || { kill "$machine_pid" && wait "$machine_pid"; }
    [ -z "$store_pid" ] || { kill "$store_pid" && wait "$store_pid"; }
    rm -rf "$xld_folder"
    (exit $sim_result)
    checks_at_exit
}
trap sim_at_exit EXIT

# make_config NAME KERNEL [SETTING…]: NAME.cfg, of 16 MiB and one vCPU unless a setting says otherwise
make_config() {
    printf 'name = "%s"\nkernel = "%s"\nmemory = 16\nvcpus = 1\n' "$1" "$2" >"$1.cfg"
    config_file=$1.cfg
    shift 2
    [ $# = 0 ] || printf '%s\n' "$@" >>"$config_file"
}

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
