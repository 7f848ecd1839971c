# SPDX-License-Identifier: Apache-2.0
# Debian's own tools on our domains, ours on theirs, and what each shows its guest.
# board: --with-reference --timeout 600
# machine: virt-arm64 virt-arm32
. /board/check.sh
cd /root
theirs=$REFERENCE/xl

cat >g.cfg <<'CFG'
kernel = "/guest/vmlinuz"
ramdisk = "/guest/domu.cpio.gz"
memory = 128
vcpus = 2
extra = "console=hvc0 quiet"
CFG
log() { echo "/var/log/xen/console/guest-$1.log"; }
up() { grep -q 'zeroth guest is up' "$(log "$1")"; }
# type_into LINE COMMAND…: types a line into the guest's console, attached by COMMAND, for 6 seconds
type_into() {
    line=$1
    shift
    (sleep 2; echo "$line"; sleep 6; printf '\035') | "$@" >/dev/null 2>&1
}

# Paused, until what each toolstack writes has been compared: then their kernels write, too.
check "our create" xl create -q -p g.cfg 'name="ours"'
check "their create" "$theirs" create -q -p g.cfg 'name="theirs"'
ours=$(xl domid ours) others=$(xl domid theirs)

check "their list shows our domain" sh -c "$theirs list | grep -qE '^ours +$ours +128 +[12] '"
check "our list shows theirs" sh -c "xl list | grep -qE '^theirs +$others +128 +[12] '"
columns() { awk '{ print $1, $2, $3 }'; }
check_equal "both lists agree" "$(xl list | columns)" "$("$theirs" list | columns)"
check "their list -l reads our domain's config" \
    sh -c "$theirs list -l ours | grep -q '\"ramdisk\": \"/guest/domu.cpio.gz\"'"
check "our list -l reads theirs" \
    sh -c "xl list -l theirs | grep -q '\"ramdisk\": \"/guest/domu.cpio.gz\"'"
config() { sed -E 's/"(ours|theirs)"/NAME/; s/("uuid": |"domid": )[^,]*/\1/'; }
"$theirs" list -l ours | config >ours.json
"$theirs" list -l theirs | config >theirs.json
check_same "the config kept beside our domain says what theirs says" ours.json theirs.json
check_equal "their domname knows ours" "$("$theirs" domname "$ours")" ours

# What differs by nature from one domain to the next: ids, UUIDs, names, ports, times.
uuid() { xenstore-read "/local/domain/$1/vm" | sed 's,/vm/,,'; }
nodes() {
    xenstore-ls -fp | grep -E "^/(local/domain|libxl)/$1(/| )|/console/$1(/| )|$2" |
        sed -E "s/$2/UUID/g; s,/(domain|libxl|console)/$1(/| |\"),/\1/ID\2,g; s/([(,][nrwb])$1\b/\1ID/g
            s/(name = )\"[a-z]*\"/\1NAME/; s/(port|domid|frontend-id) = \"[0-9]+\"/\1 = N/
            s/(start_time|tty) = \"[^\"]*\"/\1 = T/" | sort
}
nodes "$ours" "$(uuid "$ours")" >ours.nodes
nodes "$others" "$(uuid "$others")" >theirs.nodes
check_same "our domain's XenStore nodes and permissions are theirs" ours.nodes theirs.nodes

check "both may run" sh -c 'xl unpause ours && xl unpause theirs'
check_within 120 "our guest boots" up ours
check_within 120 "their guest boots" up theirs
# All that a guest sees of its device tree but the seed, which is new for each.
for name in ours theirs; do
    type_into 'cd /proc/device-tree; echo TREE; md5sum $(find . -type f ! -name rng-seed | sort); echo END' \
        xl console $name
    check_within 30 "the device tree of $name came over its console" grep -q '^END' "$(log $name)"
    tr -d '\r' <"$(log $name)" | sed -n '/^TREE$/,/^END$/p' >$name.tree
done
check "that is a whole tree" sh -c '[ $(wc -l <ours.tree) -gt 30 ]'
check_same "the device tree our guest sees is the one theirs sees" ours.tree theirs.tree

type_into 'echo $((6 * 7)) is right' script -q -c "$REFERENCE/xenconsole $ours" /root/typescript
check "their console client attaches to our domain" grep -q '42 is right' "$(log ours)"
check "their pause and unpause work on ours" \
    sh -c "$theirs pause ours && xl list ours | grep -qE ' [r-][b-]p--- ' && $theirs unpause ours"
check "their destroy ends our domain" "$theirs" destroy ours
check "our destroy ends theirs" xl destroy theirs
check_within 20 "neither is left in the list" sh -c "! xl list | grep -qE 'ours|theirs'"
check_equal "nor in XenStore" \
    "$(xenstore-ls -f | grep -E "/(domain|libxl|console)/($ours|$others)( |/)|^/vm/")" ""
checks_done
