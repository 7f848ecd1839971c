# SPDX-License-Identifier: Apache-2.0
# A guest whose console is the emulated SBSA UART: Xen plays the device, xld what is behind it.
# machine: virt-arm64 virt-arm32
. /board/check.sh
cd /root

cat >uart.cfg <<'CFG'
name = "uart"
kernel = "/guest/vmlinuz"
ramdisk = "/guest/domu.cpio.gz"
memory = 128
extra = "console=ttyAMA0"
vuart = "sbsa_uart"
CFG
check "create" xl create -q uart.cfg
id=$(xl domid uart)
check "its terminal is where tools look" sh -c "xenstore-read /local/domain/$id/vuart/0/tty | grep -q ^/dev/pts/"
sleep 1000 | xl console -t vuart uart >uart.txt 2>&1 &
check_within 90 "the kernel speaks over the UART" grep -aq 'ttyAMA0' uart.txt
check_within 60 "all of its boot is there" grep -aq 'Run /init as init process' uart.txt
check "destroy" xl destroy uart
check_within 10 "with which the console ends" sh -c "! ps | grep -v grep | grep -q 'xl console'"
checks_done
