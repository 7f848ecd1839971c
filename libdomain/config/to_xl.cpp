// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "libdomain/config/disk.hpp"
#include "libdomain/config/parse.hpp"
#include "libdomain/config/vif.hpp"
#include "libdomain/config/written.hpp"
#include "libdomain/config/xl_text.hpp"

namespace zeroth::config {
namespace {

std::string entry_of(const std::vector<EntryField>& fields) {
    std::string out;
    for (const EntryField& field : fields) {
        if (!out.empty()) out += ',';
        out += field.kind == EntryField::Kind::kFlag
                   ? field.flag
                   : fmt::format("{}={}", field.name, field.value);
    }
    return out;
}

/// One element stays on the key's line; more get a line each.
void put_list(std::string& out, std::string_view key, const std::vector<std::string>& elements) {
    if (elements.size() == 1) {
        out += fmt::format("{} = [ {} ]\n", key, elements.front());
        return;
    }
    out += fmt::format("{} = [\n", key);
    for (const std::string& element : elements) out += fmt::format("    {},\n", element);
    out += "]\n";
}

template <class Devices>
void put_devices(std::string& out, std::string_view key, const Devices& devices) {
    std::vector<std::string> entries;
    for (const auto& device : devices) entries.push_back(xl_quoted(entry_of(fields_of(device))));
    if (!entries.empty()) put_list(out, key, entries);
}

}  // namespace

std::string to_xl(const DomainConfig& config) {
    std::string out;
    for (const Setting& setting : settings_of(config))
        out += fmt::format("{} = {}\n", setting.key, xl_text(setting.value));
    put_devices(out, "vif", config.vif);
    put_devices(out, "disk", config.disk);
    return out;
}

}  // namespace zeroth::config
