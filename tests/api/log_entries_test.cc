// What every route leaves in the log, for whom it serves and for whom it refuses: exactly that.
#include <set>

#include "api/walk.h"
#include "crypto/log_entry.h"

namespace api {
namespace {

using crypto::LogEntry;
using Counts = std::map<std::string, int>;  // by action

std::string random_id() { return Id::make(FoundedVault::kStart).text(); }

class LogEntriesTest : public WalkTest {
 protected:
  std::uint64_t log_size() { return founded_.vault().log().head()->size; }

  std::vector<LogEntry> since(std::uint64_t size) {
    std::vector<LogEntry> entries;
    EXPECT_TRUE(
        founded_.vault().log().lines(size, log_size(), [&](std::uint64_t, std::string_view line) {
          entries.push_back(LogEntry::parse(line).value());
          return true;
        }));
    return entries;
  }

  static Counts count(const std::vector<LogEntry>& entries) {
    Counts counts;
    for (const LogEntry& entry : entries) ++counts[entry.action];
    return counts;
  }

  // By the name of a probe, or by that and its caller's where they differ.
  std::map<std::string, Counts> effects() const {
    const Counts deposit = opened() ? Counts{{"document.deposit", 1}} : Counts{};
    const std::string rotations = "POST /v1/nodes/{node}/rotations";
    const std::string content = "GET /v1/documents/{document}/content";
    std::map<std::string, Counts> effects{
        {"POST /v1/sessions with a key", {{"session.begin", 1}}},
        {"DELETE /v1/session", {{"session.end", 1}}},
        {"DELETE /v1/sessions", {{"session.end", 1}}},
        {"POST /v1/agencies", {{"order.create", 1}}},
        {"POST /v1/agencies/{agency}/access-keys", {{"key.enrol", 1}}},
        {"POST /v1/access-keys", {{"order.create", 1}}},
        {"POST /v1/orders/{order}/signatures", {{"agency.add", 1}}},
        {"POST /v1/nodes/{node}/lockboxes", {{"node.holder", 1}}},
        {"POST /v1/nodes/{node}/lockboxes of an older generation", {{"node.previous", 1}}},
        {"POST /v1/nodes/{node}/generations", {{"node.generation", 1}}},
        {rotations + " by ADMIN", {{"rotation.order", 1}}},
        {rotations, {{"node.generation", 1}}},
        {"POST /v1/rotations/{rotation}/batches", {{"rotation.batch", 1}}},
        {"POST /v1/rotations/{rotation}/batches to complete it", {{"rotation.complete", 1}}},
        {"POST /v1/cases", {{"case.create", 1}}},
        {"POST /v1/cases/{case}/team", {{"case.team", 1}}},
        {"POST /v1/cases/{case}/shares", {{"case.share", 1}}},
        {"POST /v1/shares/{share}/acceptance", {{"case.share.accept", 1}}},
        {"GET /v1/cases/{case}/documents", {{"document.list", 1}}},
        // A sealed deposit is one when its manifest comes; until then nothing has changed.
        {"POST /v1/cases/{case}/documents", deposit},
        {"PUT /v1/documents/{document}/content", deposit},
        {"PUT /v1/documents/{document}/manifest", {{"document.deposit", 1}}},
        {"GET /v1/documents/{document}", {{"document.show", 1}}},
        {"GET /v1/documents/{document}/versions", {{"document.show", 1}}},
        {"HEAD /v1/documents/{document}/content", {{"document.show", 1}}},
        {content, {{"document.open", 1}}},
        {content + " by KUSTODIAN", {{"document.open.unassigned", 1}}},
        {"GET /v1/cases/{case}/documents by KUSTODIAN", {{"document.list.unassigned", 1}}},
        {"GET /v1/documents/{document} by KUSTODIAN", {{"document.show.unassigned", 1}}},
        {"GET /v1/documents/{document}/versions by KUSTODIAN", {{"document.show.unassigned", 1}}},
        {"HEAD /v1/documents/{document}/content by KUSTODIAN", {{"document.show.unassigned", 1}}},
        {"GET /v1/log/entries without a case", {{"log.read", 1}}},
        {"GET /v1/log/entries of a case", {{"log.read", 1}}}};
    if (opened()) {
      effects[rotations + " by KUSTODIAN"] = {
          {"node.generation", 1}, {"rotation.batch", 1}, {"rotation.complete", 1}};
    }
    for (const char* silent : {"GET /livez",
                               "GET /readyz",
                               "GET /openapi.yaml",
                               "POST /v1/sessions",
                               "GET /v1/session",
                               "GET /v1/agencies",
                               "GET /v1/agencies/{agency}/access-keys",
                               "GET /v1/access-keys/{key}",
                               "GET /v1/orders",
                               "GET /v1/nodes/{node} of a case",
                               "GET /v1/nodes/{node} of an agency",
                               "GET /v1/nodes/{node}/lockboxes of a case",
                               "GET /v1/nodes/{node}/lockboxes of an agency",
                               "GET /v1/nodes/{node}/lockboxes of a holder",
                               "GET /v1/rotations/{rotation}",
                               "GET /v1/cases",
                               "GET /v1/cases/{case}",
                               "GET /v1/cases/{case}/team",
                               "GET /v1/cases/{case}/shares",
                               "GET /v1/log/checkpoint",
                               "GET /v1/log/proof"}) {
      effects[silent] = {};
    }
    return effects;
  }

  void check(const Probe& probe, const Caller& caller, const Counts& effect) {
    SCOPED_TRACE(probe.name() + " by " + caller.label);
    const std::string thing = probe.thing ? probe.thing().text() : std::string();
    const bool granted = rights_.grants(caller.role, rights_.right_of(probe.method, probe.route));
    const bool served = granted && probe.sees(caller);
    if (probe.thing) check_refused(probe, caller, random_id(), granted);
    if (!served) return check_refused(probe, caller, thing, granted);

    Desk& desk = session_of(caller);
    const std::uint64_t before = log_size();
    const Answer answer = call(desk, probe, caller, thing);
    ASSERT_EQ(answer.status, probe.status(caller)) << answer.body;
    const auto entries = since(before);
    EXPECT_EQ(count(entries), answer.status < 300 ? effect : Counts{});
    for (const LogEntry& entry : entries) {
      EXPECT_EQ(entry.actor, caller.person->key());
      EXPECT_EQ(entry.agency, caller.agency);
      EXPECT_EQ(entry.outcome, "ok");
    }
    if (probe.method == "DELETE") forget_session(caller);
  }

  void check_refused(const Probe& probe, const Caller& caller, const std::string& id,
                     bool granted) {
    Desk& desk = session_of(caller);
    const std::uint64_t before = log_size();
    call(desk, probe, caller, id);
    const auto entries = since(before);
    ASSERT_EQ(count(entries), (Counts{{"refused", 1}}));
    EXPECT_EQ(entries[0].actor, caller.person->key());
    EXPECT_EQ(entries[0].outcome, granted ? "not-found" : "wrong-role");
    EXPECT_EQ(entries[0].detail, probe.method + " " + probe.route);
  }
};

TEST_P(LogEntriesTest, EveryRouteLeavesExactlyTheEntriesItShould) {
  const auto known = effects();
  std::set<std::string> walked;
  for (const Probe& probe : probes()) {
    walked.insert(probe.method + " " + probe.route);
    for (const Caller& caller : callers()) {
      auto effect = known.find(probe.name() + " by " + caller.label);
      if (effect == known.end()) effect = known.find(probe.name());
      ASSERT_NE(effect, known.end()) << "nothing is expected of " << probe.name();
      // Sessions that other calls left are not this one's.
      if (probe.route == "/v1/sessions" && probe.method == "DELETE") {
        session_of(caller).call("DELETE", "/v1/sessions");
        forget_session(caller);
      }
      check(probe, caller, effect->second);
    }
  }
  for (const auto& row : rights_.routes()) {
    EXPECT_TRUE(walked.contains(row.at("method") + " " + row.at("route"))) << row.at("route");
  }
}

TEST_P(LogEntriesTest, VisitIsAnIntentAndAnEndHoweverManyReadsItHas) {
  const std::string path = "/v1/documents/" + new_document().text() + "/content";
  founded_.pass(6 * 60 * 1000);
  service_.tick();  // what other sessions there were are over
  Desk& desk = session_of(caller("MANAJER"));
  const std::uint64_t before = log_size();
  for (int read = 0; read < 3; ++read) EXPECT_EQ(desk.get(path).status, 200);
  desk.headers = {{"range", "bytes=0-1"}};
  EXPECT_EQ(desk.get(path).status, 206);
  desk.headers.clear();
  EXPECT_EQ(count(since(before)), (Counts{{"document.open", 1}}));

  // Three pauses, none of which ends the session; together they end the visit.
  for (int pause = 0; pause < 3; ++pause) {
    founded_.pass(4 * 60 * 1000);
    EXPECT_EQ(desk.get("/v1/session").status, 200);
    service_.tick();
  }
  const auto visit = since(before);
  EXPECT_EQ(count(visit), (Counts{{"document.open", 1}, {"document.read", 1}}));
  EXPECT_EQ(visit.back().action, "document.read");
  EXPECT_EQ(visit.back().actor, worker_.key());
  EXPECT_EQ(visit.back().document, visit.front().document);
  EXPECT_EQ(visit.back().outcome, "complete");

  // The next read is another visit, which ends with its session.
  EXPECT_EQ(desk.get(path).status, 200);
  EXPECT_EQ(desk.call("DELETE", "/v1/session").status, 204);
  EXPECT_EQ(count(since(before)),
            (Counts{{"document.open", 2}, {"document.read", 2}, {"session.end", 1}}));
}

TEST_P(LogEntriesTest, VisitsAndCountsGoOnWhateverTheClockIsSetTo) {
  const std::string path = "/v1/documents/" + new_document().text() + "/content";
  founded_.pass(6 * 60 * 1000);
  service_.tick();  // what other sessions there were are over
  Desk stranger(service_.handler());
  stranger.get("/v1/session");
  Desk& desk = session_of(caller("MANAJER"));
  EXPECT_EQ(desk.get(path).status, 200);
  const std::uint64_t before = log_size();
  founded_.set_clock(vault::Time{24} * 60 * 60 * 1000);
  service_.tick();
  EXPECT_EQ(count(since(before)), (Counts{}));
  founded_.set_clock(vault::Time{-48} * 60 * 60 * 1000);
  for (int pause = 0; pause < 3; ++pause) {
    founded_.pass(4 * 60 * 1000);
    EXPECT_EQ(desk.get("/v1/session").status, 200);
    service_.tick();
  }
  EXPECT_EQ(count(since(before)),
            (Counts{{"document.read", 1}, {"refused", 1}, {"service.clock", 1}}));
}

TEST_P(LogEntriesTest, TwoSessionsOrTwoVersionsAreTwoVisits) {
  const std::string path = "/v1/documents/" + new_document().text() + "/content";
  Desk first = desk_of(worker_), second = desk_of(worker_), third = desk_of(colleague_);
  EXPECT_EQ(second.get("/v1/session").status, 200);
  for (Desk* desk : {&first, &third}) desk->get("/v1/session");
  const std::uint64_t before = log_size();
  for (Desk* desk : {&first, &second, &third}) EXPECT_EQ(desk->get(path).status, 200);
  EXPECT_EQ(count(since(before)), (Counts{{"document.open", 3}}));
  service_.stop();
  EXPECT_EQ(count(since(before)),
            (Counts{{"document.open", 3}, {"document.read", 3}, {"service.stop", 1}}));
}

TEST_P(LogEntriesTest, StrangersAreCountedByNetworkAndAMinute) {
  std::vector<Probe> closed = probes();
  std::erase_if(closed, [&](const Probe& probe) {
    return rights_.right_of(probe.method, probe.route) == "-";
  });
  const std::uint64_t before = log_size();
  for (const char* origin : {"192.0.2.7", "192.0.2.99", "198.51.100.1"}) {
    Desk desk(service_.handler());
    desk.origin = origin;
    for (const Probe& probe : closed) desk.call(probe.method, probe.route);
  }
  service_.tick();
  EXPECT_EQ(log_size(), before);
  founded_.pass(61 * 1000);
  service_.tick();
  const auto entries = since(before);
  ASSERT_EQ(count(entries), (Counts{{"refused", 2}}));
  EXPECT_EQ(entries[0].origin, "192.0.2.0/24");
  EXPECT_EQ(entries[0].detail, "session-ended=" + std::to_string(2 * closed.size()));
  EXPECT_EQ(entries[1].origin, "198.51.100.0/24");
  EXPECT_EQ(entries[1].detail, "session-ended=" + std::to_string(closed.size()));
}

INSTANTIATE_TEST_SUITE_P(Both, LogEntriesTest, ::testing::Values("opened", "sealed"),
                         [](const auto& row) { return std::string(row.param); });

}  // namespace
}  // namespace api
