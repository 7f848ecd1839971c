// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <string_view>

#include "libdomain/hypervisor/abi/numbers.hpp"
#include "libdomain/hypervisor/abi/stable.hpp"
#include "libdomain/hypervisor/sim/state.hpp"

namespace zeroth::hyper::sim {
namespace {

using xenabi::Version;

constexpr std::uint32_t kFirstWithVariable = 20;
constexpr std::string_view kExtra = ".0-sim";
constexpr std::string_view kChangeset = "sim";
constexpr std::string_view kCommandLine = "console=dtuart dom0_mem=512M";
constexpr std::string_view kBuildId = "\x12\x34\x56\x78\x9a\xbc\xde\xf0";

std::string capabilities(const State& state) {
    return state.options.aarch32 ? "xen-3.0-aarch64 xen-3.0-armv7l " : "xen-3.0-aarch64 ";
}

/// A fixed array: the text, cut if need be, and zeros.
long fixed(State& state, std::uint64_t address, std::string_view text, std::size_t size) {
    const auto to = state.guest_bytes(address, size);
    if (to.empty()) return -EFAULT;
    std::ranges::fill(to, std::byte{0});
    std::memcpy(to.data(), text.data(), std::min(text.size(), size - 1));
    return 0;
}

/// A length and that many bytes, without a NUL; the length alone when there is nowhere to put it.
long variable(State& state, std::uint64_t address, std::string_view bytes) {
    const auto size = static_cast<long>(bytes.size());
    if (address == 0) return size;
    xenabi::VariableBuffer head;
    if (!state.read(address, head)) return -EFAULT;
    if (head.len < bytes.size()) return -ENOBUFS;
    const auto to = state.guest_bytes(address + sizeof head, bytes.size());
    if (to.empty()) return -EFAULT;
    std::memcpy(to.data(), bytes.data(), bytes.size());
    return size;
}

long compile_info(State& state, std::uint64_t address) {
    xenabi::CompileInfo info{};
    const auto put = [](auto& to, std::string_view text) { std::ranges::copy(text, to.begin()); };
    put(info.compiler, "gcc (Debian 12.2.0-14) 12.2.0");
    put(info.compile_by, "zeroth");
    put(info.compile_domain, "localdomain");
    put(info.compile_date, "Thu Jan  1 00:00:00 UTC 1970");
    return state.write(address, info) ? 0 : -EFAULT;
}

/// HVM_PARAM_* that a toolstack may set on ARM.
bool known_param(std::uint32_t index) {
    switch (static_cast<HvmParam>(index)) {
        case HvmParam::kCallbackIrq:
        case HvmParam::kStorePfn:
        case HvmParam::kStoreEvtchn:
        case HvmParam::kConsolePfn:
        case HvmParam::kConsoleEvtchn:
        case HvmParam::kMonitorRingPfn:
            return true;
    }
    return false;
}

long alloc_unbound(State& state, std::uint64_t address) {
    xenabi::AllocUnbound body;
    if (!state.read(address, body)) return -EFAULT;
    auto* const domain = state.find(DomainId{body.dom});
    if (domain == nullptr) return -ESRCH;
    if (domain->dying) return -EINVAL;
    const auto port = state.free_port(*domain);
    if (!port) return -ENOSPC;
    const auto remote =
        DomainId{body.remote_dom} == kDomainSelf ? kDomain0 : DomainId{body.remote_dom};
    domain->channels.emplace(*port, Channel{Channel::State::kUnbound, remote});
    body.port = port->raw();
    return state.write(address, body) ? 0 : -EFAULT;
}

}  // namespace

long do_xen_version(State& state, std::uint32_t cmd, std::uint64_t address) {
    switch (Version{cmd}) {
        case Version::kVersion:
            return static_cast<long>(4U << 16 | state.layouts->minor);
        case Version::kExtraVersion:
            return fixed(state, address, kExtra, xenabi::kExtraVersionSize);
        case Version::kCompileInfo:
            return compile_info(state, address);
        case Version::kCapabilities:
            return fixed(state, address, capabilities(state), xenabi::kCapabilitiesSize);
        case Version::kChangeset:
            return fixed(state, address, kChangeset, xenabi::kChangesetSize);
        case Version::kPlatformParameters:
            return state.write(address, std::uint64_t{0x200000}) ? 0 : -EFAULT;
        case Version::kPageSize:
            return address == 0 ? long{kPageSize} : -EINVAL;
        case Version::kCommandLine:
            return fixed(state, address, kCommandLine, xenabi::kCommandLineSize);
        case Version::kBuildId:
            return variable(state, address, kBuildId);
        default:
            break;
    }
    if (state.layouts->minor < kFirstWithVariable) return -ENOSYS;
    switch (Version{cmd}) {
        case Version::kExtraVersion2:
            return variable(state, address, kExtra);
        case Version::kCapabilities2:
            return variable(state, address, capabilities(state));
        case Version::kChangeset2:
            return variable(state, address, kChangeset);
        case Version::kCommandLine2:
            return variable(state, address, kCommandLine);
        default:
            return -ENOSYS;
    }
}

long do_event_channel_op(State& state, std::uint32_t cmd, std::uint64_t address) {
    if (xenabi::EventChannelOp{cmd} == xenabi::EventChannelOp::kAllocUnbound) {
        return alloc_unbound(state, address);
    }
    return -ENOSYS;
}

long do_hvm_op(State& state, std::uint32_t cmd, std::uint64_t address) {
    const bool set = xenabi::HvmOp{cmd} == xenabi::HvmOp::kSetParam;
    if (!set && xenabi::HvmOp{cmd} != xenabi::HvmOp::kGetParam) return -ENOSYS;
    xenabi::HvmParamArgument body;
    if (!state.read(address, body)) return -EFAULT;
    auto* const domain = state.find(DomainId{body.domid});
    if (domain == nullptr) return -ESRCH;
    if (!known_param(body.index)) return -EINVAL;
    if (set) {
        if (domain->id == kDomain0) return -EPERM;
        domain->params.insert_or_assign(body.index, body.value);
        return 0;
    }
    const auto found = domain->params.find(body.index);
    body.value = found == domain->params.end() ? 0 : found->second;
    return state.write(address, body) ? 0 : -EFAULT;
}

}  // namespace zeroth::hyper::sim
