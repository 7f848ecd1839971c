// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "core/log.hpp"
#include "core/unique_fd.hpp"
#include "daemon/adjust/adjustments.hpp"
#include "libdomain/build/dump_core.hpp"

namespace zeroth::daemon {
namespace {

std::string marks_folder(const Settings& settings) { return settings.state_dir + "/dumping"; }

}  // namespace

/// Pauses a domain, once more if it is paused already, and lets go again. A mark tells an xld that
/// comes after a SIGKILL that the domain is not to stay so.
class Adjustments::Stillness {
public:
    static Result<Stillness> create(const Ground& ground, const hyper::DomainInfo& info) {
        const auto folder = marks_folder(ground.settings);
        std::error_code made;
        std::filesystem::create_directories(folder, made);
        auto mark = folder + "/" + info.handle.text();
        const UniqueFd fd{::open(mark.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
        if (!fd && errno == EEXIST) {
            return fail(Error::message(EBUSY, "another dump of this domain is under way"));
        }
        if (!fd) return errno_error("note the dump in " + folder);
        if (auto paused = ground.xen.pause(info.id); !paused) {
            ::unlink(mark.c_str());
            return fail(std::move(paused).error());
        }
        return Stillness{ground, info.id, std::move(mark)};
    }
    Stillness(Stillness&& other) noexcept
        : ground_{other.ground_}, id_{other.id_}, mark_{std::exchange(other.mark_, {})} {}
    ~Stillness() {
        if (mark_.empty()) return;
        if (const auto done = ground_->xen.unpause(id_); !done) {
            log::warning("after the dump of domain {}: {}", id_.raw(), done.error().text());
        }
        ::unlink(mark_.c_str());
    }

private:
    Stillness(const Ground& ground, DomainId id, std::string mark)
        : ground_{&ground}, id_{id}, mark_{std::move(mark)} {}

    const Ground* ground_;
    DomainId id_;
    std::string mark_;
};

std::vector<std::string> Adjustments::recover() {
    std::vector<std::string> told;
    const auto infos = ground_.xen.domains();
    if (!infos) return told;
    std::error_code error;
    for (const auto& entry :
         std::filesystem::directory_iterator{marks_folder(ground_.settings), error}) {
        const auto uuid = Uuid::parse(entry.path().filename().string());
        for (const auto& info : *infos) {
            if (!uuid || info.handle != *uuid || !info.paused) continue;
            if (!ground_.xen.unpause(info.id)) continue;
            told.push_back(fmt::format("domain {} was paused for a core dump that was cut short",
                                       info.id.raw()));
        }
        std::error_code removed;
        std::filesystem::remove(entry.path(), removed);
    }
    return told;
}

Result<> Adjustments::dump_core(DomainId id, const api::CoreRequest& request) {
    using Then = api::CoreRequest::Then;
    if (id == kDomain0) return fail(Error::message(EPERM, "domain 0 cannot be dumped from within"));
    if (!request.path.starts_with('/')) {
        return fail(Error::message(EINVAL, "the file's path must begin at the root"));
    }
    ZEROTH_TRY(const auto info, ground_.xen.domain(id));
    std::optional<Stillness> still;
    if (!request.live) {
        ZEROTH_TRY(auto held, Stillness::create(ground_, info));
        still.emplace(std::move(held));
    }
    ZEROTH_CHECK(
        build::dump_core(ground_.xen, id, request.path, [this] { return stopping_.load(); }));
    tell(event::kChanged, info, "its core is in " + request.path, "core");
    if (request.then == Then::kGoOn) return {};
    const auto reason = request.then == Then::kCrash ? hyper::ShutdownReason::kCrash
                                                     : hyper::ShutdownReason::kReboot;
    return ground_.xen.remote_shutdown(id, reason);
}

}  // namespace zeroth::daemon
