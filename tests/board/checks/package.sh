# SPDX-License-Identifier: Apache-2.0
# board: --package --bare
# xen: 4.17
# dom0's programs, scripts and settings are those of the Debian package, and its maintainer scripts
# run as dpkg would run them.
# machine: virt-arm64 virt-arm32
. /board/check.sh
cd /root
control=/board/package

check "the programs are the package's" test -x /usr/sbin/xl -a -x /usr/sbin/xld -a -x /usr/sbin/xenstored
check_equal "its conffiles are there" \
    "$(while read -r file; do [ -f "$file" ] || echo "$file"; done <$control/conffiles)" ""
check "postinst of a first installation" $control/postinst configure ""
check_fails "starts nothing by itself" xl list
check "xencommons start" /etc/init.d/xencommons start
check "a guest is created" xl create -q /guest/tiny.cfg
old="$(cat /run/xen/xenstored.pid) $(cat /run/zeroth/xld.pid)"
check "postinst of an upgrade" $control/postinst configure 0.0.9
check "puts the new daemons in place" \
    test "$(cat /run/xen/xenstored.pid) $(cat /run/zeroth/xld.pid)" != "$old"
check "and leaves the guest alone" xl domid tiny
check "doctor" xl doctor
check "prerm of a removal" $control/prerm remove
check_fails "ends xld" xl list
check "and leaves XenStore to the guest" xenstore-exists /local/domain/1
check "postrm of a removal" $control/postrm remove
check "and of a purge" $control/postrm purge
checks_done
