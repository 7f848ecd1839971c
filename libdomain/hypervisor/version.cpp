// SPDX-License-Identifier: Apache-2.0
#include "libdomain/hypervisor/version.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <optional>

#include "libdomain/hypervisor/abi/stable.hpp"
#include "libdomain/hypervisor/call.hpp"

namespace zeroth::hyper {
namespace {

using xenabi::Op;
using xenabi::Version;

constexpr std::size_t kVariableSize = 4096 - sizeof(xenabi::VariableBuffer);
constexpr std::uint32_t kOldestWithVariable = 20;

Result<Call> prepare(Privcmd& privcmd, Version cmd, std::size_t size) {
    return Call::plain(privcmd, Op::kXenVersion, std::to_underlying(cmd), name_of(cmd), size);
}

/// Text of a fixed array: up to its first NUL, or all of it.
template <std::size_t Size>
std::string text_of(const std::array<char, Size>& bytes) {
    return {bytes.begin(), std::ranges::find(bytes, '\0')};
}

Result<std::string> fixed_text(Privcmd& privcmd, Version cmd, std::size_t size) {
    ZEROTH_TRY(auto call, prepare(privcmd, cmd, size));
    ZEROTH_CHECK(call.run(""));
    const auto bytes = call.body_bytes().first(size);
    const auto end = std::ranges::find(bytes, std::byte{0});
    std::string text(static_cast<std::size_t>(end - bytes.begin()), '\0');
    std::memcpy(text.data(), bytes.data(), text.size());
    return text;
}

/// The answers without a length limit: length first, bytes after it.
Result<std::string> variable_bytes(Privcmd& privcmd, Version cmd) {
    ZEROTH_TRY(auto call, prepare(privcmd, cmd, sizeof(xenabi::VariableBuffer) + kVariableSize));
    call.set(xenabi::VariableBuffer{kVariableSize});
    ZEROTH_TRY(const auto length, call.run(""));
    const auto size = std::min(static_cast<std::size_t>(length), kVariableSize);
    std::string text(size, '\0');
    std::memcpy(text.data(), call.body_bytes().data() + sizeof(xenabi::VariableBuffer), size);
    return text;
}

/// The whole text where the release can give it, else what fits the old fixed array.
Result<std::string> whole_text(Privcmd& privcmd, const XenVersion& xen, Version unlimited,
                               Version fixed, std::size_t size) {
    if (xen.minor >= kOldestWithVariable) {
        auto text = variable_bytes(privcmd, unlimited);
        if (text || !text.error().is(ENOSYS)) return text;
    }
    return fixed_text(privcmd, fixed, size);
}

Result<> read_compile_info(Privcmd& privcmd, XenVersion& xen) {
    ZEROTH_TRY(auto call, prepare(privcmd, Version::kCompileInfo, sizeof(xenabi::CompileInfo)));
    ZEROTH_CHECK(call.run(""));
    const auto info = call.get<xenabi::CompileInfo>();
    xen.compiler = text_of(info.compiler);
    xen.compile_by = text_of(info.compile_by);
    xen.compile_domain = text_of(info.compile_domain);
    xen.compile_date = text_of(info.compile_date);
    return {};
}

/// Hexadecimal; empty for a hypervisor that was linked without one.
Result<std::string> build_id(Privcmd& privcmd) {
    const auto bytes = variable_bytes(privcmd, Version::kBuildId);
    if (!bytes && bytes.error().is(ENODATA)) return std::string{};
    if (!bytes) return fail(bytes.error());
    std::string text;
    for (const char byte : *bytes) text += fmt::format("{:02x}", static_cast<unsigned char>(byte));
    return text;
}

Result<std::int64_t> number(Privcmd& privcmd, Version cmd) {
    const Hypercall hypercall{std::to_underlying(Op::kXenVersion), {std::to_underlying(cmd)}};
    auto result = privcmd.call(hypercall);
    if (!result) return fail(Error{result.error().code(), std::string{name_of(cmd)}});
    return result;
}

}  // namespace

Result<XenVersion> read_version(Privcmd& privcmd) {
    XenVersion xen;
    ZEROTH_TRY(const auto version, number(privcmd, Version::kVersion));
    xen.major = static_cast<std::uint32_t>(version) >> 16;
    xen.minor = static_cast<std::uint32_t>(version) & 0xffff;
    ZEROTH_TRY(const auto page_size, number(privcmd, Version::kPageSize));
    xen.page_size = static_cast<std::uint32_t>(page_size);

    ZEROTH_TRY(xen.extra, whole_text(privcmd, xen, Version::kExtraVersion2, Version::kExtraVersion,
                                     xenabi::kExtraVersionSize));
    ZEROTH_TRY(xen.capabilities, whole_text(privcmd, xen, Version::kCapabilities2,
                                            Version::kCapabilities, xenabi::kCapabilitiesSize));
    ZEROTH_TRY(xen.changeset, whole_text(privcmd, xen, Version::kChangeset2, Version::kChangeset,
                                         xenabi::kChangesetSize));
    ZEROTH_TRY(xen.commandline, whole_text(privcmd, xen, Version::kCommandLine2,
                                           Version::kCommandLine, xenabi::kCommandLineSize));
    ZEROTH_CHECK(read_compile_info(privcmd, xen));
    ZEROTH_TRY(xen.build_id, build_id(privcmd));

    ZEROTH_TRY(auto call, prepare(privcmd, Version::kPlatformParameters, sizeof(std::uint64_t)));
    ZEROTH_CHECK(call.run(""));
    xen.virt_start = call.get<std::uint64_t>();
    return xen;
}

}  // namespace zeroth::hyper
