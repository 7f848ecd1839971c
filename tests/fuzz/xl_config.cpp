// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "libdomain/config/parse.hpp"

/// An xl.cfg by a stranger. What is accepted must read the same again, from both forms.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace zeroth::config;
    const Source source{.name = "fuzz.cfg", .text = std::string(data, data + size)};
    const Parsed parsed = parse(source, Form::kXl);
    const std::string said = render(source, parsed.diagnostics, Colour::kYes);
    if (parsed.config.has_value() == has_errors(parsed.diagnostics)) std::abort();
    if (said.empty() != parsed.diagnostics.empty()) std::abort();
    if (!parsed.config) return 0;
    const Parsed xl = parse({.name = "again.cfg", .text = to_xl(*parsed.config)}, Form::kXl);
    if (!xl.config || !(*xl.config == *parsed.config)) std::abort();
    const Parsed toml = parse({.name = "again.toml", .text = to_toml(*parsed.config)}, Form::kToml);
    if (!toml.config || !(*toml.config == *parsed.config)) std::abort();
    return 0;
}
