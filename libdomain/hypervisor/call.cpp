// SPDX-License-Identifier: Apache-2.0
#include "libdomain/hypervisor/call.hpp"

#include <cerrno>

#include "core/units.hpp"
#include "libdomain/hypervisor/abi/domctl.hpp"
#include "libdomain/hypervisor/abi/sysctl.hpp"

namespace zeroth::hyper {
namespace {

/// Payloads hold 64-bit words and structures of them.
constexpr std::size_t kPayloadAlignment = 16;

/// What ESRCH is about: the words of errno speak of a process.
std::string_view missing_for(xenabi::Domctl cmd) {
    switch (cmd) {
        case xenabi::Domctl::kGetVcpuInfo:
        case xenabi::Domctl::kGetVcpuAffinity:
        case xenabi::Domctl::kSetVcpuAffinity:
            return "no such domain, or it has no such vCPU yet";
        case xenabi::Domctl::kCreateDomain:
            return "no such CPU pool";
        default:
            return "no such domain";
    }
}

}  // namespace

Result<Call> Call::prepare(Privcmd& privcmd, std::string_view name, std::size_t body_offset,
                           std::size_t size, std::size_t payload_size) {
    const auto payload_offset = static_cast<std::size_t>(align_up(size, kPayloadAlignment));
    auto buffer = privcmd.allocate(payload_offset + payload_size);
    if (!buffer) {
        return fail(Error{buffer.error().code(), fmt::format("{}: {} bytes for its arguments", name,
                                                             payload_offset + payload_size)});
    }
    Call call{privcmd, *std::move(buffer), name};
    call.body_offset_ = body_offset;
    call.payload_offset_ = payload_offset;
    call.payload_size_ = payload_size;
    return call;
}

Result<Call> Call::domctl(Privcmd& privcmd, std::uint32_t version, xenabi::Domctl cmd,
                          DomainId domain, std::size_t payload_size) {
    ZEROTH_TRY(auto call, prepare(privcmd, name_of(cmd), sizeof(xenabi::DomctlHeader),
                                  sizeof(xenabi::DomctlBytes), payload_size));
    call.missing_ = missing_for(cmd);
    const xenabi::DomctlHeader header{std::to_underlying(cmd), version, domain.raw(), {}};
    std::memcpy(call.buffer_.bytes().data(), &header, sizeof header);
    call.hypercall_ = {std::to_underlying(xenabi::Op::kDomctl), {call.buffer_.address()}};
    return call;
}

Result<Call> Call::sysctl(Privcmd& privcmd, std::uint32_t version, xenabi::Sysctl cmd,
                          std::size_t payload_size) {
    ZEROTH_TRY(auto call, prepare(privcmd, name_of(cmd), sizeof(xenabi::SysctlHeader),
                                  sizeof(xenabi::SysctlBytes), payload_size));
    const xenabi::SysctlHeader header{std::to_underlying(cmd), version};
    std::memcpy(call.buffer_.bytes().data(), &header, sizeof header);
    call.hypercall_ = {std::to_underlying(xenabi::Op::kSysctl), {call.buffer_.address()}};
    return call;
}

Result<Call> Call::plain(Privcmd& privcmd, xenabi::Op op, std::uint32_t cmd, std::string_view name,
                         std::size_t body_size, std::size_t payload_size) {
    ZEROTH_TRY(auto call, prepare(privcmd, name, 0, body_size, payload_size));
    call.hypercall_ = {std::to_underlying(op), {cmd, call.buffer_.address()}};
    return call;
}

Result<Call> Call::hypfs(Privcmd& privcmd, xenabi::HypfsOp cmd, const std::string& path,
                         std::size_t payload_size, Last last) {
    const auto* const name =
        cmd == xenabi::HypfsOp::kRead ? "XEN_HYPFS_OP_read" : "XEN_HYPFS_OP_write_contents";
    // Its length counts the zero byte at its end.
    const auto size = path.size() + 1;
    ZEROTH_TRY(auto call, prepare(privcmd, name, 0, size, payload_size));
    std::memcpy(call.buffer_.bytes().data(), path.c_str(), size);
    call.hypercall_ = {std::to_underlying(xenabi::Op::kHypfsOp),
                       {std::to_underlying(cmd), call.buffer_.address(), size,
                        call.payload_address(), payload_size}};
    auto& arguments = call.hypercall_.arguments;
    if (last == Last::kSwapped) std::swap(arguments[3], arguments[4]);
    return call;
}

DomainId Call::domain() const {
    xenabi::DomctlHeader header;
    std::memcpy(&header, buffer_.bytes().data(), sizeof header);
    return DomainId{header.domain};
}

std::unexpected<Error> Call::failed(const Error& error, std::string_view rest) const {
    auto hint = hint_for(error);
    const auto what = rest.empty() ? std::string{name_} : fmt::format("{} {}", name_, rest);
    if (error.is(ESRCH)) {
        return fail(Error::message(ESRCH, fmt::format("{}: {}", what, missing_)));
    }
    // The seam's errors carry no words of their own.
    return fail(Error{error.code(), what}.with_hint(std::move(hint)));
}

std::string hint_for(const Error& error) {
    if (error.is(EPERM)) {
        return "Xen lets only dom0 do this, or a domain that its security policy (XSM) names";
    }
    if (error.is(EACCES)) {
        return "the hypervisor speaks another interface version than the one found at start";
    }
    if (error.is(ENOSYS) || error.is(EOPNOTSUPP)) {
        return "this hypervisor was built or booted without it";
    }
    return {};
}

}  // namespace zeroth::hyper
