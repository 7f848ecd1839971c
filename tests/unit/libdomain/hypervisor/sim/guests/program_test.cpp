// SPDX-License-Identifier: Apache-2.0
#include "libdomain/hypervisor/sim/guests/program.hpp"

#include <gtest/gtest.h>

namespace zeroth::hyper::sim {
namespace {

using namespace std::chrono_literals;

TEST(Program, NameAndOptionsSayWhatItDoes) {
    const auto crash = parse_program("crash,after=5");
    ASSERT_TRUE(crash);
    EXPECT_EQ(crash->ending, ShutdownReason::kCrash);
    EXPECT_EQ(crash->after, 5ms);
    const auto hang = parse_program("hang");
    ASSERT_TRUE(hang);
    EXPECT_FALSE(hang->alive);
    const auto deaf = parse_program("ignore-shutdown");
    ASSERT_TRUE(deaf);
    EXPECT_FALSE(deaf->obeys);
    const auto chatter = parse_program("chatter,rate=0");
    ASSERT_TRUE(chatter);
    EXPECT_TRUE(chatter->chatters);
    EXPECT_EQ(chatter->rate, 0U);
}

TEST(Program, UnknownNamesAndOptionsAreRefused) {
    const auto refusal = [](std::string_view text) {
        const auto program = parse_program(text);
        return program ? std::string{} : program.error().text();
    };
    EXPECT_EQ(refusal("lunix"),
              "there is no simulated guest 'lunix'; there are linux, chatter, crash, hang, "
              "ignore-shutdown, poweroff, reboot-loop, soft-reset, watchdog");
    EXPECT_EQ(refusal("linux,after=5"), "the simulated guest 'linux' has no options");
    EXPECT_EQ(refusal("crash,rate=5"),
              "the simulated guest 'crash' has no option 'rate', only after=NUMBER");
    EXPECT_EQ(refusal("crash,after=soon"),
              "after= of a simulated guest takes a number, not 'soon'");
    EXPECT_EQ(refusal("crash,after="), "after= of a simulated guest takes a number, not ''");
    EXPECT_EQ(refusal("crash,=5"),
              "the simulated guest 'crash' has no option '', only after=NUMBER");
}

TEST(Program, ItsKernelSaysWhichItIs) {
    const auto image = kernel_image("crash,after=5");
    EXPECT_EQ(program_text(image), "crash,after=5");
    const std::vector<std::byte> other(4096);
    EXPECT_EQ(program_text(other), std::nullopt);
    EXPECT_EQ(program_text({}), std::nullopt);
}

}  // namespace
}  // namespace zeroth::hyper::sim
