# SPDX-License-Identifier: Apache-2.0
# Sourced by tests/guests/build.sh.

# guests_rtos TRIPLE FILE: the bare-metal guest, an Image for arm64, a zImage for arm32
guests_rtos() {
    local triple=$1 file=$2 work width flags
    case $triple in
        aarch64-*) width=arm64 flags=(-march=armv8-a -mstrict-align -mno-outline-atomics) ;;
        arm-*) width=arm32 flags=(-march=armv7ve+fp -marm -mno-unaligned-access -fno-jump-tables) ;;
        *) echo "no rtos for $triple" >&2; return 1 ;;
    esac
    # The FPU is never turned on, nothing is unaligned (the MMU is off), and there is no library.
    flags+=(
        -std=gnu++23 -Os -Wall -Wextra -Werror -mgeneral-regs-only -nostdlib -static-libgcc
        -fno-exceptions -fno-rtti -fno-threadsafe-statics -fno-stack-protector -fno-asynchronous-unwind-tables
        -fno-tree-loop-distribute-patterns -fpie -fvisibility=hidden -ffunction-sections -fdata-sections
        -U_FORTIFY_SOURCE -I "$guests_source/../.."
    )
    work=$(mktemp -d)
    "$triple-g++" "${flags[@]}" -pie -Wl,--no-dynamic-linker,-z,norelro,--gc-sections,--build-id=none \
        -Wl,--no-warn-rwx-segments,-z,noexecstack -T "$guests_source/rtos/link.ld" -o "$work/rtos.elf" \
        "$guests_source/rtos/start_$width.S" "$guests_source/rtos/"*.cpp -lgcc &&
        "$triple-objcopy" -O binary "$work/rtos.elf" "$file"
    rm -rf "$work"
}
