// SPDX-License-Identifier: Apache-2.0
#include "libdomain/hypervisor/sim/hypfs.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iterator>
#include <span>
#include <string_view>

#include "libdomain/hypervisor/sim/state.hpp"

namespace zeroth::hyper::sim {
namespace {

using xenabi::HypfsEntry;
using xenabi::HypfsType;

constexpr std::string_view kFolder = "/params";
/// What a runtime parameter of Xen may have as its text.
constexpr std::uint32_t kMostText = 64;

std::string_view text(std::span<const std::byte> bytes) {
    const void* const begin = bytes.data();
    return {static_cast<const char*>(begin),
            ::strnlen(static_cast<const char*>(begin), bytes.size())};
}

HypfsEntry entry_of(const RuntimeParameter& parameter) {
    const bool is_text = parameter.type == HypfsType::kString;
    const auto size = static_cast<std::uint32_t>(parameter.value.size());
    return {parameter.type, 0, 0, size, parameter.writable ? is_text ? kMostText : size : 0};
}

void append(std::vector<std::byte>& to, const void* from, std::size_t size) {
    const auto* const bytes = static_cast<const std::byte*>(from);
    to.insert(to.end(), bytes, bytes + size);
}

RuntimeParameter text_parameter(std::string_view value) {
    RuntimeParameter out{HypfsType::kString, {}};
    append(out.value, value.data(), value.size());
    out.value.push_back(std::byte{0});
    return out;
}

RuntimeParameter number_parameter(HypfsType type, std::uint32_t value, std::size_t size) {
    RuntimeParameter out{type, {}};
    append(out.value, &value, size);
    return out;
}

/// All of the folder, each entry aligned as Xen does it.
std::vector<std::byte> listing(const State& state) {
    std::vector<std::byte> out;
    for (auto one = state.parameters.begin(); one != state.parameters.end(); ++one) {
        const auto used = xenabi::kHypfsNameOffset + one->first.size() + 1;
        const auto size = (used + 3) & ~std::size_t{3};
        const bool last = std::next(one) == state.parameters.end();
        const auto entry = entry_of(one->second);
        const auto next = static_cast<std::uint16_t>(last ? 0 : size);
        append(out, &entry, sizeof entry);
        append(out, &next, sizeof next);
        append(out, one->first.c_str(), one->first.size() + 1);
        out.resize(out.size() + size - used);
    }
    return out;
}

long read(State& state, std::string_view name, std::uint64_t address, std::size_t room) {
    HypfsEntry entry{};
    std::vector<std::byte> contents;
    if (name.empty()) {
        contents = listing(state);
        entry = {HypfsType::kDirectory, 0, 0, static_cast<std::uint32_t>(contents.size()), 0};
    } else {
        const auto found = state.parameters.find(name);
        if (found == state.parameters.end()) return -ENOENT;
        contents = found->second.value;
        entry = entry_of(found->second);
    }
    if (!state.write(address, entry)) return -EFAULT;
    if (room < sizeof entry + contents.size()) return -ENOBUFS;
    const auto to = state.guest_bytes(address + sizeof entry, contents.size());
    if (to.empty()) return -EFAULT;
    std::ranges::copy(contents, to.begin());
    return 0;
}

long write(State& state, std::string_view name, std::span<const std::byte> bytes) {
    const auto found = state.parameters.find(name);
    if (found == state.parameters.end()) return -ENOENT;
    auto& parameter = found->second;
    if (!parameter.writable) return -EACCES;
    const bool is_text = parameter.type == HypfsType::kString;
    if (is_text && (bytes.size() > kMostText || bytes.back() != std::byte{0})) return -EINVAL;
    if (!is_text && bytes.size() != parameter.value.size()) return -EDOM;
    // What Xen's own parsers would make of it is theirs; that a level is a word is all of it here.
    const auto is_word = [](char c) { return (c >= 'a' && c <= 'z') || c == '/'; };
    if (is_text && !std::ranges::all_of(text(bytes), is_word)) return -EINVAL;
    parameter.value.assign(bytes.begin(), bytes.end());
    // Of a level that is one word, Xen makes the lower and the upper limit.
    if (name.ends_with("loglvl") && text(bytes).find('/') == std::string_view::npos) {
        const auto both = std::string{text(bytes)} + '/' + std::string{text(bytes)};
        parameter = text_parameter(both);
    }
    return 0;
}

}  // namespace

std::map<std::string, RuntimeParameter, std::less<>> runtime_parameters() {
    std::map<std::string, RuntimeParameter, std::less<>> all{
        {"console_timestamps", text_parameter("none")},
        {"guest_loglvl", text_parameter("none/warning")},
        {"loglvl", text_parameter("warning/all")},
        {"sim-count", number_parameter(HypfsType::kUnsigned, 7, sizeof(std::uint32_t))},
        {"sim-fixed", text_parameter("as-booted")},
        {"sim-flag", number_parameter(HypfsType::kBool, 1, 1)},
        {"sim-offset", number_parameter(HypfsType::kSigned, 3, sizeof(std::int32_t))}};
    all.at("sim-fixed").writable = false;
    return all;
}

long do_hypfs_op(State& state, std::span<const std::uint64_t, 5> arguments) {
    const auto path_size = static_cast<std::size_t>(arguments[2]);
    const auto size = static_cast<std::size_t>(arguments[4]);
    const auto path_bytes = state.guest_bytes(arguments[1], path_size);
    if (path_bytes.empty()) return -EFAULT;
    auto path = text(path_bytes);
    if (!path.starts_with(kFolder)) return -ENOENT;
    path.remove_prefix(kFolder.size());
    if (path.starts_with('/')) path.remove_prefix(1);
    switch (xenabi::HypfsOp{static_cast<std::uint32_t>(arguments[0])}) {
        case xenabi::HypfsOp::kRead:
            return read(state, path, arguments[3], size);
        case xenabi::HypfsOp::kWriteContents: {
            const auto bytes = state.guest_bytes(arguments[3], size);
            return bytes.empty() ? -EFAULT : write(state, path, bytes);
        }
    }
    return -EOPNOTSUPP;
}

}  // namespace zeroth::hyper::sim
