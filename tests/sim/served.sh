#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Keyboards, displays and sound cards: with a guest, and while it runs. What serves them is this script.
. "$ZEROTH_SOURCE/tests/sim/lib.sh"

start_xld
node() { xs read "/local/domain/$1" 2>/dev/null; }
left() { xs ls -f 2>/dev/null | grep -E 'vinput|vkbd|vdispl|vsnd'; }
backends() { for kind in vinput vdispl vsnd; do for guest in $(xs list /local/domain/0/backend/$kind 2>/dev/null); do
    for number in $(xs list "/local/domain/0/backend/$kind/$guest" 2>/dev/null); do
        echo "/local/domain/0/backend/$kind/$guest/$number"; done; done; done; }
# Takes what is new, and lets go of what is closing.
(while sleep 0.05; do for backend in $(backends); do
    case $(xs read "$backend/state" 2>/dev/null) in
    1) xs write "$backend/state" 2 ;;
    5) xs write "$backend/state" 6 ;;
    esac
done; done 2>/dev/null) & server=$!
trap 'kill $server; sim_at_exit' EXIT

make_config g sim:linux "vkb = [ 'backend-type=linux,unique-id=k,width=800,height=600' ]" \
    "vdispl = [ 'be-alloc=1,connectors=a:800x600;b:1024x768' ]"
check "a guest with a keyboard and a display" xl create -q g.cfg
g=$(xl domid g)
check_equal "its driver finds the keyboard where it looks" "$(node "$g/device/vkbd/0/backend")" \
    "/local/domain/0/backend/vinput/$g/0"
check_equal "vkb-list" "$(xl vkb-list g | sed 's/ *$//')" \
    "Idx BE handle state evt-ch    ref ID         BE-type    BE-path
0   0       0     4      9     -1 k          linux      /local/domain/0/backend/vinput/$g/0"
check_equal "vdispl-list" "$(xl vdispl-list g | tr '\t' '>')" \
    "DevId: 0, BE: 0, handle: $g, state: 4, be-alloc: 1, BE-path: /local/domain/0/backend/vdispl/$g/0, FE-path: /local/domain/$g/device/vdispl/0
>Connector: 0, id: a, width: 800, height: 600, req-rref: -1, req-evtch: -1, evt-rref: -1, evt-evtch: -1
>Connector: 1, id: b, width: 1024, height: 768, req-rref: -1, req-evtch: -1, evt-rref: -1, evt-evtch: -1"

check "one more keyboard" xl vkb-attach g backend-type=linux unique-id=z
check_equal "is the next" "$(node "0/backend/vinput/$g/1/unique-id")" z
check "a sound card" xl vsnd-attach g "card, short-name=Main, channels-max=2" "pcm, name=dev" \
    "stream, unique-id=0, type=p, sample-rates=44100;48000"
check_equal "vsnd-list" "$(xl vsnd-list g | tr '\t' '>')" "
devid: 0, be-domid: 0, handle: $g, state: 4, be-path: /local/domain/0/backend/vsnd/$g/0, fe-path: /local/domain/$g/device/vsnd/0
short-name: \"Main\", long-name: \"\", channels-max: 2
>pcm: 0, name: \"dev\"
>>stream: 0, unique-id: \"0\", type: p, sample-rates: 44100;48000
>>>event-channel: -1, ring-ref: -1"
xs write "/local/domain/$g/device/vsnd/0/short-name" "$(printf 'a\033[2J')"
check_equal "what a guest writes does not reach the terminal as it is" "$(xl vsnd-list g | grep -c "$(printf '\033')")" 0
xs write "/local/domain/$g/device/vkbd/0" nonsense
check_equal "nor does a value of the device's own folder harm" "$(xl vkb-list g | grep -c vinput)" 2
check_equal "--json has its list alone" "$(xl vkb-list --json g | grep -c '"key": "vkb"')" 2
check_equal "list --json has all" "$(xl list --json g | grep -cE '"key": *"(vkb|vdispl|vsnd)"')" 4

check "the first keyboard is taken away" xl vkb-detach g 0
check_equal "its nodes are gone" "$(xs ls -f | grep -c "vinput/$g/0\|vkbd/0")" 0
xl vkb-attach g backend-type=linux unique-id=y
check_equal "its number is no other's" "$(node "0/backend/vinput/$g/2/unique-id")" y
check_equal "one that is not there" "$(xl vkb-detach g 0 2>&1)" "Error: Device 0 not connected."
check_status 1 "is a failure" xl vdispl-detach g 4

xl reboot g >/dev/null
lives_again() { now=$(xl domid g 2>/dev/null) && [ "$now" != "$g" ] && [ -n "$(node "0/backend/vsnd/$now/0/state")" ]; }
check_within 20 "it reboots" lives_again
check_equal "and has what was attached, without what was detached" \
    "$(node "0/backend/vinput/$now/0/unique-id") $(node "0/backend/vinput/$now/1/unique-id") $(xs list "/local/domain/0/backend/vinput/$now")" \
    "z y 0
1"

# What cannot be.
check_status 1 "a field that is none" xl vkb-attach g backend-type=linux unique-id=a frob=1
check_equal "is shown in its place" "$(xl vkb-attach g backend-type=linux unique-id=a frob=1 2>&1 | sed -n '2,3p')" \
    "    1 | backend-type=linux,unique-id=a,frob=1
      |                                ^~~~~~"
check_status 1 "QEMU, which is not here" xl vkb-attach g backend-type=qemu
check_equal "nothing of it is left" "$(xs list "/local/domain/0/backend/vinput/$now" | wc -l)" 2
check_status 1 "a stream without a device" xl vsnd-attach g "card" "stream, unique-id=0, type=p"
check_equal "a dry run only prints" "$(xl -N vdispl-attach nobody connectors=x:1x1 | tr -d ' \n')" \
    'vdispl:{"connectors":[{"unique_id":"x","width":1,"height":1}]}'
check_status 1 "a domain that is not there" xl vkb-list nobody
check "destroy" xl destroy g
check_equal "nothing is left" "$(left)" ""
checks_done
