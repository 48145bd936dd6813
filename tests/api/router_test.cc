#include "api/router.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace api {
namespace {

Outcome<Reply> nothing(Incoming&) { return Reply{}; }

const vault::Policy& policy() { return vault::Policy::standard(); }

void add_all_but(Router& router, std::string_view left_out) {
  for (const auto& row : policy().routes()) {
    if (row.at("route") != left_out)
      router.add(row.at("method"), row.at("route"), kNoBody, nothing);
  }
}

TEST(Router, HasNoGapsWhenItHasTheTable) {
  Router router(policy());
  add_all_but(router, "");
  EXPECT_TRUE(router.gaps().empty());
}

TEST(Router, NamesARouteWithoutAHandler) {
  Router router(policy());
  add_all_but(router, "/v1/orders");
  EXPECT_EQ(router.gaps(), std::vector<std::string>{"without a handler: GET /v1/orders"});
}

TEST(Router, NamesAHandlerWithoutARoute) {
  Router router(policy());
  add_all_but(router, "");
  router.add("GET", "/v1/backdoor", kNoBody, nothing);
  EXPECT_EQ(router.gaps(), std::vector<std::string>{"not in the table: GET /v1/backdoor"});
}

TEST(Router, NamesARouteThatIsThereTwice) {
  Router router(policy());
  add_all_but(router, "");
  router.add("GET", "/v1/orders", kNoBody, nothing);
  const auto gaps = router.gaps();
  EXPECT_EQ(std::count(gaps.begin(), gaps.end(), "twice: GET /v1/orders"), 2);
}

TEST(Router, FindsARouteAndWhatItsPathNames) {
  Router router(policy());
  add_all_but(router, "");
  const auto match = router.match("GET", {"v1", "cases", "abc", "team"});
  ASSERT_NE(match.route, nullptr);
  EXPECT_EQ(match.route->pattern, "/v1/cases/{case}/team");
  EXPECT_EQ(match.route->right, "read_content");
  EXPECT_EQ(match.names.find("case")->second, "abc");
}

TEST(Router, SaysWhichMethodsAPathHas) {
  Router router(policy());
  add_all_but(router, "");
  const auto match = router.match("DELETE", {"v1", "cases"});
  EXPECT_EQ(match.route, nullptr);
  EXPECT_EQ(match.allow, "GET, POST");
}

TEST(Router, KnowsNoOtherPath) {
  Router router(policy());
  add_all_but(router, "");
  const std::vector<std::string> rows[] = {
      {}, {"v1"}, {"v2", "cases"}, {"v1", "cases", "abc", "team", "x"}, {"livez", ""}, {"LIVEZ"}};
  for (const auto& segments : rows) {
    const auto match = router.match("GET", segments);
    EXPECT_EQ(match.route, nullptr);
    EXPECT_EQ(match.allow, "");
  }
}

}  // namespace
}  // namespace api
