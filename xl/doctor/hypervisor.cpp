// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <charconv>

#include "xl/doctor/checks.hpp"

namespace zeroth::xl::doctor {
namespace {

/// Releases whose interfaces zeroth knows (libdomain/hypervisor/abi).
constexpr unsigned kMajor = 4, kOldestMinor = 17, kNewestMinor = 22;

unsigned number_in(const Root& root, std::string_view file) {
    const std::string text = root.text(file).value_or("");
    unsigned value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

std::string capabilities(const Root& root) {
    return root.text("/proc/xen/capabilities").value_or("");
}

bool is_xen(const Root& root) {
    return root.text("/sys/hypervisor/type") == "xen" || root.exists("/proc/xen");
}

Finding version(const Root& root) {
    const unsigned major = number_in(root, "/sys/hypervisor/version/major");
    const unsigned minor = number_in(root, "/sys/hypervisor/version/minor");
    if (major == 0)
        return warning("Xen", "its version is not in /sys/hypervisor",
                       "a kernel with CONFIG_XEN_SYS_HYPERVISOR shows it");
    const auto text = fmt::format("{}.{}{}", major, minor,
                                  root.text("/sys/hypervisor/version/extra").value_or(""));
    if (major == kMajor && minor >= kOldestMinor && minor <= kNewestMinor)
        return ok("Xen", fmt::format("{}, which zeroth supports", text));
    return missing("Xen", fmt::format("{}, which zeroth does not support", text),
                   fmt::format("zeroth knows the interfaces of Xen {}.{} to {}.{}", kMajor,
                               kOldestMinor, kMajor, kNewestMinor));
}

}  // namespace

Place find_place(const Root& root) {
    if (!is_xen(root)) return Place::kNoXen;
    const std::string words = capabilities(root);
    // Without xenfs nobody can tell: it is domain 0 that has something to mount it for.
    if (words.find("control_d") != std::string::npos || !root.exists("/proc/xen/capabilities"))
        return Place::kDomain0;
    return Place::kGuest;
}

void check_hypervisor(const Root& root, Findings& findings) {
    switch (find_place(root)) {
        case Place::kNoXen:
            findings.push_back(
                missing("Xen", "this machine does not run on Xen",
                        "boot Xen, and Linux as its domain 0; `xld --hypervisor=sim` is a model "
                        "of a Xen host that runs anywhere"));
            return;
        case Place::kGuest:
            findings.push_back(missing("Xen", "this is a guest, not domain 0",
                                       "run xl where the guests are made"));
            return;
        case Place::kDomain0:
            findings.push_back(version(root));
    }
}

}  // namespace zeroth::xl::doctor
