// SPDX-License-Identifier: Apache-2.0
#include "libdomain/hypervisor/hypervisor.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <optional>
#include <utility>

#include "libdomain/hypervisor/abi/domctl.hpp"
#include "libdomain/hypervisor/abi/layouts.hpp"
#include "libdomain/hypervisor/abi/sysctl.hpp"
#include "libdomain/hypervisor/call.hpp"
#include "libdomain/hypervisor/version.hpp"

namespace zeroth::hyper {
namespace {

/// Versions tried beside the known ones, only to name what an unknown hypervisor speaks.
constexpr std::uint32_t kOldestProbed = 0x0b, kNewestProbed = 0x40;

/// Whether domctl has this version; asked with a call that changes nothing. Any answer but EACCES
/// means that the version was right.
Result<bool> speaks_domctl(Privcmd& privcmd, std::uint32_t version) {
    ZEROTH_TRY(auto call, Call::domctl(privcmd, version, xenabi::Domctl::kGetDomainInfo, kDomain0));
    const auto result = call.run("of domain 0 (interface version {:#x})", version);
    if (!result && result.error().is(EACCES)) return false;
    if (!result) return fail(result.error());
    return true;
}

Result<bool> speaks_sysctl(Privcmd& privcmd, std::uint32_t version) {
    ZEROTH_TRY(auto call, Call::sysctl(privcmd, version, xenabi::Sysctl::kSchedId));
    const auto result = call.run("(interface version {:#x})", version);
    if (!result && result.error().is(EACCES)) return false;
    if (!result) return fail(result.error());
    return true;
}

using Probe = Result<bool> (*)(Privcmd&, std::uint32_t);

Result<std::optional<std::uint32_t>> find_version(Privcmd& privcmd, Probe speaks,
                                                  std::uint32_t xenabi::Layouts::*member) {
    const auto layouts = xenabi::all_layouts();
    std::uint32_t tried = 0;
    for (auto row = layouts.rbegin(); row != layouts.rend(); ++row) {
        const std::uint32_t version = (*row).*member;
        if (version == tried) continue;
        tried = version;
        ZEROTH_TRY(const bool found, speaks(privcmd, version));
        if (found) return version;
    }
    return std::nullopt;
}

std::unexpected<Error> unknown_interface(Privcmd& privcmd, const XenVersion& xen) {
    std::string spoken = "a domctl interface version";
    for (std::uint32_t version = kOldestProbed; version <= kNewestProbed; ++version) {
        const auto found = speaks_domctl(privcmd, version);
        if (!found || !*found) continue;
        spoken = fmt::format("domctl interface version {:#x}", version);
        break;
    }
    return fail(
        Error::message(EPROTONOSUPPORT,
                       fmt::format("Xen {}.{} speaks {} that is not known here; known are {}",
                                   xen.major, xen.minor, spoken, xenabi::known_domctl_versions())));
}

}  // namespace

Hypervisor::Hypervisor(Privcmd& privcmd, XenVersion version, const xenabi::Layouts& layouts,
                       std::uint32_t cpus)
    : privcmd_{&privcmd},
      version_{std::make_unique<XenVersion>(std::move(version))},
      layouts_{&layouts},
      cpus_{cpus} {}
Hypervisor::Hypervisor(Hypervisor&&) noexcept = default;
Hypervisor::~Hypervisor() = default;

Result<Hypervisor> Hypervisor::open(Privcmd& privcmd) {
    ZEROTH_TRY(auto version, read_version(privcmd));
    ZEROTH_TRY(const auto domctl, find_version(privcmd, &speaks_domctl, &xenabi::Layouts::domctl));
    if (!domctl) return unknown_interface(privcmd, version);
    ZEROTH_TRY(const auto sysctl, find_version(privcmd, &speaks_sysctl, &xenabi::Layouts::sysctl));
    if (!sysctl) {
        return fail(Error::message(
            EPROTONOSUPPORT, fmt::format("Xen {}.{} speaks a sysctl interface version that is not "
                                         "known here",
                                         version.major, version.minor)));
    }
    version.domctl = *domctl;
    version.sysctl = *sysctl;
    const auto* const layouts = xenabi::find_layouts(version.minor, *domctl);
    Hypervisor hypervisor{privcmd, std::move(version), *layouts, 0};
    ZEROTH_TRY(const auto host, hypervisor.physinfo());
    hypervisor.cpus_ = host.max_cpu_id + 1;
    return hypervisor;
}

const XenVersion& Hypervisor::version() const { return *version_; }

}  // namespace zeroth::hyper
