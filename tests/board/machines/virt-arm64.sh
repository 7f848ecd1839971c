# SPDX-License-Identifier: Apache-2.0
# QEMU's generic arm64 machine: Cortex-A57, GICv3. Sourced by tests/board/run.

machine_arch=arm64
machine_triple=aarch64-linux-gnu
machine_preset=arm64
machine_qemu=qemu-system-aarch64
machine_kernel_package=linux-image-arm64
machine_memory=2048 # MiB, unless --mem says otherwise
machine_cpus=2

# machine_command XEN DOM0-KERNEL INITRD MEM CPUS DOM0-MEM: sets the array qemu_command
machine_command() {
    local xen=$1 kernel=$2 initrd=$3 memory=$4 cpus=$5 dom0_memory=$6
    # One vCPU for dom0: more make an emulated board slower, not faster. The modules stay above
    # 0x49000000, where neither Xen nor its device tree is.
    qemu_command=(
        "$machine_qemu" -M virt,virtualization=on,gic-version=3 -cpu cortex-a57
        -accel tcg,thread=multi -smp "$cpus" -m "$memory"
        -display none -monitor none -no-reboot -nodefaults
        -kernel "$xen"
        -append "console=dtuart dom0_mem=${dom0_memory}M dom0_max_vcpus=1 bootscrub=0 loglvl=all guest_loglvl=all"
        -device "guest-loader,addr=0x49000000,kernel=$kernel,bootargs=console=hvc0 quiet loglevel=4 random.trust_cpu=on panic=1"
        -device "guest-loader,addr=0x4c000000,initrd=$initrd"
        -device virtio-serial-device
    )
}
