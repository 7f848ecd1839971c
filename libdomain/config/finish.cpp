// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "libdomain/config/draft.hpp"

/// The checks that need more than one key.
namespace zeroth::config {
namespace {

/// The GICv2's CPU interface tells 8 CPUs apart.
constexpr std::uint32_t kMostVcpusOfGicV2 = 8;

/// Where to complain about a key that is known to be set.
Span place_of(const Draft& draft, std::string_view key) {
    const Setting* const setting = draft.find(key);
    return setting == nullptr ? Span{} : setting->value.span;
}

void need_keys(Draft& draft) {
    if (draft.find("name") == nullptr) {
        draft.report.error_at_large("Domain name must be specified.",
                                    "for example name = \"guest\"");
    }
    // An empty text counts as none; a broken one was complained of already.
    const auto given = [&draft](std::string_view key, const std::optional<std::string>& member) {
        const Setting* const setting = draft.find(key);
        return member || (setting != nullptr && setting->value.kind != Value::Kind::kString);
    };
    if (!given("kernel", draft.config.kernel) && !given("bootloader", draft.config.bootloader)) {
        draft.report.error_at_large("Neither kernel nor bootloader specified",
                                    "for example kernel = \"/boot/vmlinuz\"");
    }
    if (draft.find("memory") == nullptr && draft.find("maxmem") == nullptr) {
        draft.report.warning_at_large("neither memory nor maxmem is given: the guest gets 32 MiB",
                                      "for example memory = 512");
    }
}

void join_cmdline(Draft& draft) {
    std::string& out = draft.config.cmdline;
    if (draft.cmdline) {
        out = *draft.cmdline;
        for (const std::string_view key : {"root", "extra"}) {
            if (const Setting* const ignored = draft.find(key)) {
                draft.report.warning(ignored->key_span,
                                     "ignoring root= and extra= in favour of cmdline=");
                break;
            }
        }
        return;
    }
    if (draft.root) out = "root=" + *draft.root;
    if (!draft.extra) return;
    if (draft.root) out += ' ';
    out += *draft.extra;
}

void check_type(Draft& draft) {
    if (!draft.type || !draft.builder || *draft.type == *draft.builder) return;
    draft.report.error(place_of(draft, "builder"),
                       "Contradicting \"builder\" and \"type\" options specified.",
                       "leave `builder` out");
}

void check_vcpus(Draft& draft) {
    const DomainConfig& config = draft.config;
    if (config.maxvcpus && *config.maxvcpus < config.vcpus) {
        draft.report.error(
            place_of(draft, "maxvcpus"),
            fmt::format("maxvcpus < vcpus: {} is less than {}", *config.maxvcpus, config.vcpus));
    }
    const std::uint32_t most = config.maxvcpus.value_or(config.vcpus);
    if (config.gic_version == GicVersion::kV2 && most > kMostVcpusOfGicV2) {
        draft.report.error(
            place_of(draft, "gic_version"),
            fmt::format("a GICv2 serves {} vCPUs, and this guest has {}", kMostVcpusOfGicV2, most),
            "gic_version = \"v3\", on a host that has one");
    }
    const auto extra_entries = [&](std::string_view key, bool is_list, std::size_t count) {
        if (!is_list || count <= most) return;
        draft.report.note(place_of(draft, key),
                          fmt::format("`{}` has {} entries for {} vCPUs: the others are ignored",
                                      key, count, most));
    };
    extra_entries("cpus", config.cpus_is_list, config.cpus.size());
    extra_entries("cpus_soft", config.cpus_soft_is_list, config.cpus_soft.size());
}

void check_memory(Draft& draft) {
    const DomainConfig& config = draft.config;
    if (config.memory && config.maxmem && *config.maxmem < *config.memory) {
        draft.report.error(place_of(draft, "maxmem"),
                           fmt::format("maxmem < memory: {} MiB is less than {} MiB",
                                       config.maxmem->raw() >> 10U, config.memory->raw() >> 10U));
    }
}

void check_devices(Draft& draft) {
    const DomainConfig& config = draft.config;
    const bool has_pci = std::any_of(config.other_devices.begin(), config.other_devices.end(),
                                     [](const OtherDevice& device) { return device.key == "pci"; });
    if (config.passthrough == Passthrough::kDisabled && (has_pci || !config.dtdev.empty())) {
        draft.report.error(place_of(draft, "passthrough"),
                           "passthrough disabled but devices are specified",
                           "leave `passthrough` out: dtdev and pci enable it");
    }
    if (config.sched.budget && config.sched.period && *config.sched.budget > *config.sched.period) {
        draft.report.error(place_of(draft, "budget"), "budget is longer than period");
    }
}

}  // namespace

void finish(Draft& draft) {
    need_keys(draft);
    join_cmdline(draft);
    check_type(draft);
    check_vcpus(draft);
    check_memory(draft);
    check_devices(draft);
}

}  // namespace zeroth::config
