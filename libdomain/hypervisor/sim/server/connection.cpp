// SPDX-License-Identifier: Apache-2.0
#include "libdomain/hypervisor/sim/server/connection.hpp"

#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <bit>
#include <cerrno>
#include <fstream>
#include <utility>

#include "libdomain/hypervisor/sim/holding.hpp"
#include "libdomain/hypervisor/sim/operation.hpp"

namespace zeroth::hyper::sim {
namespace {

constexpr std::size_t kLargestArena = 1U << 30;

pid_t peer_of(int socket) {
    ucred peer{};
    socklen_t size = sizeof peer;
    return ::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 ? peer.pid : 0;
}

std::string program_of(pid_t pid) {
    std::ifstream file{fmt::format("/proc/{}/comm", pid)};
    std::string name;
    std::getline(file, name);
    return name;
}

std::unexpected<Error> nonsense() { return fail(EPROTO, "a request to the simulated machine"); }

/// Whether the request is a use of the seam, that is to say something that a kernel would do.
bool is_use(Request request) {
    return request != Request::kHello && request != Request::kCommand &&
           request != Request::kPending;
}

template <class Id>
Id id_of(std::uint64_t word) {
    return Id{static_cast<typename Id::Raw>(word)};
}

}  // namespace

Connection::Connection(Machine& machine, Kills& kills, UniqueFd socket)
    : machine_{machine},
      state_{machine.state()},
      kills_{kills},
      socket_{std::move(socket)},
      pid_{peer_of(socket_.get())},
      client_{program_of(pid_)} {}

Connection::~Connection() {
    for (const auto* record : std::exchange(holding_, {})) {
        const std::scoped_lock lock{state_.mutex};
        drop(record);
    }
    if (!arena_.bytes.empty()) ::munmap(arena_.bytes.data(), arena_.bytes.size());
}

bool Connection::serve() {
    const auto got = receive_with(socket_.get(), arrived_, received_);
    if (!got || *got == 0) return false;
    for (;;) {
        auto request = decode(arrived_);
        if (!request) return false;
        if (!*request) return true;
        to_send_ = -1;
        const auto reply = carry_out(**request);
        if (!reply) return false;
        std::string bytes;
        encode(*reply, bytes);
        if (!send_with(socket_.get(), bytes, to_send_)) return false;
    }
}

std::optional<Packet> Connection::carry_out(const Packet& request) {
    const bool use = is_use(Request{request.code});
    if (use && kills_.begins(client_, pid_)) return std::nullopt;
    auto reply = obey(request);
    if (use && kills_.ended(pid_)) return std::nullopt;
    if (reply) return *std::move(reply);
    const auto code = static_cast<std::uint64_t>(reply.error().code().value());
    return Packet{code != 0 ? code : EIO, {}, reply.error().text()};
}

Result<Packet> Connection::obey(const Packet& request) {
    const Request what{request.code};
    if (!role_) {
        if (what != Request::kHello) return nonsense();
        return hello(request);
    }
    switch (*role_) {
        case Role::kPrivcmd:
            return privcmd(what, request.words);
        case Role::kEventChannels:
            return channels(what, request.words);
        case Role::kGrantTable:
            return grants(what, request.words);
        case Role::kCommands:
            break;
    }
    ZEROTH_TRY(auto answer, obey_command(machine_, kills_, request.text));
    return Packet{0, {}, std::move(answer)};
}

Result<Packet> Connection::hello(const Packet& request) {
    if (request.words.empty()) return nonsense();
    const Role role{request.words[0]};
    if (role == Role::kPrivcmd || role == Role::kGrantTable) {
        ZEROTH_CHECK(share_arena(request.words));
        to_send_ = state_.backing.fd();
    }
    if (role == Role::kGrantTable) grants_.emplace(state_);
    if (role == Role::kEventChannels) {
        ZEROTH_TRY(ports_, PortHandle::create(state_));
        to_send_ = ports_->fd();
    }
    role_ = role;
    const auto& options = state_.options;
    return Packet{0, {std::to_underlying(options.gic), options.clock_frequency}, {}};
}

Result<> Connection::share_arena(const std::vector<std::uint64_t>& words) {
    if (words.size() < 3 || !received_ || words[2] > kLargestArena) return nonsense();
    const auto size = static_cast<std::size_t>(words[2]);
    void* const base =
        ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, received_.get(), 0);
    if (base == MAP_FAILED) return errno_error("memory for hypercalls");
    arena_ = {words[1], {static_cast<std::byte*>(base), size}};
    return {};
}

Result<Packet> Connection::call(const std::vector<std::uint64_t>& words) {
    if (words.size() != 6) return nonsense();
    Hypercall call{words[0], {}};
    std::copy(words.begin() + 1, words.end(), call.arguments.begin());
    const std::scoped_lock lock{state_.mutex};
    state_.caller = &arena_;
    const long result = perform(state_, call);
    state_.caller = nullptr;
    if (result < 0) return fail(static_cast<int>(-result), "");
    return Packet{0, {static_cast<std::uint64_t>(result)}, {}};
}

Result<Packet> Connection::held(const Result<const MappingRecord*>& record) {
    if (!record) return fail(Error{record.error()});
    holding_.insert(*record);
    Packet reply{0, {std::bit_cast<std::uintptr_t>(*record)}, {}};
    for (const auto& range : (*record)->frames) {
        reply.words.insert(reply.words.end(), {range.first, range.count});
    }
    return reply;
}

void Connection::drop(const MappingRecord* record) {
    if (record->grant) {
        drop_grant(state_, record);
    } else {
        state_.drop(record);
    }
}

Result<Packet> Connection::privcmd(Request request, const std::vector<std::uint64_t>& words) {
    if (request == Request::kCall) return call(words);
    const std::scoped_lock lock{state_.mutex};
    if (request == Request::kMap && !words.empty()) {
        std::vector<GuestFrame> frames;
        frames.reserve(words.size());
        for (std::size_t i = 1; i < words.size(); ++i) frames.push_back(GuestFrame{words[i]});
        return held(hold_frames(state_, id_of<DomainId>(words[0]), frames));
    }
    if (request == Request::kMapResource && words.size() == 5) {
        return held(hold_resource(state_, id_of<DomainId>(words[0]),
                                  static_cast<std::uint32_t>(words[1]),
                                  static_cast<std::uint32_t>(words[2]), words[3], words[4]));
    }
    if (request != Request::kUnmap || words.size() != 1) return nonsense();
    const auto* const record =
        std::bit_cast<const MappingRecord*>(static_cast<std::uintptr_t>(words[0]));
    if (holding_.erase(record) == 0) return fail(EINVAL, "unmap what is not mapped");
    drop(record);
    return Packet{};
}

Result<Packet> Connection::grants(Request request, const std::vector<std::uint64_t>& words) {
    if (request == Request::kUnmap) return privcmd(request, words);
    if (request == Request::kCopyToGrants) return copy_to(words);
    if (request != Request::kMapGrant || words.size() != 2) return nonsense();
    const std::scoped_lock lock{state_.mutex};
    return held(hold_grant(state_, id_of<DomainId>(words[0]), id_of<GrantRef>(words[1])));
}

/// The domain, and for each piece: grant, offset, and the place and size of the bytes.
Result<Packet> Connection::copy_to(const std::vector<std::uint64_t>& words) {
    if (words.size() % 4 != 1) return nonsense();
    std::vector<GrantCopy> pieces;
    for (std::size_t i = 1; i < words.size(); i += 4) {
        const auto offset = words[i + 2] - arena_.address;
        if (offset > arena_.bytes.size() || words[i + 3] > arena_.bytes.size() - offset)
            return fail(EFAULT, "copy to granted pages");
        pieces.push_back({id_of<GrantRef>(words[i]), static_cast<std::uint16_t>(words[i + 1]),
                          arena_.bytes.subspan(static_cast<std::size_t>(offset),
                                               static_cast<std::size_t>(words[i + 3]))});
    }
    ZEROTH_CHECK(grants_->copy_to(id_of<DomainId>(words[0]), pieces));
    return Packet{};
}

Result<Packet> Connection::channels(Request request, const std::vector<std::uint64_t>& words) {
    const auto bound = [](const Result<Port>& port) -> Result<Packet> {
        if (!port) return fail(Error{port.error()});
        return Packet{0, {port->raw()}, {}};
    };
    const auto done = [](const Result<>& result) -> Result<Packet> {
        if (!result) return fail(Error{result.error()});
        return Packet{};
    };
    if (request == Request::kPending) return bound(ports_->pending());
    if (request == Request::kBindInterdomain && words.size() == 2) {
        return bound(ports_->bind_interdomain(id_of<DomainId>(words[0]), id_of<Port>(words[1])));
    }
    if (words.size() != 1) return nonsense();
    if (request == Request::kBindVirq) {
        return bound(ports_->bind_virq(static_cast<std::uint32_t>(words[0])));
    }
    const auto port = id_of<Port>(words[0]);
    if (request == Request::kUnbind) return done(ports_->unbind(port));
    if (request == Request::kNotify) return done(ports_->notify(port));
    if (request == Request::kUnmask) return done(ports_->unmask(port));
    return nonsense();
}

}  // namespace zeroth::hyper::sim
