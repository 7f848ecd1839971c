// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "core/result.hpp"

namespace zeroth::image {

/// What a file that is no kernel seems to be: "an x86 bzImage", "a text file".
std::string describe_contents(std::span<const std::byte> head);

/// The machine of an ELF header in words ("x86-64"), or its number.
std::string elf_machine(std::uint16_t machine);

/// "this is a text file, not a kernel …", with advice on what would be right.
Error not_a_kernel(std::span<const std::byte> head);

}  // namespace zeroth::image
