// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>
#include <sys/types.h>

#include <string>

#include "hooks/script.hpp"

namespace zeroth::hooks::test {

/// A folder that is the test's own, and goes with it.
class OwnFolder : public ::testing::Test {
protected:
    void SetUp() override;
    void TearDown() override;

    /// A file in it, with the folders above: a script, unless its mode says otherwise.
    void write(const std::string& name, const std::string& contents, mode_t mode = 0755) const;
    std::string contents(const std::string& name) const;
    /// The scripts as an installation has them.
    void install_scripts() const;

    std::string dir_;
};

/// Runs it and waits for its end.
Result<ScriptEnd> run(const ScriptCall& call);

}  // namespace zeroth::hooks::test
