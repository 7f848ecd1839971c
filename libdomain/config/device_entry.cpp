// SPDX-License-Identifier: Apache-2.0
#include "libdomain/config/device_entry.hpp"

#include "libdomain/config/disk.hpp"
#include "libdomain/config/report.hpp"
#include "libdomain/config/source_map.hpp"
#include "libdomain/config/value.hpp"
#include "libdomain/config/vif.hpp"

namespace zeroth::config {
namespace {

template <class Device>
ParsedEntry<Device> parse(const std::string& text,
                          std::optional<Device> (*read)(const Value&, Report&)) {
    const SourceMap map{text};
    Report report{map};
    Value value;
    value.kind = Value::Kind::kString;
    value.text = text;
    value.span = {0, text.size()};
    value.pieces = {{0, 0}};
    auto device = read(value, report);
    return {std::move(device), std::move(report).take()};
}

}  // namespace

ParsedEntry<Vif> parse_vif(const std::string& text) { return parse<Vif>(text, read_vif); }

ParsedEntry<Disk> parse_disk(const std::string& text) { return parse<Disk>(text, read_disk); }

}  // namespace zeroth::config
