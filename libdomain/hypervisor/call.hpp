// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "core/ids.hpp"
#include "core/result.hpp"
#include "libdomain/hypervisor/abi/hypfs.hpp"
#include "libdomain/hypervisor/abi/numbers.hpp"
#include "libdomain/hypervisor/privcmd.hpp"

/// How the typed client makes its hypercalls. Only the .cpp files of this folder include it.
namespace zeroth::hyper {

/// One hypercall being put together. Header, body and payload (whatever the body's handles point
/// at) share one buffer, so that nearly every call needs a single page and a single system call.
class Call {
public:
    static Result<Call> domctl(Privcmd& privcmd, std::uint32_t version, xenabi::Domctl cmd,
                               DomainId domain, std::size_t payload_size = 0);
    static Result<Call> sysctl(Privcmd& privcmd, std::uint32_t version, xenabi::Sysctl cmd,
                               std::size_t payload_size = 0);
    /// The hypercalls whose first argument is a command and whose second is a structure.
    static Result<Call> plain(Privcmd& privcmd, xenabi::Op op, std::uint32_t cmd,
                              std::string_view name, std::size_t body_size,
                              std::size_t payload_size = 0);
    /// An operation on an entry of Xen's file system; the payload is what is read or written.
    /// `Last` is how the last two arguments go through dom0's kernel.
    enum class Last { kAsTheyAre, kSwapped };
    static Result<Call> hypfs(Privcmd& privcmd, xenabi::HypfsOp cmd, const std::string& path,
                              std::size_t payload_size, Last last);

    template <class Body>
    void set(const Body& body) {
        static_assert(std::is_trivially_copyable_v<Body>);
        std::memcpy(body_bytes().data(), &body, sizeof body);
    }
    template <class Body>
    Body get() const {
        static_assert(std::is_trivially_copyable_v<Body>);
        Body body;
        std::memcpy(&body, body_bytes().data(), sizeof body);
        return body;
    }
    std::span<std::byte> body_bytes() const {
        return buffer_.bytes().subspan(body_offset_, payload_offset_ - body_offset_);
    }
    std::span<std::byte> payload() const {
        return buffer_.bytes().subspan(payload_offset_, payload_size_);
    }
    std::uint64_t payload_address() const { return buffer_.address() + payload_offset_; }
    /// The domain in a domctl's header: createdomain writes it.
    DomainId domain() const;

    /// Makes the call. An Error reads "<Xen's name of the call> <the rest>: <errno in words>"; the
    /// text is only made when it is needed.
    template <class... Args>
    Result<std::int64_t> run(fmt::format_string<Args...> rest, Args&&... args) {
        auto result = privcmd_->call(hypercall_);
        if (result) return result;
        return failed(result.error(), fmt::format(rest, std::forward<Args>(args)...));
    }
    template <class... Args>
    Result<> run_void(fmt::format_string<Args...> rest, Args&&... args) {
        ZEROTH_CHECK(run(rest, std::forward<Args>(args)...));
        return {};
    }

private:
    Call(Privcmd& privcmd, HypercallBuffer buffer, std::string_view name)
        : privcmd_{&privcmd}, buffer_{std::move(buffer)}, name_{name} {}
    static Result<Call> prepare(Privcmd& privcmd, std::string_view name, std::size_t body_offset,
                                std::size_t size, std::size_t payload_size);
    std::unexpected<Error> failed(const Error& error, std::string_view rest) const;

    Privcmd* privcmd_;
    HypercallBuffer buffer_;
    std::string_view name_, missing_ = "no such domain";
    Hypercall hypercall_;
    std::size_t body_offset_ = 0, payload_offset_ = 0, payload_size_ = 0;
};

/// Advice that holds for any hypercall that failed so; empty where there is none.
std::string hint_for(const Error& error);

}  // namespace zeroth::hyper
