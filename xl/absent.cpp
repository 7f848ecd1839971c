// SPDX-License-Identifier: Apache-2.0
#include "xl/absent.hpp"

#include <array>

namespace zeroth::xl {
namespace {

constexpr std::string_view kSaving =
    "Xen on ARM cannot save a domain's state, so that it cannot be moved or restored either";
constexpr std::string_view kX86 = "it is about what x86 alone has";
constexpr std::string_view kDeviceModel =
    "it is for guests with a device model (QEMU), and none is started here";
constexpr std::string_view kPci =
    "Xen has no PCI bus for guests on ARM yet; `xl passthrough' is about devices on the board's "
    "own buses";
constexpr std::string_view kUsb = "USB needs QEMU or Linux's old usbback, and neither is here";
constexpr std::string_view kVtpm =
    "it needs the stub domains vtpmmgr and vtpm, which Xen has for x86 alone";
constexpr std::string_view kFlask =
    "not here yet: it is about Flask, which Xen has where it was booted with xsm=flask";
constexpr std::string_view kOverlay =
    "not here yet: a device has to be in the device tree that Xen boots with";
constexpr std::string_view kResume =
    "not here yet: it wakes guests that suspended themselves, which Xen lets them from 4.22 on";
constexpr std::string_view kQuota = "xenstored(8) has its limits on its own command line, --quota";
constexpr std::string_view kTrigger = "it has long been another name of `xl trigger'";

constexpr auto kTable = std::to_array<AbsentCommand>({
    {"button-press", kTrigger},
    {"cd-eject", kDeviceModel},
    {"cd-insert", kDeviceModel},
    {"dt-overlay", kOverlay},
    {"getenforce", kFlask},
    {"loadpolicy", kFlask},
    {"migrate", kSaving},
    {"migrate-receive", kSaving},
    {"pci-assignable-add", kPci},
    {"pci-assignable-list", kPci},
    {"pci-assignable-remove", kPci},
    {"pci-attach", kPci},
    {"pci-detach", kPci},
    {"pci-list", kPci},
    {"psr-cat-set", kX86},
    {"psr-cat-show", kX86},
    {"psr-cmt-attach", kX86},
    {"psr-cmt-detach", kX86},
    {"psr-cmt-show", kX86},
    {"psr-hwinfo", kX86},
    {"psr-mba-set", kX86},
    {"psr-mba-show", kX86},
    {"qemu-monitor-command", kDeviceModel},
    {"remus", kSaving},
    {"restore", kSaving},
    {"resume", kResume},
    {"save", kSaving},
    {"setenforce", kFlask},
    {"sharing", kX86},
    {"suspend", kSaving},
    {"usb-list", kUsb},
    {"usbctrl-attach", kUsb},
    {"usbctrl-detach", kUsb},
    {"usbdev-attach", kUsb},
    {"usbdev-detach", kUsb},
    {"vncviewer", kDeviceModel},
    {"vtpm-attach", kVtpm},
    {"vtpm-detach", kVtpm},
    {"vtpm-list", kVtpm},
    {"xenstore-quota-get", kQuota},
    {"xenstore-quota-set", kQuota},
});

}  // namespace

std::span<const AbsentCommand> absent_commands() { return kTable; }

}  // namespace zeroth::xl
