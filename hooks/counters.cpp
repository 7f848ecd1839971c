// SPDX-License-Identifier: Apache-2.0
#include "hooks/counters.hpp"

#include <fmt/format.h>

#include <charconv>
#include <fstream>

namespace zeroth::hooks {
namespace {

std::string blkback(DomainId domain, std::uint32_t devid, const std::string& sysfs) {
    return fmt::format("{}/bus/xen-backend/devices/vbd-{}-{}/", sysfs, domain.raw(), devid);
}

std::uint64_t number_in(const std::string& path) {
    std::uint64_t number = 0;
    std::ifstream{path} >> number;
    return number;
}

std::optional<unsigned> hexadecimal(std::string_view text) {
    unsigned number = 0;
    const auto [end, error] = std::from_chars(text.begin(), text.end(), number, 16);
    if (error != std::errc{} || end != text.end()) return std::nullopt;
    return number;
}

}  // namespace

std::optional<DiskTraffic> blkback_traffic(DomainId domain, std::uint32_t devid,
                                           const std::string& sysfs) {
    const std::string folder = blkback(domain, devid, sysfs) + "statistics/";
    if (!std::ifstream{folder + "rd_req"}) return std::nullopt;
    return DiskTraffic{.reads = number_in(folder + "rd_req"),
                       .writes = number_in(folder + "wr_req"),
                       .sectors_read = number_in(folder + "rd_sect"),
                       .sectors_written = number_in(folder + "wr_sect")};
}

std::optional<DeviceNumber> blkback_device(DomainId domain, std::uint32_t devid,
                                           const std::string& sysfs) {
    std::string text;
    std::ifstream{blkback(domain, devid, sysfs) + "physical_device"} >> text;
    const std::size_t colon = text.find(':');
    if (colon == std::string::npos) return std::nullopt;
    const auto major = hexadecimal(std::string_view{text}.substr(0, colon));
    const auto minor = hexadecimal(std::string_view{text}.substr(colon + 1));
    if (!major || !minor) return std::nullopt;
    return DeviceNumber{.major = *major, .minor = *minor};
}

}  // namespace zeroth::hooks
