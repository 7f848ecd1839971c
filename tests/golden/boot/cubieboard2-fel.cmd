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

# The files and the tree, with the modules in it, are there already: boot-fel.sh

bootz ${xen_addr_r} - ${fdt_addr_r}
