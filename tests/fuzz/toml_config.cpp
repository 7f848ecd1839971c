// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "libdomain/config/parse.hpp"

/// A guest's TOML by a stranger, and a word from the command line. What is accepted must read the
/// same again, from both forms.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace zeroth::config;
    const Source file{.name = "fuzz.toml", .text = std::string(data, data + size)};
    const Source source = append_overrides(file, {"name='fuzz'", "kernel='/k'"});
    const Parsed parsed = parse(source, Form::kToml);
    const std::string said = render(source, parsed.diagnostics, Colour::kNo);
    if (parsed.config.has_value() == has_errors(parsed.diagnostics)) std::abort();
    if (said.empty() != parsed.diagnostics.empty()) std::abort();
    if (!parsed.config) return 0;
    const Parsed toml = parse({.name = "again.toml", .text = to_toml(*parsed.config)}, Form::kToml);
    if (!toml.config || !(*toml.config == *parsed.config)) std::abort();
    const Parsed xl = parse({.name = "again.cfg", .text = to_xl(*parsed.config)}, Form::kXl);
    if (!xl.config || !(*xl.config == *parsed.config)) std::abort();
    return 0;
}
