// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <set>
#include <string_view>

#include "libdomain/config/channel.hpp"
#include "libdomain/config/served_device.hpp"
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
    void say(std::string sentence) { sentences_.push_back(std::move(sentence)); }
    std::vector<std::string> take() { return std::move(sentences_); }

private:
    std::vector<std::string> sentences_;
};

/// What devices of this kind need that is not here.
const char* lacking(std::string_view key) {
    if (key == "vfb") return "a framebuffer needs QEMU, and none is started here for guests";
    if (key == "pvcalls")
        return "sockets served by another domain need Linux's pvcalls-back in it, which this "
               "release "
               "was not tried with";
    if (key == "virtio")
        return "virtio devices need a program that serves them, and a virtual bus that guests do "
               "not get here yet";
    if (key == "vtpm")
        return "a trusted platform module needs the stub domains vtpmmgr and vtpm, which Xen has "
               "for x86 alone";
    if (key == "usbctrl" || key == "usbdev")
        return "USB needs QEMU or Linux's old usbback, and neither is here";
    if (key == "pci")
        return "PCI devices need pciback in dom0 and Xen's virtual PCI bus, which Xen does not "
               "have "
               "on ARM yet; `dtdev` and `iomem` are for devices on the board's own buses";
    return "devices of this kind cannot be honoured yet";
}

}  // namespace

std::vector<std::string> not_yet_honoured(const config::DomainConfig& config) {
    Refusals refusals;
    refusals.add_if(config.bootloader.has_value(), "bootloader", "finding the kernel by a program");
    std::set<std::string> seen;
    for (const auto& device : config.other_devices) {
        const bool served = config::is_served(device.key) ||
                            (device.key == "channel" && config::channel_of(device.text));
        if (!served && seen.insert(device.key).second)
            refusals.say(fmt::format("{}: {}", device.key, lacking(device.key)));
    }
    refusals.add_if(config.acpi, "acpi", "ACPI tables for the guest");
    refusals.add_if(config.seclabel.has_value(), "seclabel", "security labels");
    refusals.add_if(config.init_seclabel.has_value(), "init_seclabel", "security labels");
    refusals.add_if(config.xenstore_feature_mask.has_value(), "xenstore_feature_mask",
                    "hiding features of XenStore");
    refusals.add_if(!config.xenstore_quota.empty(), "xenstore_quota",
                    "XenStore limits for one guest");
    return refusals.take();
}

}  // namespace zeroth::plan
