# SPDX-License-Identifier: Apache-2.0
# The Calxeda ECX-2000, called Midway: Cortex-A15, with its own device tree. It has one serial port: what
# the script prints goes to a disk on its SATA port together with the results, and to the console.

machine_arch=armhf
machine_triple=arm-linux-gnueabihf
machine_preset=armhf
machine_qemu=qemu-system-arm
machine_kernel_package=linux-image-armmp-lpae
machine_xens=4.17
machine_memory=2048
machine_cpus=2 # its device tree has four: Xen says that two fail to come up
machine_modules=(scsi_common scsi_mod libata libahci libahci_platform sata_highbank crct10dif_common
    crc-t10dif crc64 crc64-rocksoft t10-pi sd_mod xgmac)
machine_output=''
machine_results=/dev/sda
machine_terminal=''
machine_monitor=''

machine_command() {
    # Xen does not run below 2 MiB, where QEMU would put a zImage.
    wrapped_xen 0x01000000
    qemu_command=(
        "$machine_qemu" -M midway -accel tcg,thread=multi -smp "$cpus" -m "$memory"
        -display none -monitor none -no-reboot -nodefaults -serial chardev:console
        -kernel "$work/xen.uimage"
        -device ide-hd,drive=results,bus=ide.0
        -nic user,model=xgmac
    )
    results_disk none
    board_device_tree ecx-2000 0x20000000 0x21000000 /soc/serial@fff36000 \
        "console=dtuart dom0_mem=${dom0_memory}M dom0_max_vcpus=1 bootscrub=0 loglvl=all guest_loglvl=all" \
        "console=hvc0 quiet loglevel=4 panic=1"
}
