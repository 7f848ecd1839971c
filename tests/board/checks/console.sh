# SPDX-License-Identifier: Apache-2.0
# xen: 4.17
# own-boot: it kills both daemons
# board: --with-reference --timeout 1200
# Every domain's console is served by xld: terminals, logs, streams, and what is left of it when xld or
# xenstored is killed, or both.
. /board/check.sh
cd /root
log=/var/log/xen/console
debian=$(cat /board/services)

sed 's/^name = .*/name = "g1"/' /guest/linux.cfg >g1.cfg

# in_background FILE COMMAND…: its output in FILE, its input a terminal's that nobody types at
in_background() {
    background_output=$1
    shift
    mkfifo "$background_output.in"
    "$@" <"$background_output.in" >"$background_output" 2>"$background_output.err" &
    background=$!
    exec 9>"$background_output.in"
}
# type_at FIFO-OF TEXT
type_at() { printf '%s' "$2" >"$1.in"; }
tty_of() { xenstore-read "/local/domain/$(xl domid "$1")/console/tty"; }

# A guest that prints one line and no more: its first byte counts. xl's own words are in first.txt too, and the
# log can be written before xl shows the same.
sleep 1000 | xl create -c /guest/tiny.cfg >first.txt 2>&1 &
check_within 20 "create -c shows the first line of a guest" grep -q 'tiny' first.txt
check_within 20 "the log has it too" test -s $log/guest-tiny.log
first_line=$(head -n 1 $log/guest-tiny.log | tr -d '\r')
check_within 20 "create -c missed nothing of it" grep -qF "$first_line" first.txt
check "its terminal is in XenStore" sh -c "[ -c '$(tty_of tiny)' ]"
in_background replay.txt xl console tiny
check_within 20 "who comes later is shown what was printed before" grep -qF "$first_line" replay.txt
type_at replay.txt "$(printf '\035')"
check_within 20 "the escape character ends it" sh -c "! kill -0 $background 2>/dev/null"
in_background pty.txt cat "$(tty_of tiny)"
check_within 20 "who opens the terminal is shown it as well" grep -qF "$first_line" pty.txt
check "destroy" xl destroy tiny
check_within 20 "the terminal hangs up" sh -c "! kill -0 $background 2>/dev/null"
check_within 20 "create -c ends with the guest" sh -c "! ps | grep -v grep | grep -q 'xl create -c'"
check "the log is kept" grep -qF "$first_line" $log/guest-tiny.log

check "create" xl create -q g1.cfg
check_within 90 "a Linux guest boots, in the log" grep -q 'zeroth guest is up' $log/guest-g1.log
in_background one.txt xl console g1
one=$background
exec 8>one.txt.in
in_background two.txt xl console g1
two=$background
check_within 20 "one who watches sees the boot again" grep -q 'zeroth guest is up' one.txt
check_within 20 "and another at the same time" grep -q 'zeroth guest is up' two.txt
type_at one.txt 'echo $((6 * 7)) is the answer
'
check_within 20 "what is typed reaches the guest, what it answers who typed" grep -q '42 is the answer' one.txt
check_within 20 "and who watches" grep -q '42 is the answer' two.txt
type_at two.txt 'echo $((6 * 8)) by another
'
check_within 20 "a second typist is told who holds the keyboard" grep -q "process $one is typing" two.txt.err
check_fails "and its keys are dropped" grep -q '48 by another' one.txt
in_background three.txt xl console -f g1
three=$background
type_at three.txt 'echo $((6 * 9)) by force
'
check_within 20 "force takes the keyboard" grep -q '54 by force' one.txt
check_within 20 "which who had it is told" grep -q "process $three took over" one.txt.err
kill -TERM $one $two $three
check_within 20 "they end" sh -c "! kill -0 $one 2>/dev/null && ! kill -0 $two 2>/dev/null"

(sleep 2; echo 'echo $((7 * 7)) over xenconsole'; sleep 10) | timeout 30 "$debian/xenconsole" "$(xl domid g1)" --interactive >theirs.txt 2>&1
check "Debian's xenconsole works on the terminal" grep -q '49 over xenconsole' theirs.txt
tty=$(tty_of g1)
printf 'echo $((8 * 8)) over the pty\n' >"$tty"
check_within 20 "a line written to the terminal is typed" grep -q '64 over the pty' $log/guest-g1.log

# killed_while_printing WORD LINES KILL…: the guest prints so many numbered lines, while KILL is done
# five times; each is in the log once, and is shown once to who watches.
killed_while_printing() {
    word=$1 lines=$2
    shift 2
    in_background "$word.txt" xl console g1
    type_at "$word.txt" "stty -echo; echo; i=0; while [ \$i -lt $lines ]; do echo \"$word \$i.\"; i=\$((i + 1)); done; echo all $word
"
    check_within 60 "a guest prints" grep -q "^$word 1\." $log/guest-g1.log
    for _ in 1 2 3 4 5; do
        "$@"
        sleep 1
    done
    check_within 120 "it goes on printing" grep -q "^all $word" $log/guest-g1.log
    check "after five SIGKILLs the log has every line once" each_line_once "$word" "$lines"
    check_within 20 "who watched sees the end" grep -q "^all $word" "$word.txt"
    check_equal "and every line too" "$(tr -d '\r' <"$word.txt" | grep -c "^$word [0-9]*\.$")" "$lines"
    kill $background
}
each_line_once() {
    for part in .4 .3 .2 .1 ''; do cat "$log/guest-g1.log$part" 2>/dev/null; done | tr -d '\r' |
        sed -n "s/^$1 \([0-9]*\)\.\$/\1/p" | awk -v lines="$2" '
            $1 != next_one { print "expected " next_one + 0 ", found " $1; bad = 1 }
            { next_one = $1 + 1 }
            END { if (next_one != lines) { print "ends with " next_one; bad = 1 } exit bad }'
}
# kill_daemons PID-FILE…: at once, and what init starts in their place
kill_daemons() {
    # shellcheck disable=SC2046
    kill -KILL $(cat "$@")
    rm -f "$@"
    /etc/init.d/xencommons start
}
killed_while_printing xld 6000 kill_daemons /run/zeroth/xld.pid
killed_while_printing store 3000 kill_daemons /run/xen/xenstored.pid
killed_while_printing both 3000 kill_daemons /run/xen/xenstored.pid /run/zeroth/xld.pid
check "after all that a guest is made" xl create -q /guest/tiny.cfg
check_within 20 "and its console served" grep -qF "$first_line" $log/guest-tiny.log
check "and its terminal told" sh -c "[ -c '$(tty_of tiny)' ]"
check "it ends" xl destroy tiny
in_background typed.txt xl console g1
type_at typed.txt 'echo $((6 * 6)) after all that
'
check_within 20 "what is typed reaches the one that was there before" grep -q '36 after all that' typed.txt
kill $background

# Rotation, and a guest that prints without end.
kill -TERM "$(cat /run/zeroth/xld.pid)"
sleep 1
xld --console-log-size=100000 --console-log-files=3 >>/var/log/xen/xld.log 2>&1 &
echo $! >/run/zeroth/xld.pid
check_within 20 "xld with small logs" xl list g1
check "create of another" xl create -q g1.cfg 'name="g2"'
check_within 90 "it boots" grep -q 'zeroth guest is up' $log/guest-g2.log
in_background flood.txt xl console g2
type_at flood.txt 'yes one two three four five six seven
'
check_within 60 "a flood is rotated" test -s $log/guest-g2.log.2
sleep 3
check "no more files than allowed" sh -c "! [ -e $log/guest-g2.log.3 ]"
check "none larger than allowed" sh -c "[ \$(cat $log/guest-g2.log* | wc -c) -le 300000 ]"
check_within 20 "what was dropped is said" sh -c "grep -q 'bytes dropped' $log/guest-g2.log*"
in_background beside.txt xl console g1
type_at beside.txt 'echo $((9 * 9)) beside the flood
'
check_within 20 "another guest's console answers meanwhile" grep -q '81 beside the flood' beside.txt
check "and so does xld" timeout 5 xl list
for name in g1 g2; do check "destroy $name" xl destroy $name; done

# Channels: the guest's driver makes a ring of its own for each, hvc1 and hvc2.
check "create with channels" xl create -q g1.cfg 'name="g3"' \
    'channel=["name=org.example.a,connection=pty","name=org.example.b,connection=socket,path=/run/b.sock"]'
check_within 90 "it boots" grep -q 'zeroth guest is up' $log/guest-g3.log
id=$(xl domid g3)
connected() {
    for channel in 1 2; do
        [ "$(xenstore-read /local/domain/0/backend/console/"$id"/$channel/state)" = 4 ] || return 1
    done
}
check_within 20 "the guest's driver connects" connected
check_within 20 "channel-list has them" sh -c "xl channel-list g3 | grep -q '^1 .* pty .* /dev/pts/'"
channel_tty=$(xenstore-read "/local/domain/$id/device/console/1/tty")
cat "$channel_tty" >channel.txt 2>/dev/null & # it ends with EIO, when the terminal hangs up
printf 'stty raw -echo </dev/hvc1; (echo to hvc1 >/dev/hvc1; head -n 1 </dev/hvc1) &\n' >"$(tty_of g3)"
check_within 20 "what the guest writes comes out of the terminal" grep -q 'to hvc1' channel.txt
printf 'from the terminal\n' >"$channel_tty"
check_within 20 "and the other way" grep -q 'from the terminal' $log/guest-g3.log
check "the socket is there" test -S /run/b.sock
check "destroy g3" xl destroy g3
check_within 20 "the socket goes with it" sh -c '! [ -e /run/b.sock ]'

# A domain of Debian's xl.
check "Debian's xl creates a guest" "$REFERENCE/xl" create /guest/tiny.cfg 'name="theirs"'
check_within 20 "its console is logged" grep -qF "$first_line" $log/guest-theirs.log
in_background their.txt xl console theirs
check_within 20 "and can be attached to" grep -qF "$first_line" their.txt
"$REFERENCE/xl" destroy theirs
check_within 20 "nothing is left of them in XenStore" sh -c "! xenstore-ls /local/domain | grep -q tty"
checks_done
