# SPDX-License-Identifier: Apache-2.0
# board: --with-reference
# Debian's clients of our xenstored: its tools, its library's own suite, its servers' privileges.
# machine: virt-arm64 virt-arm32
. /board/check.sh
cd /root
suite() { "$REFERENCE/test-xenstore" -i 100 >suite.txt 2>&1 && ! grep -qiE 'fail|error' suite.txt; }
check "its suite passes" suite
cp suite.txt /out/
theirs() { tool=$1; shift; "$REFERENCE/xenstore-$tool" "$@"; }
check "its write" theirs write /t/a 1 /t/b 'two words'
check_equal "its read" "$(theirs read /t/b)" "two words"
check_equal "ours reads it" "$(xenstore-read /t/b)" "two words"
check "its chmod" theirs chmod /t/a b0
check_status 1 "which refuses a domain that is not there" theirs chmod /t/a n0 r5
check_equal "its list" "$(theirs list /t)" "$(xenstore-list /t)"
theirs ls -fp >theirs.txt
xenstore-ls -fp >ours.txt
check_same "ls -fp is the same from both" ours.txt theirs.txt
check "its rm" theirs rm /t
check_status 1 "its exists" theirs exists /t
# Through dom0's kernel, as its library does where there is no socket.
check_equal "by way of /dev/xen/xenbus" \
    "$(XENSTORED_PATH=/dev/xen/xenbus "$REFERENCE/xenstore-read" /local/domain/0/name)" Domain-0
checks_done
