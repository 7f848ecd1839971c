// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/daemon/console/hub_world.hpp"

namespace zeroth::daemon::console {
namespace {

class RestTest : public HubTest {
protected:
    /// Nothing happens for a while.
    void rest() {
        run();
        hub_->rest();
        hub_->rest();
    }
};

TEST_F(RestTest, AConsoleAtWhichNothingHappensHasNoPageMapped) {
    Guest guest{sim_};
    ASSERT_TRUE(hub_->attach(guest.description()));
    guest.print("one ");
    const auto mapped = sim_.machine->live_mappings();
    rest();
    EXPECT_EQ(sim_.machine->live_mappings(), mapped - 1);
    guest.print("two ");
    run();
    EXPECT_EQ(log_of(guest), "one two ");
    rest();
    const auto typing = watch(guest, kTyping);
    type(typing, "ls\n");
    run();
    EXPECT_EQ(guest.read(), "ls\n");
    rest();
    EXPECT_EQ(sim_.machine->live_mappings(), mapped - 1);
}

TEST_F(RestTest, ARestingConsoleLosesNothingWhenItsDomainEnds) {
    Guest guest{sim_};
    ASSERT_TRUE(hub_->attach(guest.description()));
    guest.print("one ");
    rest();
    // On its way in the ring, and its event not yet heard.
    guest.print("last words");
    hub_->hold(guest.id());
    const auto log = "guest-" + guest.description().domain_name + ".log";
    ASSERT_TRUE(sim_.xen->destroy_domain(guest.id()));
    hub_->detach(guest.id());
    EXPECT_EQ(file(log), "one last words");
}

TEST_F(RestTest, WhoEndsBeforeAnybodyKnewLosesNothingWhileItsMemoryIsThere) {
    Guest guest{sim_};
    ASSERT_TRUE(hub_->attach(guest.description()));
    rest();
    guest.print("last words");
    hub_->detach(guest.id());
    EXPECT_EQ(log_of(guest), "last words");
}

TEST_F(RestTest, ARestingConsoleThatIsKilledGoesOnWhereItWas) {
    Guest guest{sim_};
    ASSERT_TRUE(hub_->attach(guest.description()));
    guest.print("one ");
    rest();
    kill();
    guest.print("two ");
    start();
    ASSERT_TRUE(hub_->attach(guest.description()));
    run();
    EXPECT_EQ(log_of(guest), "one two ");
}

}  // namespace
}  // namespace zeroth::daemon::console
