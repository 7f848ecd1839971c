# SPDX-License-Identifier: Apache-2.0
# QEMU's generic 32-bit machine: Cortex-A15, GICv2.

machine_arch=armhf
machine_triple=arm-linux-gnueabihf
machine_preset=armhf
machine_qemu=qemu-system-arm
machine_kernel_package=linux-image-armmp-lpae
machine_xens=4.17
machine_memory=2048
machine_cpus=2
machine_modules=(virtio_mmio virtio_console virtio_blk)
machine_output=/dev/vport0p1
machine_results=/dev/vport0p2
machine_terminal=/dev/hvc1
machine_monitor=/dev/vport0p3

machine_command() {
    # Without highmem=off dom0 hangs in its driver for the PCI host. Xen itself is at 0x40010000, its device
    # tree at 0x48000000.
    qemu_command=(
        "$machine_qemu" -M virt,virtualization=on,gic-version=2,highmem=off -cpu cortex-a15
        -accel tcg,thread=multi -smp "$cpus" -m "$memory"
        -display none -monitor none -no-reboot -nodefaults
        -kernel "$layer_xen"
        -append "console=dtuart dom0_mem=${dom0_memory}M dom0_max_vcpus=1 bootscrub=0 loglvl=all guest_loglvl=all"
        -device "guest-loader,addr=0x60000000,kernel=$layer_kernel,bootargs=console=hvc0 quiet loglevel=4 panic=1"
        -device "guest-loader,addr=0x61000000,initrd=$work/initrd"
    )
    virtio_channels
}
