# SPDX-License-Identifier: Apache-2.0
# Our XenStore tools beside Debian's, one after the other on the same store: what they print and how
# they end. What they say on stderr is their own; ours is longer.
# board: --with-reference
# xen: 4.17
# machine: virt-arm64 virt-arm32
. /board/check.sh
mkdir -p /root/tools && cd /root/tools

long=$(printf '%0100d' 0)
many=$(for i in $(seq 0 399); do echo "/t/many/a-name-of-some-length-$i $i"; done)
export long many

# Each line is run once with theirs and once with ours, by the same shell.
cat >table <<'TABLE'
write /t/a 1 /t/a/b 2 /t/a/c ''
write /t/a
write /t/a 1 /t/b
write /t/q '\t\n\r\\\101\x41\x4\xAZ\q\19z\'
write /t/q2 '\377' /t/q3 '\x' /t/q4 '\\' /t/q5 '\0' /t/q6 '\01x' /t/q7 '\xgg"'
write -R /t/raw '\t\x41'
read /t/q /t/raw /t/q2
read -R /t/raw
read -R /t/q
read -p /t/q /t/a
read -p -R /t/raw /t/a
read /t/a -p
read /t/none /t/a
read /t/a /t/none
read -s /t/a
read /t/a/
read ''
read relative
read
exists /t/a /t/a/b
exists /t/a /t/none
exists /t/a/
exists -p /t/a
exists
list /t
list -p /t/a
list -p /
list /t/none
list /t/a/b
list /t/a /t/q
list /t/a /t/none
ls
ls -f
ls -p
ls -fp
ls /t
ls -f /t/a
ls -p /t
ls -fp /t
ls /t/none
ls ''
ls /t/
write /t/w/1 $long /t/w/$long x /t/w/$long$long/deep 1
ls /t/w
ls -p /t/w
ls -fp /t/w
rm /t/w /t/q /t/q2 /t/q3 /t/q4 /t/q5 /t/q6 /t/q7 /t/raw
rm /t/w
rm /t/a/c /t/none/x
rm /
rm
write /t/u/v/w 1 /t/u/v2 ''
rm -t /t/u/v/w
ls /t/u
write /t/u 1
rm -t /t/u/v2
rm -t /t/u
ls -f /t
write /t/a 1 /t/a/b 2
chmod /t/a n0 r0
chmod -r /t b
ls -fp /t
chmod -u -r /t/a/b w0
ls -fp /t
chmod /t/a
chmod /t/a x0
chmod /t/a ''
chmod /t/none r0
watch -n 1 /t/a
watch -n 3 /t/a relative @releaseDomain
watch -n 0 /t/a
watch -n 1 /t/a/
watch -n 2 /t/a /t/a
watch
write relative 1
read /local/domain/0/relative
rm relative
write /t/a/ 1
write /t/k $long$long$long$long$long$long$long$long$long$long$long$long$long$long$long$long$long$long$long$long$long$long$long$long$long$long$long$long$long$long$long$long$long$long$long$long$long$long$long$long$long
write -- /t/a -1
read /t/a
write $many
list /t/many
ls /t/many
chmod -r /t/many r0
ls -fp /t/many
rm /t
TABLE

# run_table FOLDER FILE: every line with the tools of that folder
run_table() {
    while IFS= read -r line; do
        echo "\$ $line"
        sh -c "$1/xenstore-$line" 2>/dev/null </dev/null
        echo "[$?]"
    done <table >"$2"
    "$1/xenstore-rm" /t
}
ours=$(dirname "$(command -v xenstore-read)")
check "ours come first in the path" [ "$ours" != "$REFERENCE" ]
run_table "$REFERENCE" theirs.txt
run_table "$ours" ours.txt
check "theirs ran" grep -q '^1$' theirs.txt
check_same "$(wc -l <table) command lines print and end as with Debian's" ours.txt theirs.txt

# In a terminal, by its width: of util-linux's script, which has one.
for width in 20 40 80 132; do
    for tools in "$REFERENCE" "$ours"; do
        script -q -f -c "stty cols $width; $tools/xenstore-ls -p /local/domain/0; $tools/xenstore-ls -f /local" \
            "width.$(basename "$tools")" >/dev/null
        grep -v '^Script ' "width.$(basename "$tools")" >"width-$(basename "$tools").txt"
    done
    check_same "on a terminal of $width columns too" "width-$(basename "$ours").txt" \
        "width-$(basename "$REFERENCE").txt"
done

# Either's options through the wrapper with a mode.
check_equal "xenstore MODE is the tool of that name" \
    "$(xenstore ls -fp /local)" "$("$REFERENCE/xenstore" ls -fp /local)"

# Through the kernel's device, where there is no socket to be had.
check_equal "read by way of the kernel" \
    "$(XENSTORED_PATH=/dev/xen/xenbus xenstore-read /local/domain/0/name)" Domain-0
check_equal "a whole tree, pipelined, by way of the kernel" \
    "$(XENSTORED_PATH=/dev/xen/xenbus xenstore-ls -fp)" "$(xenstore-ls -fp)"
check "a transaction by way of the kernel" \
    env XENSTORED_PATH=/dev/xen/xenbus xenstore-write /k/a 1 /k/b 2
check_equal "a watch by way of the kernel" \
    "$(XENSTORED_PATH=/dev/xen/xenbus xenstore-watch -n 1 /k)" /k
check "and away again" env XENSTORED_PATH=/dev/xen/xenbus xenstore-rm /k
checks_done
