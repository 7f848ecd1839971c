// SPDX-License-Identifier: Apache-2.0
#include <random>

#include "tests/unit/xenstore/daemon/kill_load.hpp"

/// A server that is killed, and the next, and the next: a domain and a socket client ask on, and
/// all that the journal holds is at any time what a model says that it may hold.
namespace zeroth::xenstored {
namespace {

class KillAtEveryRecord : public ::testing::TestWithParam<Moment::Side> {};

INSTANTIATE_TEST_SUITE_P(Sides, KillAtEveryRecord,
                         ::testing::Values(Moment::Side::kBefore, Moment::Side::kAfter));

TEST_P(KillAtEveryRecord, LosesNothingAndRepeatsNothing) {
    for (std::size_t record = 1; !HasFailure(); ++record) {
        SCOPED_TRACE(record);
        Load run;
        run.start({GetParam(), record});
        run.scripted_load();
        run.expect_model();
        if (run.kills() == 0) {
            EXPECT_GT(record, 30U);
            return;
        }
    }
}

void kill_often(Load& run, int kills, unsigned seed) {
    std::mt19937 random{seed};
    std::uniform_int_distribution<int> microseconds{0, 4000};
    for (int number = 0; run.kills() < kills && !Load::failed(); ++number) {
        run.kill_within(std::chrono::microseconds{microseconds(random)});
        run.round(number);
        if (number % 3 == 0) run.transaction(number);
    }
    run.expect_model();
}

class KillAtRandom : public ::testing::TestWithParam<unsigned> {};

INSTANTIATE_TEST_SUITE_P(Seeds, KillAtRandom, ::testing::Range(0U, 9U));

TEST_P(KillAtRandom, LosesNothingAndRepeatsNothing) {
    Load run;
    run.start();
    run.introduce();
    kill_often(run, 112, GetParam());
}

TEST(KillInCompaction, LosesNothingAndRepeatsNothing) {
    Load run;
    run.start();
    run.introduce();
    run.fill();
    kill_often(run, 50, 1);
    EXPECT_GT(run.kills_in_compaction(), 0);
}

}  // namespace
}  // namespace zeroth::xenstored
