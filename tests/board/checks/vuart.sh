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
mkfifo keys
xl console -t vuart uart <>keys >uart.txt 2>&1 & # nothing is typed, and its input does not end
check_within 90 "the kernel speaks over the UART" grep -aq 'ttyAMA0' uart.txt
check_within 60 "all of its boot is there" grep -aq 'Run /init as init process' uart.txt
check "destroy" xl destroy uart
check "xl console ends with its guest" wait $!
checks_done
