// SPDX-License-Identifier: Apache-2.0
// What a domain is called, and what its next life is made from.
#include <fmt/format.h>

#include "daemon/adjust/adjustments.hpp"
#include "daemon/userdata.hpp"
#include "libdomain/config/name.hpp"
#include "libdomain/config/parse.hpp"
#include "libdomain/image/kernel.hpp"
#include "libdomain/plan/make_plan.hpp"

namespace zeroth::daemon {

Result<> Adjustments::rename(DomainId id, const api::RenameRequest& request) {
    if (const auto fault = config::fault_of_name(request.name); !fault.empty()) {
        return fail(Error::message(EINVAL, fault));
    }
    if (id == kDomain0) return fail(Error::message(EPERM, "domain 0 keeps its name"));
    ZEROTH_TRY(const auto info, ground_.xen.domain(id));
    ZEROTH_TRY(const auto held, service_.hold_name(request.name));
    const auto other = service_.find(request.name);
    if (other && *other == id) return {};
    if (other) {
        return fail(Error::message(
            EEXIST, fmt::format("Domain with name \"{}\" already exists.", request.name)));
    }
    if (!other.error().is(ESRCH)) return fail(other.error());
    ZEROTH_TRY(const auto lane, service_.enter(id));
    ZEROTH_TRY(auto store, ground_.stores.lease());
    const auto path = fmt::format("/local/domain/{}/name", id.raw());
    ZEROTH_TRY(const auto before, store->read_one(path));
    const std::vector<xs::Change> changes{
        xs::Write{path, request.name},
        xs::Write{fmt::format("/vm/{}/name", info.handle.text()), request.name}};
    ZEROTH_CHECK(store->apply(changes));
    // Its next life is called so too.
    ground_.registry.change(info.handle, [&](lives::Record& its) { its.name = request.name; });
    set_userdata_name(ground_.settings.userdata_dir, id, info.handle, request.name);
    service_.rename_consoles(id, request.name);
    tell(event::kRenamed, info, fmt::format("it was {}", before.value_or("nameless")),
         before.value_or(""));
    return {};
}

Result<> Adjustments::set_config(DomainId id, const api::ConfigRequest& request) {
    if (id == kDomain0) return fail(Error::message(EPERM, "domain 0 has no config"));
    ZEROTH_TRY(const auto info, ground_.xen.domain(id));
    if (const auto refused = plan::not_yet_honoured(request.config); !refused.empty()) {
        return fail(Error::message(EOPNOTSUPP, fmt::format("{}", fmt::join(refused, "; "))));
    }
    if (!request.config.kernel) return fail(EINVAL, "the config names no kernel");
    ZEROTH_CHECK(image::probe(*request.config.kernel));
    if (request.config.ramdisk) ZEROTH_CHECK(image::probe_ramdisk(*request.config.ramdisk));
    ZEROTH_TRY(const auto lane, service_.enter(id));
    ZEROTH_CHECK(write_userdata(ground_.settings.userdata_dir, id, info.handle, "xl",
                                config::to_xl(request.config)));
    if (ground_.registry.find(info.handle)) {
        ZEROTH_CHECK(ground_.registry.set_request(info.handle, {request.config, false}));
    }
    tell(event::kChanged, info, "its next life has another config", "config");
    return {};
}

}  // namespace zeroth::daemon
