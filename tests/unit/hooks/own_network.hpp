// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "hooks/network.hpp"

namespace zeroth::hooks::test {

/// A network that is the test's own: nothing in it but what the test makes.
class OwnNetwork : public ::testing::Test {
protected:
    void SetUp() override;

    Network& network() { return *network_; }
    /// An interface of that kind; "veth" comes with a peer.
    void add(const std::string& name, const std::string& kind);
    void remove(const std::string& name);
    Link link(const std::string& name);

private:
    std::optional<Network> network_;
    std::optional<netlink::Socket> socket_;
};

}  // namespace zeroth::hooks::test
