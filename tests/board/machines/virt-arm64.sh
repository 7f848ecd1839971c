# SPDX-License-Identifier: Apache-2.0
# QEMU's generic arm64 machine: Cortex-A57, GICv3.

machine_arch=arm64
machine_triple=aarch64-linux-gnu
machine_preset=arm64
machine_qemu=qemu-system-aarch64
machine_kernel_package=linux-image-arm64
machine_xens="4.17 4.20"
machine_memory=2048
machine_cpus=2
machine_modules=(virtio_mmio virtio_console virtio_blk)
machine_output=/dev/vport0p1
machine_results=/dev/vport0p2
machine_terminal=/dev/hvc1
machine_monitor=/dev/vport0p3

machine_command() {
    # One vCPU for dom0: more make an emulated board slower, not faster. The modules stay above
    # 0x49000000, where neither Xen nor its device tree is.
    qemu_command=(
        "$machine_qemu" -M virt,virtualization=on,gic-version=3 -cpu cortex-a57
        -accel tcg,thread=multi -smp "$cpus" -m "$memory"
        -display none -monitor none -no-reboot -nodefaults
        -kernel "$layer_xen"
        -append "console=dtuart dom0_mem=${dom0_memory}M dom0_max_vcpus=1 bootscrub=0 loglvl=all guest_loglvl=all${xsm:+ xsm=$xsm}"
        -device "guest-loader,addr=0x49000000,kernel=$layer_kernel,bootargs=console=hvc0 quiet loglevel=4 random.trust_cpu=on nokaslr panic=1"
        -device "guest-loader,addr=0x4c000000,initrd=$work/initrd"
    )
    [ -z "$disk" ] || virtio_disk "$disk"
    virtio_channels
}
