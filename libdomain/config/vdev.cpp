// SPDX-License-Identifier: Apache-2.0
#include "libdomain/config/vdev.hpp"

#include <limits>

#include "libdomain/config/number.hpp"

namespace zeroth::config {
namespace {

// Major numbers that Linux gave to these disks (reference B.3).
constexpr std::uint32_t kXvdMajor = 202, kHdMajor = 3, kHdSecondMajor = 22, kSdMajor = 8;
/// Marks a number of the extended form, which has room for all disks that the short one has not.
constexpr std::uint32_t kExtended = 1U << 28;
constexpr std::uint64_t kMostDisk = (1U << 20) - 1, kMostPartition = 255;

struct Place {
    std::uint64_t disk = 0, partition = 0;
};

/// Takes "a", "aa", ... as 0, 26, ... from the text's front.
std::optional<std::uint64_t> take_letters(std::string_view& text) {
    std::uint64_t value = 0;
    std::size_t count = 0;
    for (; count < text.size() && text[count] >= 'a' && text[count] <= 'z'; ++count) {
        value = value * 26 + static_cast<std::uint64_t>(text[count] - 'a') + 1;
        if (value > kMostDisk + 1) return std::nullopt;
    }
    text.remove_prefix(count);
    return count == 0 ? std::nullopt : std::optional{value - 1};
}

std::optional<std::uint64_t> decimal(std::string_view text) {
    if (text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos)
        return std::nullopt;
    const auto number = parse_number(text, Base::kDecimal);
    return number ? std::optional{*number} : std::nullopt;
}

/// "a" or "a1" after a disk's prefix.
std::optional<Place> lettered(std::string_view text) {
    const auto disk = take_letters(text);
    if (!disk) return std::nullopt;
    if (text.empty()) return Place{*disk, 0};
    const auto partition = decimal(text);
    if (!partition || text[0] == '0') return std::nullopt;
    return Place{*disk, *partition};
}

std::optional<std::uint32_t> short_form(std::uint32_t major, std::uint64_t minor) {
    return major << 8U | static_cast<std::uint32_t>(minor);
}

std::optional<std::uint32_t> extended(const Place& place) {
    if (place.disk > kMostDisk || place.partition > kMostPartition) return std::nullopt;
    return kExtended | static_cast<std::uint32_t>(place.disk << 8U | place.partition);
}

std::optional<std::uint32_t> xvd(const Place& place) {
    if (place.disk <= 15 && place.partition <= 15)
        return short_form(kXvdMajor, place.disk << 4U | place.partition);
    return extended(place);
}

std::optional<std::uint32_t> hd(const Place& place) {
    if (place.disk > 3 || place.partition > 63) return std::nullopt;
    return short_form(place.disk < 2 ? kHdMajor : kHdSecondMajor,
                      (place.disk & 1U) << 6U | place.partition);
}

std::optional<std::uint32_t> sd(const Place& place) {
    if (place.disk > 15 || place.partition > 15) return std::nullopt;
    return short_form(kSdMajor, place.disk << 4U | place.partition);
}

}  // namespace

std::optional<std::uint32_t> vdev_number(std::string_view vdev) {
    const auto by = [vdev](std::size_t prefix, auto encode) -> std::optional<std::uint32_t> {
        const auto place = lettered(vdev.substr(prefix));
        return place ? encode(*place) : std::nullopt;
    };
    if (vdev.starts_with("xvd")) return by(3, xvd);
    if (vdev.starts_with("hd")) return by(2, hd);
    if (vdev.starts_with("sd")) return by(2, sd);
    if (vdev.starts_with('d')) {
        const std::size_t p = vdev.find('p');
        if (p == std::string_view::npos) return std::nullopt;
        const auto disk = decimal(vdev.substr(1, p - 1));
        const auto partition = decimal(vdev.substr(p + 1));
        return disk && partition ? xvd({*disk, *partition}) : std::nullopt;
    }
    if (vdev.empty() || vdev[0] < '0' || vdev[0] > '9') return std::nullopt;
    const auto number = parse_number(vdev);
    if (!number || *number > std::numeric_limits<std::int32_t>::max()) return std::nullopt;
    return static_cast<std::uint32_t>(*number);
}

}  // namespace zeroth::config
