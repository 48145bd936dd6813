#include "api/endpoint.h"

#include <gtest/gtest.h>

#include "api/service.h"
#include "support/desk.h"

namespace api {
namespace {

using support::Answer;
using support::Desk;
using support::FoundedVault;

constexpr const char* kSomeId = "01890a5d-ac96-774b-bcce-b302099a8057";

class EndpointTest : public ::testing::Test {
 protected:
  EndpointTest() {
    options_.clock = founded_.clock();
    options_.steady = founded_.steady();
    service_ = std::make_unique<Service>(founded_.vault(), options_);
    desk_ = std::make_unique<Desk>(service_->handler());
  }

  FoundedVault founded_;
  ServiceOptions options_;
  std::unique_ptr<Service> service_;
  std::unique_ptr<Desk> desk_;
};

TEST_F(EndpointTest, EntersItsStartAndStop) {
  EXPECT_EQ(founded_.entries("service.start"), 1U);
  service_->stop();
  EXPECT_EQ(founded_.entries("service.stop"), 1U);
}

TEST_F(EndpointTest, SaysThatItLivesAndIsReady) {
  EXPECT_EQ(desk_->get("/livez").body, "ok\n");
  const Answer ready = desk_->get("/readyz");
  EXPECT_EQ(ready.status, 200);
  EXPECT_EQ(ready.json().at("ready"), true);
  EXPECT_EQ(ready.json().at("trial"), false);
  EXPECT_GE(ready.json().at("log_size").get<int>(), 2);
}

TEST_F(EndpointTest, PutsItsHeadersOnEveryAnswer) {
  for (const char* target : {"/livez", "/v1/session", "/nowhere"}) {
    const Answer answer = desk_->get(target);
    EXPECT_TRUE(answer.headers.one("request-id")) << target;
    EXPECT_EQ(answer.headers.one("cache-control"), "no-store") << target;
    EXPECT_EQ(answer.headers.one("x-content-type-options"), "nosniff") << target;
  }
}

TEST_F(EndpointTest, ChecksPathThenMethodThenSession) {
  EXPECT_EQ(desk_->get("/v1/nowhere").problem(), "not-found");
  const Answer method = desk_->call("DELETE", "/v1/cases");
  EXPECT_EQ(method.status, 405);
  EXPECT_EQ(method.headers.one("allow"), "GET, POST");
  const Answer session = desk_->get("/v1/cases");
  EXPECT_EQ(session.problem(), "session-ended");
  EXPECT_EQ(session.headers.one("www-authenticate"), "Bearer");
  desk_->token = "sgl_" + std::string(43, 'a');
  EXPECT_EQ(desk_->get("/v1/cases").problem(), "session-ended");
}

TEST_F(EndpointTest, RefusesARoleBeforeItLooksAtAnyId) {
  ASSERT_TRUE(desk_->lend_key(founded_.first_admin));
  const Answer some = desk_->get(std::string("/v1/cases/") + kSomeId);
  const Answer none = desk_->get("/v1/cases/no-id-at-all");
  EXPECT_EQ(some.problem(), "wrong-role");
  EXPECT_EQ(none.problem(), "wrong-role");
}

TEST_F(EndpointTest, EntersWhatItRefusesToAKnownPerson) {
  ASSERT_TRUE(desk_->lend_key(founded_.first_admin));
  desk_->get(std::string("/v1/cases/") + kSomeId);
  EXPECT_EQ(founded_.entries("refused"), 1U);
  const std::string line = founded_.last_line();
  EXPECT_NE(line.find("GET /v1/cases/{case}"), std::string::npos) << line;
  EXPECT_NE(line.find("wrong-role"), std::string::npos) << line;
  EXPECT_EQ(line.find(kSomeId), std::string::npos) << line;
  EXPECT_NE(line.find(founded_.first_admin.key().text()), std::string::npos) << line;
}

TEST_F(EndpointTest, FoldsWhatItRefusesToStrangers) {
  for (int i = 0; i < 50; ++i) desk_->get("/v1/session");
  EXPECT_EQ(founded_.entries("refused"), 0U);
  founded_.pass(Refusals::kEvery);
  service_->tick();
  EXPECT_EQ(founded_.entries("refused"), 1U);
  EXPECT_NE(founded_.last_line().find("session-ended=50"), std::string::npos);
}

TEST_F(EndpointTest, TakesNoBodyThatItsRouteDoesNotExpect) {
  const std::string large((1U << 20) + 1, ' ');
  EXPECT_EQ(desk_->call("GET", "/livez", "x").status, 413);
  EXPECT_EQ(desk_->call("POST", "/v1/sessions", std::string(5000, ' ')).status, 413);
  ASSERT_TRUE(desk_->lend_key(founded_.first_admin));
  EXPECT_EQ(desk_->call("POST", "/v1/agencies", large).status, 413);
}

struct BadBody {
  const char* name;
  const char* body;
  const char* type;
  int status;
};
constexpr BadBody kBadBodies[] = {
    {"NoJson", "hello", "application/json", 400},
    {"NoObject", "[]", "application/json", 400},
    {"Twice", "{\"code\":\"NGO\",\"code\":\"NGO\"}", "application/json", 400},
    {"Unknown", "{\"code\":\"NGO\",\"name\":\"n\",\"enrolment\":\"e\",\"x\":1}", "application/json",
     400},
    {"WrongType", "{\"code\":1,\"name\":\"n\",\"enrolment\":\"e\"}", "application/json", 400},
    {"Missing", "{}", "application/json", 400},
    {"NoEnrolment", "{\"code\":\"NGO\",\"name\":\"n\",\"enrolment\":\"e\"}", "application/json",
     422},
    {"OtherType", "{}", "text/plain", 415},
};
TEST_F(EndpointTest, RefusesBodiesThatAreNotOfTheirForm) {
  ASSERT_TRUE(desk_->lend_key(founded_.first_admin));
  for (const BadBody& row : kBadBodies) {
    EXPECT_EQ(desk_->call("POST", "/v1/agencies", row.body, row.type).status, row.status)
        << row.name;
  }
}

TEST_F(EndpointTest, BeginsNoSessionWithoutAKnownKey) {
  EXPECT_FALSE(desk_->lend_key(support::make_person()));
  EXPECT_EQ(desk_->post("/v1/sessions", {{"identity", "AGE-SECRET-KEY-1"}}).status, 400);
  EXPECT_EQ(desk_->post("/v1/sessions", {{"recipient", "age1"}}).status, 400);
  EXPECT_EQ(desk_->post("/v1/sessions").status, 400);
}

TEST_F(EndpointTest, TellsWhoIsLoggedInAndLogsOut) {
  ASSERT_TRUE(desk_->answer_challenge(founded_.first_admin));
  const auto session = desk_->get("/v1/session").json();
  EXPECT_EQ(session.at("key"), founded_.first_admin.key().text());
  EXPECT_EQ(session.at("role"), "ADMIN");
  EXPECT_EQ(session.at("via"), "sealed");
  EXPECT_EQ(session.at("idle_seconds"), 300);
  EXPECT_EQ(desk_->call("DELETE", "/v1/session").status, 204);
  EXPECT_EQ(desk_->get("/v1/session").problem(), "session-ended");
}

TEST_F(EndpointTest, GivesFiguresWithoutIds) {
  desk_->get("/livez");
  ASSERT_TRUE(desk_->lend_key(founded_.first_admin));
  desk_->get(std::string("/v1/access-keys/") + kSomeId);
  Desk figures(service_->metrics());
  const std::string text = figures.get("/metrics").body;
  EXPECT_NE(text.find("route=\"/livez\""), std::string::npos) << text;
  EXPECT_NE(text.find("route=\"/v1/access-keys/{key}\",status=\"4xx\"} 1"), std::string::npos)
      << text;
  EXPECT_NE(text.find("segel_sessions 1"), std::string::npos) << text;
  EXPECT_EQ(text.find(kSomeId), std::string::npos);
  EXPECT_EQ(figures.get("/livez").status, 404);
}

TEST_F(EndpointTest, CountsNoMethodThatSomebodyMadeUp) {
  Desk figures(service_->metrics());
  desk_->call("MADE-UP", "/livez");
  desk_->call("MADE-UP", "/none");
  const std::string once = figures.get("/metrics").body;
  EXPECT_EQ(once.find("MADE-UP"), std::string::npos) << once;
  desk_->call("MADE-UP-TOO", "/livez");
  const auto lines = [](const std::string& text) {
    return std::count(text.begin(), text.end(), '\n');
  };
  EXPECT_EQ(lines(figures.get("/metrics").body), lines(once));
}

TEST_F(EndpointTest, AnswersWhatIsNoRequestWithAProblemOfItsStatus) {
  const std::pair<int, const char*> rows[] = {{400, "bad-request"},      {400, "no such type"},
                                              {413, "too-large"},        {414, "uri-too-long"},
                                              {417, "bad-request"},      {421, "bad-request"},
                                              {426, "upgrade-required"}, {431, "head-too-large"},
                                              {501, "not-implemented"},  {503, "busy"},
                                              {505, "http-version"}};
  for (const auto& [status, type] : rows) {
    const Reply reply = service_->handler().problem(status, type, "en");
    EXPECT_EQ(reply.status, status) << type;
    EXPECT_EQ(nlohmann::json::parse(reply.body).at("status"), status) << type;
  }
}

}  // namespace
}  // namespace api
