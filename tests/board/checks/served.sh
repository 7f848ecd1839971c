# SPDX-License-Identifier: Apache-2.0
# Keyboards, displays, sound cards and shared folders: Linux's drivers in the guest, Xen's daemon for folders, this
# script for the rest, and Debian's xl beside ours.
# board: --with-reference --timeout 600
. /board/check.sh
cd /root
theirs=$REFERENCE/xl

cat >g.cfg <<'CFG'
kernel = "/guest/vmlinuz"
ramdisk = "/guest/domu.cpio.gz"
memory = 128
vcpus = 2
extra = "console=hvc0 quiet"
vkb = ["backend-type=linux,unique-id=k,feature-abs-pointer=1,width=800,height=600"]
vdispl = ["be-alloc=1,connectors=a:800x600;b:1024x768"]
vsnd = [["card, short-name=Main, long-name=Main card, sample-rates=44100;48000, sample-formats=s16_le;u8, channels-max=2",
         "pcm, name=dev1, channels-min=1", "stream, unique-id=0, type=p", "stream, unique-id=1, type=c",
         "pcm, name=dev2", "stream, unique-id=2, type=P"]]
CFG
name=ours
log() { echo "/var/log/xen/console/guest-$name.log"; }
up() { grep -q 'zeroth guest is up' "$(log)"; }
# guest COMMAND: typed into the one called so
guest() { (sleep 2; echo "$1"; sleep 4; printf '\035') | xl console $name >/dev/null 2>&1; }
backends() { for kind in vinput vdispl vsnd; do for id in $(xenstore-list /local/domain/0/backend/$kind 2>/dev/null); do
    for number in $(xenstore-list /local/domain/0/backend/$kind/"$id" 2>/dev/null); do
        echo $kind/"$id/$number"; done; done; done; }
# The states that whatever serves them goes through: it waits for the guest's end, and is connected with that.
serve() {
    for backend in $(backends); do
        front=$(xenstore-read "/local/domain/0/backend/$backend/frontend") || continue
        case $(xenstore-read "/local/domain/0/backend/$backend/state")$(xenstore-read "$front/state") in
        1?) new=2 ;;
        23) new=4 ;;
        56 | 5) new=6 ;;
        *) continue ;;
        esac
        xenstore-write "/local/domain/0/backend/$backend/state" $new
    done
}
(while sleep 0.2; do serve 2>/dev/null; done) & server=$!

# Paused, until what each toolstack writes has been compared.
check "our create" xl create -q -p g.cfg 'name="ours"'
check "their create" "$theirs" create -q -p g.cfg 'name="theirs"'
ours=$(xl domid ours) others=$(xl domid theirs)
nodes() {
    xenstore-ls -fp | grep -E "/(domain|libxl)/$1/device/(vkbd|vdispl|vsnd)|/backend/(vinput|vdispl|vsnd)/$1[/ ]" |
        grep -v '/state = ' | sed -E "s,/(domain|libxl)/$1/,/\1/ID/,g; s,/backend/([a-z]+)/$1(/| |\"),/backend/\1/ID\2,g
            s/([(,][nrwb])$1\b/\1ID/g; s/(frontend-id = )\"[0-9]+\"/\1N/" | sort
}
nodes "$ours" >ours.nodes
nodes "$others" >theirs.nodes
check "there are nodes" [ "$(wc -l <ours.nodes)" -gt 50 ]
check_same "nodes and permissions are theirs" ours.nodes theirs.nodes
# rows LIST NAME: as both print them. Theirs calls formats rates, and a text that is not there null.
rows() {
    "$theirs" "$1" "$2" | sed -E 's/, sample-rates: ([a-z])/, sample-formats: \1/; s/"\(null\)"/""/' >theirs.rows
    xl "$1" "$2" >ours.rows
    check "$1 of $2 has rows" [ "$(wc -l <ours.rows)" -ge 2 ]
    check_same "the reference's" ours.rows theirs.rows
}
for list in vkb-list vdispl-list vsnd-list; do rows $list theirs; done
config() { sed -E 's/"(ours|theirs)"/NAME/; s/("uuid": |"domid": )[^,]*/\1/'; }
"$theirs" list -l theirs 2>/dev/null | config >theirs.json
xl list -l ours | config >ours.json
check_same "list -l has them as theirs" ours.json theirs.json
check "destroy theirs" xl destroy theirs
check "nothing of it is left" sh -c "! xenstore-ls -f | grep -E '/(vinput|vdispl|vsnd)/$others|domain/$others/'"

check "the guest may run" xl unpause ours
check_within 120 "it boots" up
connected() { xl vkb-list ours | awk -v n=$(($1 + 2)) 'NR == n && $4 == 4 && $5 > 0 && $6 > 0 { found = 1 } END { exit !found }'; }
check_within 20 "Linux's keyboard driver has connected" connected 0
check "one more, while it runs" xl vkb-attach ours backend-type=linux unique-id=z
check_within 20 "connects too" connected 1
inputs() { guest 'echo "inputs: $(grep -c "Xen Virtual" /proc/bus/input/devices)"'; grep -a -q "inputs: $1" "$(log)"; }
check_within 60 "the guest has a keyboard and a pointer of each" inputs 4
check "the guest lets go of one" xl vkb-detach ours 1
check_within 60 "and has the other" inputs 2
check_equal "its nodes are gone" "$(xenstore-ls -f | grep -c "vinput/$ours/1\|vkbd/1")" 0
check "a display and a sound card, too" xl vdispl-attach ours connectors=c:640x480
check "with its items" xl vsnd-attach ours "card, short-name=B" "pcm, name=p" "stream, unique-id=9, type=c"
for list in vkb-list vdispl-list vsnd-list; do rows $list ours; done
check "force, where no driver answers" xl vdispl-detach -f ours 1
check "destroy" xl destroy ours
check "nothing is left" sh -c "! xenstore-ls -f | grep -E 'vinput|vkbd|vdispl|vsnd'"
kill $server

# A shared folder: Xen has a daemon for them from 4.20 on. The first mount kills it (a fault in it, also with
# Debian's xl), so that connecting is as far as this goes.
folders=$(echo /usr/lib/xen-*/bin/xen-9pfsd)
if [ -x "$folders" ]; then
    "$folders" >9pfsd.log 2>&1 &
    daemon=$!
    running() { [ "$(xenstore-read /local/domain/0/libxl/xen-9pfs/state)" = running ]; }
    check_within 20 "Xen's daemon runs" running
    sed -i '/^vkb/,$d' g.cfg
    name=shares
    check "a guest with a folder" xl create -q g.cfg 'name="shares"' \
        'p9=["type=xen_9pfsd,tag=shared,security_model=none,path=/root"]'
    check_within 120 "it boots" up
    guest 'insmod /modules/9p/9pnet.ko; insmod /modules/9p/9pnet_xen.ko'
    shares=$(xl domid shares)
    is_connected() { [ "$(xenstore-read "$1/state")" = 4 ]; }
    check_within 20 "the guest's driver finds it" is_connected "/local/domain/$shares/device/9pfs/0"
    check_within 20 "and the daemon is connected with it" is_connected "/local/domain/0/backend/xen_9pfs/$shares/0"
    check "destroy" xl destroy shares
    kill $daemon
    xenstore-rm /local/domain/0/libxl 2>/dev/null
fi
checks_done
