// SPDX-License-Identifier: Apache-2.0
#include "daemon/http/router.hpp"

#include <gtest/gtest.h>

namespace zeroth::daemon::http {
namespace {

Router make_router() {
    const auto nothing = [](const Request&) { return Reply{}; };
    return Router{
        {{"GET", "/v1/domains", Access::kRead, nothing},
         {"DELETE", "/v1/domains/{domain}", Access::kChange, nothing},
         {"PUT", "/v1/domains/{domain}/vcpus/{vcpu}/affinity", Access::kChange, nothing}}};
}

Request request(std::string method, std::string_view target) {
    Request made;
    made.method = std::move(method);
    EXPECT_TRUE(parse_target(target, made));
    return made;
}

TEST(ParseTarget, SplitsAndDecodes) {
    const auto made = request("GET", "/v1/domains/a%20b?uptime=true&empty&x=%2F");
    EXPECT_EQ(made.path, (std::vector<std::string>{"v1", "domains", "a b"}));
    EXPECT_TRUE(made.has("uptime"));
    EXPECT_EQ(made.query.at("x"), "/");
    EXPECT_FALSE(made.has("absent"));
    EXPECT_FALSE(request("GET", "/?uptime=false").has("uptime"));
}

TEST(ParseTarget, RefusesWhatIsNoPath) {
    for (const auto* target : {"", "v1", "http://host/", "/%", "/%4", "/%zz"}) {
        Request made;
        EXPECT_FALSE(parse_target(target, made)) << target;
    }
}

TEST(Router, FillsInArguments) {
    const auto router = make_router();
    auto wanted = request("PUT", "/v1/domains/g1/vcpus/3/affinity");
    const auto route = router.find(wanted);
    ASSERT_TRUE(route);
    EXPECT_EQ((*route)->access, Access::kChange);
    EXPECT_EQ(wanted.arguments, (std::vector<std::string>{"g1", "3"}));
}

TEST(Router, SaysWhatAPathAllows) {
    const auto router = make_router();
    auto wanted = request("POST", "/v1/domains/g1");
    const auto route = router.find(wanted);
    ASSERT_FALSE(route);
    EXPECT_EQ(route.error().status, 405U);
    EXPECT_NE(route.error().body.find("this path allows DELETE"), std::string::npos);
}

TEST(Router, KnowsNothingElse) {
    const auto router = make_router();
    for (const auto* target : {"/", "/v1", "/v1/domains/a/b", "/v2/domains"}) {
        auto wanted = request("GET", target);
        const auto route = router.find(wanted);
        ASSERT_FALSE(route) << target;
        EXPECT_EQ(route.error().status, 404U);
        EXPECT_EQ(route.error().content_type, "application/problem+json");
    }
}

}  // namespace
}  // namespace zeroth::daemon::http
