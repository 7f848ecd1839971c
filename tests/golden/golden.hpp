// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

/// Expected outputs kept as files beside this header, in one folder per room.
namespace zeroth::testing {

/// Compares `text` with the file `name` ("config/foo.txt") under the golden folder and fails the
/// running test where they differ. With ZEROTH_ACCEPT=1 in the environment the file is rewritten
/// instead and the test reported as skipped, so that an accepting run never looks like a pass.
void expect_golden(std::string_view name, std::string_view text);

/// The golden folder, for tests whose inputs lie beside what is expected of them.
std::filesystem::path golden_dir();
/// A whole file; fails the running test where it cannot be read.
std::string read_file(const std::filesystem::path& path);

}  // namespace zeroth::testing
