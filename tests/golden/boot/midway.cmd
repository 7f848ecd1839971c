# Boots Xen and its dom0 on midway. Written by xl boot-script.
#
#   0x00ff800000  top of RAM, 4088 MiB
#   0x00f7800000     128 MiB  kept free: U-Boot runs here, then Xen
#   0x00f7600000       2 MiB  device tree
#   0x0001600000    3936 MiB  free
#   0x0001000000       6 MiB  dom0's kernel
#   0x0000a00000       6 MiB  free
#   0x0000800000       2 MiB  Xen
#   0x0000200000       6 MiB  free
#   0x0000000000       2 MiB  the firmware's device tree

setenv kernel_addr_r 0x1000000
setenv fdt_addr_r 0xf7600000
setenv xen_addr_r 0x800000
# The device tree stays where it is.
setenv fdt_high 0xffffffff

setenv xen_missing
# Set by U-Boot's own search for a script; by hand, the first partition of the first card.
test -n "${devtype}" || setenv devtype mmc
test -n "${devnum}" || setenv devnum 0
test -n "${distro_bootpart}" || setenv distro_bootpart 1
test -n "${prefix}" || setenv prefix /
load ${devtype} ${devnum}:${distro_bootpart} ${xen_addr_r} ${prefix}xen || setenv xen_missing xen

# The firmware's device tree, which knows this machine; moved to where it has room.
fdt addr ${fdt_addr} || setenv xen_missing device tree
fdt move ${fdt_addr} ${fdt_addr_r} 0x100000
fdt chosen
fdt set /chosen \#address-cells <2>
fdt set /chosen \#size-cells <2>
fdt set /chosen xen,xen-bootargs "console=dtuart dtuart=/soc/serial@fff36000 dom0_mem=512M"

load ${devtype} ${devnum}:${distro_bootpart} ${kernel_addr_r} ${prefix}vmlinuz || setenv xen_missing vmlinuz
fdt mknod /chosen module@1000000
fdt set /chosen/module@1000000 compatible "xen,linux-zimage" "xen,multiboot-module"
fdt set /chosen/module@1000000 bootargs "console=hvc0"
fdt set /chosen/module@1000000 reg <0x0 ${kernel_addr_r} 0x0 0x${filesize}>

if test -z "${xen_missing}"; then
    bootz ${xen_addr_r} - ${fdt_addr_r}
else
    echo "Xen is not started: there is no ${xen_missing}"
fi
