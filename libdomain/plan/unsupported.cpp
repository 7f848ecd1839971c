// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <set>

#include "libdomain/config/channel.hpp"
#include "libdomain/plan/make_plan.hpp"

namespace zeroth::plan {
namespace {

class Refusals {
public:
    void add(const char* key, const char* what) {
        sentences_.push_back(fmt::format("{}: {} cannot be honoured yet", key, what));
    }
    void add_if(bool given, const char* key, const char* what) {
        if (given) add(key, what);
    }
    std::vector<std::string> take() { return std::move(sentences_); }

private:
    std::vector<std::string> sentences_;
};

}  // namespace

std::vector<std::string> not_yet_honoured(const config::DomainConfig& config) {
    Refusals refusals;
    refusals.add_if(config.bootloader.has_value(), "bootloader", "finding the kernel by a program");
    std::set<std::string> seen;
    for (const auto& device : config.other_devices)
        if (!(device.key == "channel" && config::channel_of(device.text)) &&
            seen.insert(device.key).second)
            refusals.add(device.key.c_str(), "devices of this kind");
    refusals.add_if(config.tee != config::Tee::kNone, "tee", "a trusted execution environment");
    refusals.add_if(config.acpi, "acpi", "ACPI tables for the guest");
    refusals.add_if(config.arm_sci.has_value(), "arm_sci", "system control by firmware");
    refusals.add_if(config.seclabel.has_value(), "seclabel", "security labels");
    refusals.add_if(config.init_seclabel.has_value(), "init_seclabel", "security labels");
    refusals.add_if(config.xenstore_feature_mask.has_value(), "xenstore_feature_mask",
                    "hiding features of XenStore");
    refusals.add_if(!config.xenstore_quota.empty(), "xenstore_quota",
                    "XenStore limits for one guest");
    return refusals.take();
}

}  // namespace zeroth::plan
