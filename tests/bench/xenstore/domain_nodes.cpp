// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/xenstore/domain_nodes.hpp"

namespace zeroth::bench {

namespace {

using xs::MessageType;

const std::vector<std::string> kDevices{"console", "vbd", "vif"};

}  // namespace

DomainNodes::DomainNodes(std::size_t domain)
    : id_{std::to_string(domain)},
      domain_{"/local/domain/" + id_},
      vm_{"/vm/6c2ea6a1-40f7-4b3e-9d5c-" + std::to_string(100'000'000'000 + domain)},
      libxl_{"/libxl/" + id_} {
    folders();
    values();
    for (const std::string& kind : kDevices) device(kind);
    if (size() + 2 != kRequests) give_up("a domain of another size than the table's");
}

void DomainNodes::folder(const std::string& path, const std::string& permissions) {
    requests_.push_back({MessageType::kMkdir, path, {}});
    requests_.push_back({MessageType::kSetPerms, path, permissions});
}

void DomainNodes::value(const std::string& path, const std::string& text) {
    requests_.push_back({MessageType::kWrite, path, text});
}

void DomainNodes::folders() {
    using namespace std::string_literals;
    const std::string read_only = "n0\0r"s + id_;
    const std::string own = "n" + id_;
    folder(domain_, read_only);
    folder(vm_, read_only);
    folder(libxl_, "n0");
    for (const char* name : {"/cpu", "/memory", "/device", "/control"})
        folder(domain_ + name, read_only);
    for (const char* name :
         {"/control/shutdown", "/control/feature-poweroff", "/control/sysrq",
          "/device/suspend/event-channel", "/data", "/drivers", "/attr", "/error"})
        folder(domain_ + name, own);
}

void DomainNodes::values() {
    value(vm_ + "/name", "guest-" + id_);
    value(vm_ + "/uuid", vm_.substr(vm_.rfind('/') + 1));
    value(vm_ + "/start_time", "1700000000.00");
    value(domain_ + "/vm", vm_);
    value(domain_ + "/name", "guest-" + id_);
    value(domain_ + "/domid", id_);
    value(domain_ + "/cpu/0/availability", "online");
    value(domain_ + "/cpu/1/availability", "online");
    value(domain_ + "/memory/static-max", "131072");
    value(domain_ + "/memory/target", "131073");
    value(domain_ + "/memory/videoram", "0");
    value(domain_ + "/store/port", "1");
    value(domain_ + "/store/ring-ref", "1");
    value(domain_ + "/control/platform-feature-multiprocessor-suspend", "1");
    value(domain_ + "/control/platform-feature-xs_reset_watches", "1");
    value(libxl_ + "/type", "pvh");
    value(libxl_ + "/dm-version", "qemu_xen");
    value(domain_ + "/console/port", "2");
    value(domain_ + "/console/limit", "1048576");
    value(domain_ + "/console/type", "xenconsoled");
}

std::string DomainNodes::backend(const std::string& kind) const {
    return "/local/domain/0/backend/" + kind + "/" + id_;
}

void DomainNodes::device(const std::string& kind) {
    using namespace std::string_literals;
    const std::string front = domain_ + "/device/" + kind + "/0";
    const std::string back = backend(kind) + "/0";
    const std::string kept = libxl_ + "/device/" + kind + "/0";
    folder(front, "n" + id_ + "\0r0"s);
    folder(back, "n0\0r"s + id_);
    folder(kept, "n0");
    const std::string ends[] = {front, back};
    for (const std::string& end : ends) {
        value(end + "/state", "1");
        value(end + "/handle", "0");
        value(end + "/protocol", "arm-abi");
        value(end + "/type", kind);
    }
    value(front + "/backend", back);
    value(front + "/backend-id", "0");
    for (const std::string& side : {back, kept}) value(side + "/frontend", front);
    value(kept + "/backend", back);
    value(back + "/frontend-id", id_);
    value(back + "/online", "1");
    value(back + "/script", "/etc/xen/scripts/" + kind);
    value(back + "/params", "/dev/vg0/guest-" + id_);
    value(back + "/mac", "00:16:3e:00:00:01");
}

void DomainNodes::ask(Connection& connection, std::size_t request,
                      std::uint32_t transaction) const {
    const auto& [type, path, argument] = requests_[request];
    if (type == MessageType::kWrite)
        connection.ask_write(transaction, path, argument);
    else if (type == MessageType::kMkdir)
        connection.ask(type, transaction, {path});
    else
        connection.ask(type, transaction, {path, argument});
}

std::vector<std::string> DomainNodes::roots() const {
    std::vector<std::string> roots{domain_, vm_, libxl_};
    for (const std::string& kind : kDevices) roots.push_back(backend(kind));
    return roots;
}

}  // namespace zeroth::bench
