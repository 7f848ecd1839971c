// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "libdomain/hypervisor/types.hpp"

/// Guests of the simulated machine: what they do, and who lets them do it. A guest's kernel is an
/// ordinary arm64 Image whose bytes say which guest it is; it is found where vCPU 0 begins.
namespace zeroth::hyper::sim {

/// What a guest does, from "linux" or "chatter,rate=100".
struct Program {
    std::string name;
    /// Whether it looks at console and XenStore at all, and whether it does as control/shutdown
    /// says.
    bool alive = true, obeys = true;
    /// How it ends by itself, and when after its start.
    std::optional<ShutdownReason> ending;
    std::chrono::milliseconds after{100};
    /// Numbered lines, so many a second; as many as the console takes where it is 0.
    bool chatters = false;
    std::uint32_t rate = 10;
};

/// An Error that lists what there is.
Result<Program> parse_program(std::string_view text);

/// What a config's `kernel` begins with when it names a guest of the simulation.
inline constexpr std::string_view kKernelPrefix = "sim:";

/// A kernel image for the guest: header, and the text behind it.
std::vector<std::byte> kernel_image(std::string_view text);
/// The text of such an image, of which `head` is the first page; nullopt for any other kernel.
std::optional<std::string> program_text(std::span<const std::byte> head);

}  // namespace zeroth::hyper::sim
