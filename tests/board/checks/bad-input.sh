# SPDX-License-Identifier: Apache-2.0
# Bad input: each has its message and its status, and costs the host nothing.
# machine: virt-arm64 virt-arm32
. /board/check.sh
mkdir -p /root/bad && cd /root/bad

good='kernel = "/guest/tiny.img"
memory = 16'
state() {
    xl list | awk '{ print $1, $2, $3, $4 }'
    xenstore-ls -fp
    xl info free_memory
    ls /var/lib/xen
    grep -c "^[^ ]" /run/zeroth/records
}

printf 'name = "taken"\nuuid = "02785c78-618d-426f-aba3-c18d4d31e14d"\n%s\n' "$good" >taken.cfg
xl create -q taken.cfg
sleep 1
state >before.txt

# refused STATUS WORDS NAME: create NAME.cfg ends with STATUS and says WORDS on stderr
refused() {
    xl create -q "$3.cfg" >out.txt 2>err.txt </dev/null
    result=$?
    cp err.txt "/out/$3.txt" # for a human to read
    if [ $result = "$1" ] && grep -qE -- "$2" err.txt && [ ! -s out.txt ]; then
        check_ok "$3: $(head -n 1 err.txt | cut -c 1-100)"
    else
        check_not_ok "$3" "status $result, expected $1; expected words: $2; said:" "$(cat out.txt err.txt)"
    fi
}
config() { printf '%s\n' "$2" >"$1.cfg"; }

refused 3 'Failed to read config file: no-file.cfg: No such file or directory' no-file
mkdir directory.cfg
refused 3 'Is a directory' directory
head -c 4096 /dev/urandom >noise.cfg
refused 1 'error' noise
head -c 10000000 /dev/zero | tr '\0' '[' >brackets.cfg
refused 1 'error' brackets
config quote "name = \"q
$good"
refused 1 'quote.cfg:1:8: error' quote
config memory-word 'name = "m"
kernel = "/guest/tiny.img"
memory = "abc"'
refused 1 'memory-word.cfg:3:' memory-word
config memory-zero 'name = "m"
kernel = "/guest/tiny.img"
memory = 0'
refused 1 'memory-zero.cfg:3:' memory-zero
config memory-negative 'name = "m"
kernel = "/guest/tiny.img"
memory = -16'
refused 1 'memory-negative.cfg:3:' memory-negative
config memory-huge 'name = "m"
kernel = "/guest/tiny.img"
memory = 4096'
refused 3 'memory' memory-huge
config vcpus-zero "name = \"v\"
vcpus = 0
$good"
refused 1 'vcpus' vcpus-zero
config vcpus-200 "name = \"v\"
vcpus = 200
$good"
refused 1 'vcpus' vcpus-200
config cpus-away "name = \"c\"
cpus = \"77\"
$good"
refused 3 '77' cpus-away
config kernel-missing 'name = "k"
kernel = "/guest/nosuch"
memory = 16'
refused 3 '/guest/nosuch.*No such file' kernel-missing
: >empty.img
config kernel-empty 'name = "k"
kernel = "/root/bad/empty.img"
memory = 16'
refused 3 'empty' kernel-empty
head -c 3000000 /guest/vmlinuz >truncated.img
config kernel-truncated 'name = "k"
kernel = "/root/bad/truncated.img"
memory = 128'
refused 3 'truncated' kernel-truncated
cp /bin/busybox elf.img
config kernel-program 'name = "k"
kernel = "/root/bad/elf.img"
memory = 128'
refused 3 'elf.img' kernel-program
config kernel-text 'name = "k"
kernel = "/etc/passwd"
memory = 128'
refused 3 'passwd' kernel-text
case $(uname -m) in
    aarch64) lie=16 ;; # an Image's size
    *) lie=40 ;;       # where a zImage begins and where it ends
esac
{ head -c $lie /guest/tiny.img; printf '\377\377\377\377\377\377\377\177'; tail -c +$((lie + 9)) /guest/tiny.img; } >lying.img
config kernel-lying 'name = "k"
kernel = "/root/bad/lying.img"
memory = 16'
refused 3 'lying.img' kernel-lying
dd if=/dev/zero of=big.cpio bs=1M count=20 2>/dev/null
config ramdisk-big 'name = "r"
kernel = "/guest/tiny.img"
ramdisk = "/root/bad/big.cpio"
memory = 16'
refused 3 'ramdisk|memory' ramdisk-big
config tee "name = \"t\"
tee = \"optee\"
$good"
refused 3 'XEN_DOMCTL_createdomain.*Invalid argument' tee
check "tee: and what it would take" grep -q 'needs firmware that has it' err.txt
config name-taken "name = \"taken\"
$good"
refused 3 'taken' name-taken
config name-empty "name = \"\"
$good"
refused 1 'name' name-empty
config name-missing "$good"
refused 1 'Domain name must be specified' name-missing
config name-digits "name = \"123\"
$good"
refused 1 'digits' name-digits
config name-slash "name = \"a/b\"
$good"
refused 1 'name' name-slash
config name-long "name = \"$(printf 'n%.0s' $(seq 300))\"
$good"
refused 1 'name' name-long
config uuid-taken "name = \"u\"
uuid = \"02785c78-618d-426f-aba3-c18d4d31e14d\"
$good"
refused 3 'UUID|uuid' uuid-taken
config bridge "name = \"n\"
vif = [ \"bridge=xenbr0\" ]
$good"
refused 3 'vif' bridge
config unknown-key "name = \"u\"
memmory = 16
$good"
check "an unknown key is only warned of" sh -c "xl create unknown-key.cfg 2>err.txt && grep -q 'memory' err.txt && xl destroy u"

check_within 20 "the host is as before all this" sh -c "$(sed -n '/^state()/,/^}/p' "$0"); state >after.txt; diff before.txt after.txt"
for words in 'list nosuch' 'destroy nosuch' 'pause 99' 'vcpu-list nosuch' 'domid nosuch' 'console nosuch'; do
    check_status 1 "xl $words" xl $words
done
check "the guest that was there all the time goes" xl destroy taken
check_status 2 "xl destroy without a domain" xl destroy
check_status 2 "xl list with an option it has not" xl list -q
check_status 1 "xl with a command nobody has" xl frobnicate
checks_done
