# SPDX-License-Identifier: Apache-2.0
# An Orange Pi PC: Allwinner H3, four Cortex-A7, with its own device tree. All its serial ports are in one
# page, which Xen keeps for its own: what the script prints goes to an SD card together with the results,
# and to the console.

machine_arch=armhf
machine_triple=arm-linux-gnueabihf
machine_preset=armhf
machine_qemu=qemu-system-arm
machine_kernel_package=linux-image-armmp-lpae
machine_xens=4.17
machine_memory=1024 # QEMU's model takes no other
machine_cpus=4
machine_modules=(sunxi-mmc)
machine_output=''
machine_results=/dev/mmcblk0
machine_terminal=''
machine_monitor=''

machine_command() {
    qemu_command=(
        "$machine_qemu" -M orangepi-pc -accel tcg,thread=multi -smp "$cpus" -m "$memory"
        -display none -monitor none -no-reboot -nodefaults -serial chardev:console
        -kernel "$layer_xen"
    )
    results_disk sd
    board_device_tree sun8i-h3-orangepi-pc 0x50000000 0x51000000 serial0:115200n8 \
        "console=dtuart dom0_mem=${dom0_memory}M dom0_max_vcpus=1 bootscrub=0 loglvl=all guest_loglvl=all" \
        "console=hvc0 quiet loglevel=4 panic=1 clk_ignore_unused"
}
