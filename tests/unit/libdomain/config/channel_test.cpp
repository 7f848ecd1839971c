// SPDX-License-Identifier: Apache-2.0
#include "libdomain/config/channel.hpp"

#include <gtest/gtest.h>

namespace zeroth::config {
namespace {

TEST(Channel, IsAPtyOrASocket) {
    const auto pty = channel_of("name=org.example.agent,connection=pty");
    ASSERT_TRUE(pty);
    EXPECT_EQ(pty->name, "org.example.agent");
    EXPECT_EQ(pty->connection, Channel::Connection::kPty);
    const auto socket = channel_of("connection=socket, path=/run/a.sock, name=a");
    ASSERT_TRUE(socket);
    EXPECT_EQ(socket->connection, Channel::Connection::kSocket);
    EXPECT_EQ(socket->path, "/run/a.sock");
}

TEST(Channel, WhatIsMissingOrWrongIsRefused) {
    for (const char* const text :
         {"", "name=a", "connection=pty", "name=,connection=pty", "name=a,connection=tcp",
          "name=a,connection=socket", "name=a,connection=socket,path=run/a",
          "name=a,connection=pty,x=1", "name=a,connection=pty,path=/run/a",
          "name=a,connection=pty,backend=3"}) {
        EXPECT_FALSE(channel_of(text)) << text;
    }
    EXPECT_FALSE(channel_of("name=a,connection=socket,path=/" + std::string(200, 'x')));
}

}  // namespace
}  // namespace zeroth::config
