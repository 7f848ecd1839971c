# Boots Xen and its dom0 on cubieboard2. Written by xl boot-script.
#
#   0x0080000000  top of RAM, 1 GiB
#   0x007fe00000       2 MiB  kept free: U-Boot runs here, then Xen
#   0x007f600000       8 MiB  dom0's kernel
#   0x007ee00000       8 MiB  dom0's ramdisk
#   0x007ec00000       2 MiB  device tree
#   0x007ea00000       2 MiB  Xen
#   0x0043200000     952 MiB  free
#   0x0043000000       2 MiB  boot.scr, while it runs
#   0x0040000000      48 MiB  free

setenv kernel_addr_r 0x7f600000
setenv ramdisk_addr_r 0x7ee00000
setenv fdt_addr_r 0x7ec00000
setenv xen_addr_r 0x7ea00000
# The device tree stays where it is.
setenv fdt_high 0xffffffff

setenv xen_missing
# Set by U-Boot's own search for a script; by hand, the first partition of the first card.
test -n "${devtype}" || setenv devtype mmc
test -n "${devnum}" || setenv devnum 0
test -n "${distro_bootpart}" || setenv distro_bootpart 1
test -n "${prefix}" || setenv prefix /
load ${devtype} ${devnum}:${distro_bootpart} ${xen_addr_r} ${prefix}xen || setenv xen_missing xen

# It has Xen's command line and the modules; what is loaded now has the last word on sizes.
load ${devtype} ${devnum}:${distro_bootpart} ${fdt_addr_r} ${prefix}sun7i-a20-cubieboard2-xen.dtb || setenv xen_missing sun7i-a20-cubieboard2-xen.dtb
fdt addr ${fdt_addr_r}

load ${devtype} ${devnum}:${distro_bootpart} ${kernel_addr_r} ${prefix}vmlinuz || setenv xen_missing vmlinuz
fdt set /chosen/module@7f600000 reg <0x0 ${kernel_addr_r} 0x0 0x${filesize}>

load ${devtype} ${devnum}:${distro_bootpart} ${ramdisk_addr_r} ${prefix}initrd.gz || setenv xen_missing initrd.gz
fdt set /chosen/module@7ee00000 reg <0x0 ${ramdisk_addr_r} 0x0 0x${filesize}>

if test -z "${xen_missing}"; then
    bootz ${xen_addr_r} - ${fdt_addr_r}
else
    echo "Xen is not started: there is no ${xen_missing}"
fi
