// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstddef>
#include <optional>
#include <type_traits>
#include <vector>

#include "libdomain/hypervisor/call.hpp"
#include "libdomain/hypervisor/hypervisor.hpp"

namespace zeroth::hyper {
namespace {

using xenabi::HypfsEntry;
using xenabi::HypfsType;
using Bytes = std::vector<std::byte>;

constexpr std::string_view kFolder = "/params";

struct Contents {
    HypfsEntry entry{};
    Bytes bytes;
    /// What it took to read it, and takes to write it.
    Call::Last last = Call::Last::kAsTheyAre;
};

/// Asked again with as much room as Xen says that it takes, where the first was not enough.
Result<Contents> read(Privcmd& privcmd, const std::string& path, Call::Last last) {
    constexpr std::size_t kMostTries = 3;
    std::size_t room = 1024;
    for (std::size_t tries = 1;; ++tries) {
        ZEROTH_TRY(auto call, Call::hypfs(privcmd, xenabi::HypfsOp::kRead, path,
                                          sizeof(HypfsEntry) + room, last));
        const auto done = call.run("{}", path);
        Contents out;
        out.last = last;
        std::memcpy(&out.entry, call.payload().data(), sizeof out.entry);
        const bool fits = out.entry.content_len <= room;
        if (!done && (!done.error().is(ENOBUFS) || fits || tries == kMostTries))
            return fail(done.error());
        if (done && !fits) return fail(path + ": Xen gives more than it was asked for");
        if (!done) {
            room = out.entry.content_len;
            continue;
        }
        const auto found = call.payload().subspan(sizeof out.entry, out.entry.content_len);
        out.bytes.assign(found.begin(), found.end());
        return out;
    }
}

/// Linux on 32-bit ARM puts the fourth argument of a process's hypercall where the fifth belongs,
/// and the other way round (privcmd_call in its arch/arm/xen/hypercall.S). Xen finds no memory at
/// such an address; so nothing is lost by trying, and a kernel that does better is served, too.
Result<Contents> read(Privcmd& privcmd, const std::string& path) {
    auto contents = read(privcmd, path, Call::Last::kAsTheyAre);
    if (contents || !contents.error().is(EFAULT)) return contents;
    return read(privcmd, path, Call::Last::kSwapped);
}

/// Of as many bytes as the entry has: those of the signed kind carry their sign.
template <class Number>
Number number_of(const Bytes& bytes) {
    const auto size = std::min(bytes.size(), sizeof(Number));
    Number value = 0;
    if (size == 0) return value;
    const bool negative =
        std::is_signed_v<Number> && (bytes[size - 1] & std::byte{0x80}) != std::byte{0};
    if (negative) value = static_cast<Number>(-1);
    std::memcpy(&value, bytes.data(), size);
    return value;
}

std::string text_of(const Contents& contents) {
    const auto& bytes = contents.bytes;
    switch (contents.entry.type) {
        case HypfsType::kUnsigned:
            return fmt::to_string(number_of<std::uint64_t>(bytes));
        case HypfsType::kSigned:
            return fmt::to_string(number_of<std::int64_t>(bytes));
        case HypfsType::kBool:
            return bytes.empty() || bytes.front() == std::byte{0} ? "0" : "1";
        default:
            break;
    }
    std::string text;
    for (const auto byte : bytes) {
        if (byte == std::byte{0}) break;
        text += static_cast<char>(byte);
    }
    return text;
}

/// A number in as many bytes as the entry has; none where it is no number, or too large.
template <class Number>
std::optional<Bytes> number_bytes(std::string_view text, std::size_t size) {
    Number value = 0;
    const bool hex = text.starts_with("0x");
    const auto digits = text.substr(hex ? 2 : 0);
    const auto* const end = digits.data() + digits.size();
    const auto [rest, error] = std::from_chars(digits.data(), end, value, hex ? 16 : 10);
    if (error != std::errc{} || rest != end || size > sizeof value) return std::nullopt;
    Bytes bytes(size);
    std::memcpy(bytes.data(), &value, size);
    return number_of<Number>(bytes) == value ? std::optional{bytes} : std::nullopt;
}

std::optional<Bytes> bool_bytes(std::string_view text, std::size_t size) {
    Bytes bytes(size);
    for (const std::string_view yes : {"1", "on", "yes", "true", "enable"})
        if (text == yes) return bytes.at(0) = std::byte{1}, bytes;
    for (const std::string_view no : {"0", "off", "no", "false", "disable"})
        if (text == no) return bytes;
    return std::nullopt;
}

std::optional<Bytes> bytes_of(std::string_view text, const HypfsEntry& entry) {
    switch (entry.type) {
        case HypfsType::kUnsigned:
            return number_bytes<std::uint64_t>(text, entry.content_len);
        case HypfsType::kSigned:
            return number_bytes<std::int64_t>(text, entry.content_len);
        case HypfsType::kBool:
            return bool_bytes(text, std::max(entry.content_len, 1U));
        case HypfsType::kString: {
            Bytes bytes(text.size() + 1);
            std::memcpy(bytes.data(), text.data(), text.size());
            return bytes;
        }
        default:
            return std::nullopt;
    }
}

/// The names in a directory.
std::vector<std::string> names_in(const Bytes& bytes) {
    std::vector<std::string> names;
    for (std::size_t at = 0; at + xenabi::kHypfsNameOffset < bytes.size();) {
        std::uint16_t next = 0;
        std::memcpy(&next, &bytes.at(at + offsetof(xenabi::HypfsListed, off_next)), sizeof next);
        std::string name;
        for (auto i = at + xenabi::kHypfsNameOffset; i < bytes.size(); ++i) {
            if (bytes[i] == std::byte{0}) break;
            name += static_cast<char>(bytes[i]);
        }
        names.push_back(std::move(name));
        if (next == 0) break;
        at += next;
    }
    return names;
}

std::string path_of(std::string_view name) { return fmt::format("{}/{}", kFolder, name); }

}  // namespace

Result<std::vector<Parameter>> Hypervisor::parameters() const {
    ZEROTH_TRY(const auto folder, read(*privcmd_, std::string{kFolder}));
    std::vector<Parameter> all;
    for (const auto& name : names_in(folder.bytes)) {
        ZEROTH_TRY(const auto contents, read(*privcmd_, path_of(name)));
        if (contents.entry.type == HypfsType::kDirectory) continue;
        all.push_back({name, text_of(contents), contents.entry.max_write_len > 0});
    }
    return all;
}

Result<> Hypervisor::set_parameter(std::string_view name, std::string_view value) const {
    const auto path = path_of(name);
    if (name.empty() || name.find('/') != name.npos)
        return fail(Error::message(EINVAL, fmt::format("\"{}\" is no parameter's name", name)));
    ZEROTH_TRY(const auto now, read(*privcmd_, path));
    if (now.entry.max_write_len == 0)
        return fail(Error::message(
            EACCES, fmt::format("{} is set when Xen boots, on its command line, only", name)));
    const auto bytes = bytes_of(value, now.entry);
    if (!bytes)
        return fail(Error::message(EINVAL, fmt::format("{}: \"{}\" is no value of it, which is now "
                                                       "\"{}\"",
                                                       name, value, text_of(now))));
    ZEROTH_TRY(auto call, Call::hypfs(*privcmd_, xenabi::HypfsOp::kWriteContents, path,
                                      bytes->size(), now.last));
    std::memcpy(call.payload().data(), bytes->data(), bytes->size());
    return call.run_void("{}={}", path, value);
}

}  // namespace zeroth::hyper
