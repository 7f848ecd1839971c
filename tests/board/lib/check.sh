# SPDX-License-Identifier: Apache-2.0
# Checks for scripts that run in the board's dom0:
#
#   . /board/check.sh
#   check "the list shows the guest" sh -c 'xl list | grep -q g1'
#   check_fails "a second guest of that name is refused" xl create /root/g1.cfg
#   check_equal "its id" "$(xl domid g1)" 1
#   check_within 10 "the guest's shell is there" grep -q 'guest is up' /var/log/xen/console/guest-g1.log
#   checks_done
#
# Each prints one line, `ok - name` or `not ok - name`; a failed one also what its command printed.
# checks_done prints a summary and ends the script with status 0 only if all were ok; a script that
# ends without it has failed.

checks_ok=0
checks_failed=0
checks_finished=0
check_output=$(mktemp)

check_ok() {
    checks_ok=$((checks_ok + 1))
    echo "ok - $1"
}

check_not_ok() {
    checks_failed=$((checks_failed + 1))
    echo "not ok - $1"
    shift
    for check_line in "$@"; do
        printf '%s\n' "$check_line" | sed 's/^/#   /'
    done
}

check_with_output() {
    check_not_ok "$@"
    sed 's/^/#   /' "$check_output"
}

# check NAME COMMAND…: the command ends with status 0
check() {
    check_name=$1
    shift
    if "$@" >"$check_output" 2>&1 </dev/null; then
        check_ok "$check_name"
    else
        check_with_output "$check_name" "status $? from: $*"
    fi
}

# check_fails NAME COMMAND…: it ends with a status other than 0, and not by a signal
check_fails() {
    check_name=$1
    shift
    "$@" >"$check_output" 2>&1 </dev/null
    check_result=$?
    if [ $check_result -gt 0 ] && [ $check_result -lt 128 ]; then
        check_ok "$check_name"
    else
        check_with_output "$check_name" "status $check_result from: $*"
    fi
}

# check_status STATUS NAME COMMAND…: it ends with exactly this status
check_status() {
    check_wanted=$1 check_name=$2
    shift 2
    "$@" >"$check_output" 2>&1 </dev/null
    check_result=$?
    if [ $check_result = "$check_wanted" ]; then
        check_ok "$check_name"
    else
        check_with_output "$check_name" "status $check_result, not $check_wanted, from: $*"
    fi
}

# check_equal NAME FOUND EXPECTED: two texts are the same
check_equal() {
    if [ "$2" = "$3" ]; then
        check_ok "$1"
    else
        check_not_ok "$1" "found:" "$2" "expected:" "$3"
    fi
}

# check_same NAME FOUND-FILE EXPECTED-FILE: two files are the same
check_same() {
    if diff -u "$3" "$2" >"$check_output" 2>&1; then
        check_ok "$1"
    else
        check_with_output "$1"
    fi
}

# check_within SECONDS NAME COMMAND…: it ends with status 0, now or by then
check_within() {
    check_tries=$(($1 * 5)) check_seconds=$1 check_name=$2
    shift 2
    until "$@" >"$check_output" 2>&1 </dev/null; do
        check_tries=$((check_tries - 1))
        if [ $check_tries -le 0 ]; then
            check_with_output "$check_name" "still not after $check_seconds s: $*"
            return
        fi
        sleep 0.2
    done
    check_ok "$check_name"
}

checks_done() {
    checks_finished=1
    rm -f "$check_output"
    echo "# $((checks_ok + checks_failed)) checks, $checks_failed failed"
    checks_passed
    exit
}

checks_passed() { [ "$checks_failed" = 0 ] && [ "$checks_ok" -gt 0 ]; }

checks_at_exit() {
    check_result=$?
    if [ "$checks_finished" = 1 ]; then
        # Not by $?, which is that of whatever a script's own trap did before this.
        checks_passed
        exit
    fi
    echo "not ok - the script runs to its end (it ended after $((checks_ok + checks_failed)) checks, status $check_result)"
    exit 1
}
trap checks_at_exit EXIT
