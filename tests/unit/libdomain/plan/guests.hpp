// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "libdomain/plan/make_plan.hpp"

/// Inputs for plans, made by hand: hosts, kernels, and guests on them.
namespace zeroth::testing {

/// Two CPUs, 2 GiB of which 1504 MiB are free, GICv3, as the emulated arm64 board is.
plan::HostInfo arm64_host(std::uint32_t minor = 17);
plan::HostInfo arm32_host();

/// Debian's kernel: 32,956,352 bytes, and some BSS.
image::KernelFacts linux_arm64();
/// A bare Image of 4 KiB.
image::KernelFacts tiny_arm64();
/// A bare zImage of 160 bytes.
image::KernelFacts tiny_zimage();
image::RamdiskFacts small_ramdisk();

/// `linux_arm64` with a ramdisk, 128 MiB and one vCPU; UUID and seed are fixed.
plan::Inputs linux_guest();
plan::Inputs tiny_guest();
plan::Inputs arm32_guest();

config::CpuSelection cpus(std::uint32_t first, std::uint32_t last);

/// The plan, or a failed test.
plan::BuildPlan plan_of(const plan::Inputs& inputs);
/// The error's text, or "no error".
std::string plan_error(const plan::Inputs& inputs);
/// The plan's only step of a kind, or a failed test.
template <class Step>
const Step& step_of(const plan::BuildPlan& plan) {
    for (const auto& step : plan.steps)
        if (const auto* found = std::get_if<Step>(&step)) return *found;
    throw std::runtime_error{"the plan has no such step"};
}
template <class Step>
std::vector<Step> steps_of(const plan::BuildPlan& plan) {
    std::vector<Step> all;
    for (const auto& step : plan.steps)
        if (const auto* found = std::get_if<Step>(&step)) all.push_back(*found);
    return all;
}

std::string read_golden(const std::string& name);

}  // namespace zeroth::testing
