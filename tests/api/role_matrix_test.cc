// Every route times every role, and strangers: what they are answered follows from roles.csv and
// routes.csv, and who may not see a thing cannot tell it from one that is not there.
#include <set>

#include "api/walk.h"
#include "vault/case_code.h"

namespace api {
namespace {

// All that a caller gets of an answer but what differs from call to call.
std::string masked(Answer answer) {
  const std::string request(answer.headers.one("request-id").value_or(""));
  std::string text = std::to_string(answer.status) + "\n";
  for (const auto& [name, value] : answer.headers.all()) {
    if (name != "request-id" && name != "date") text += name + ": " + value + "\n";
  }
  for (std::size_t at; !request.empty() && (at = answer.body.find(request)) != std::string::npos;) {
    answer.body.replace(at, request.size(), "-");
  }
  return text + "\n" + answer.body;
}

std::string random_id() { return Id::make(FoundedVault::kStart).text(); }

class RoleMatrixTest : public WalkTest {
 protected:
  void check(const Probe& probe, const Caller& caller) {
    SCOPED_TRACE(probe.name() + " by " + caller.label);
    const std::string& right = rights_.right_of(probe.method, probe.route);
    const std::string thing = probe.thing ? probe.thing().text() : std::string();
    const auto ask = [&](const std::string& id) {
      return call(session_of(caller), probe, caller, id);
    };
    // First of what is not there, so that nothing is used up by the question.
    const Answer absent = probe.thing ? ask(random_id()) : Answer{};
    const Answer answer = ask(thing);
    if (probe.method == "DELETE") forget_session(caller);
    if (!rights_.grants(caller.role, right)) {
      EXPECT_EQ(answer.status, 403) << answer.body;
      EXPECT_EQ(answer.problem(), "wrong-role");
      if (!probe.thing) return;
      EXPECT_EQ(masked(answer), masked(absent));
      EXPECT_EQ(masked(answer), masked(ask("no-id")));
      return;
    }
    if (!probe.thing) {
      EXPECT_EQ(answer.status, probe.status(caller)) << answer.body;
      return;
    }
    EXPECT_EQ(absent.status, 404) << absent.body;
    if (probe.sees(caller)) {
      EXPECT_EQ(answer.status, probe.status(caller)) << answer.body;
    } else {
      EXPECT_EQ(masked(answer), masked(absent));
    }
  }

  void check_stranger(const Probe& probe, const std::string& token) {
    SCOPED_TRACE(probe.name() + " with the token '" + token + "'");
    const Caller& like = caller("MANAJER");  // whose request it might be
    Desk desk(service_.handler());
    desk.token = token;
    const std::string thing = probe.thing ? probe.thing().text() : std::string();
    const Answer answer = call(desk, probe, like, thing);
    if (rights_.right_of(probe.method, probe.route) == "-") {
      EXPECT_EQ(answer.status, probe.status(like)) << answer.body;
      return;
    }
    EXPECT_EQ(answer.status, 401);
    EXPECT_EQ(masked(answer), masked(call(desk, probe, like, random_id())));
  }
};

TEST_P(RoleMatrixTest, TableRouterAndWalkHaveTheSameRoutes) {
  std::set<std::string> table, served, walked;
  for (const auto& row : rights_.routes()) table.insert(row.at("method") + " " + row.at("route"));
  for (const auto& [method, route] : service_.routes()) served.insert(method + " " + route);
  for (const Probe& probe : probes()) walked.insert(probe.method + " " + probe.route);
  EXPECT_EQ(served, table);
  EXPECT_EQ(walked, table);
}

TEST_P(RoleMatrixTest, EveryRoleIsAnsweredByTheTables) {
  for (const Probe& probe : probes()) {
    for (const Caller& caller : callers()) check(probe, caller);
  }
}

// A request that nobody succeeds with would be refused to all for a reason of its own.
TEST_P(RoleMatrixTest, EveryRequestOfTheWalkIsRightForSomebody) {
  for (const Probe& probe : probes()) {
    const std::string& right = rights_.right_of(probe.method, probe.route);
    bool somebody = false;
    for (const Caller& caller : callers()) {
      somebody = somebody || (rights_.grants(caller.role, right) && probe.sees(caller) &&
                              probe.status(caller) < 300);
    }
    EXPECT_TRUE(somebody) << probe.name();
  }
}

TEST_P(RoleMatrixTest, StrangerHasNothingButTheOpenRoutes) {
  for (const Probe& probe : probes()) {
    check_stranger(probe, "");
    check_stranger(probe, "sgl_" + std::string(43, 'A'));
  }
}

// Codes are spoken and typed: one of somebody else's case is as one that was never given.
TEST_P(RoleMatrixTest, CodeOfAHiddenCaseIsAsOneThatWasNeverGiven) {
  const std::string code =
      session_of(caller("MANAJER")).get("/v1/cases/" + case_.text()).json().at("code");
  const std::string unused = vault::make_case_code("KKR");
  for (const Caller& caller : callers()) {
    SCOPED_TRACE(caller.label);
    Desk& desk = session_of(caller);
    const Answer hidden = desk.get("/v1/cases?code=" + code);
    const Answer absent = desk.get("/v1/cases?code=" + unused);
    const bool granted = rights_.grants(caller.role, rights_.right_of("GET", "/v1/cases"));
    EXPECT_EQ(absent.status, granted ? 404 : 403) << absent.body;
    const bool placed = caller.stand == Stand::member || caller.stand == Stand::depositor ||
                        caller.stand == Stand::custodian;
    if (!placed) {
      EXPECT_EQ(masked(hidden), masked(absent));
    } else {
      EXPECT_EQ(hidden.status, 200);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Both, RoleMatrixTest, ::testing::Values("opened", "sealed"),
                         [](const auto& row) { return std::string(row.param); });

}  // namespace
}  // namespace api
