# SPDX-License-Identifier: Apache-2.0
# board: --with-reference
# Debian's own tools on this board: if they cannot run a guest here, nothing that our tools do or
# fail to do here means anything.
# machine: virt-arm64 virt-arm32
. /board/check.sh

xl=$REFERENCE/xl
log=/var/log/xen/console

check "its tools are not first in the path" sh -c "! command -v xl || [ \$(command -v xl) = /usr/sbin/xl ]"
"$xl" info free_memory >/root/free.before

check "it creates a guest without an operating system" "$xl" create /guest/tiny.cfg
check_within 20 "which speaks" grep -q 'tiny guest is up' $log/guest-tiny.log
check "it creates a Linux guest" "$xl" create /guest/linux.cfg
check_equal "both are listed" "$("$xl" list | awk 'NR > 2 {printf "%s ", $1}')" "tiny linux "
check_within 60 "the Linux guest comes up" grep -q 'zeroth guest is up: 1 CPU' $log/guest-linux.log

# The guest's shell, as a person would use it.
mkfifo /root/keys
script -q -f -c "$xl console linux" /root/transcript </root/keys >/dev/null &
exec 4>/root/keys
check_within 20 "its console shows a prompt" sh -c 'echo >&4; grep -q "zeroth-guest#" /root/transcript' 4>&4
echo 'echo answer $((6 * 7))' >&4
check_within 20 "its shell takes commands" grep -q 'answer 42' /root/transcript
printf '\035' >&4
exec 4>&-

gone() { ! "$xl" domid "$1"; }
check "it asks the Linux guest to power off" "$xl" shutdown linux
check_within 30 "which does" gone linux
check "it destroys the other" "$xl" destroy tiny
free_again() { "$xl" info free_memory | cmp - /root/free.before; }
check_within 20 "all memory is free again" free_again
cp -r /var/log/xen /root/transcript /out
checks_done
