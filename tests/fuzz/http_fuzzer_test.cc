// Requests made at random, right and wrong, against a real service: it answers or closes, never
// fails, and afterwards the store is sound and holds what was acknowledged, and only that.
#include <gmock/gmock.h>
#include <signal.h>

#include <nlohmann/json.hpp>
#include <set>

#include "fuzz/http_exchange.h"
#include "fuzz/http_grammar.h"
#include "support/desk.h"
#include "support/house.h"
#include "support/remote.h"
#include "vault/keys.h"
#include "vault/lmdb_meta.h"

namespace fuzz {
namespace {

using nlohmann::json;
using testing::IsEmpty;

using Ids = std::set<std::string>;

// The ids that the store has rows of a kind for.
Ids stored(const std::string& data, vault::Kind kind) {
  const auto meta = vault::open_lmdb_meta(data + "/meta", {.read_only = true}).value();
  const auto first = static_cast<std::uint8_t>(kind);
  const crypto::Bytes begin{first}, end{static_cast<std::uint8_t>(first + 1)};
  Ids ids;
  const auto read = meta->read([&](const vault::ReadTxn& txn) {
    return txn.scan(begin, end, [&](crypto::ByteView key, crypto::ByteView) {
      ids.insert(crypto::Id::from(key.subspan(1, 16)).value().text());
      return true;
    });
  });
  EXPECT_TRUE(read);
  return ids;
}

Ids minus(const Ids& a, const Ids& b) {
  Ids rest;
  std::set_difference(a.begin(), a.end(), b.begin(), b.end(), std::inserter(rest, rest.end()));
  return rest;
}

class HttpFuzzer : public testing::Test {
 protected:
  HttpFuzzer() {
    known_.ids = {{"case", house_.case_id().text()},      {"agency", house_.agency().text()},
                  {"node", house_.case_id().text()},      {"node", house_.agency().text()},
                  {"key", house_.manager().key().text()}, {"document", house_.case_id().text()}};
    log_in();
  }

  void log_in() {
    ASSERT_TRUE(desk_.lend_key(house_.manager()));
    known_.token = desk_.token;
  }

  // Sends `count` exchanges. Stops at the first that is not answered as it must be.
  void run(std::uint64_t seed, int count) {
    HttpGrammar grammar(seed, known_);
    HttpExchanger exchanger(house_.address().port);
    for (int i = 0; i < count && !HasFailure(); ++i) {
      const std::string bytes = grammar.bytes();
      SCOPED_TRACE("exchange " + std::to_string(i) + " of seed " + std::to_string(seed) + ":\n" +
                   testing::PrintToString(bytes.substr(0, 1500)));
      check(exchanger.exchange(bytes));
      // A session that was ended by a request makes all that follow strangers'.
      if (i % 16 == 0 && desk_.get("/v1/session").status == 401) log_in();
    }
  }

  void check(const Exchange& exchange) {
    EXPECT_FALSE(exchange.silent) << "it hangs";
    EXPECT_FALSE(exchange.unreadable) << "what came is no answer";
    const auto& requests = exchange.meaning.requests;
    for (std::size_t i = 0; i < exchange.replies.size(); ++i) {
      const bool to_request = i < requests.size();
      check_reply(exchange.replies[i], to_request);
      if (to_request) acknowledge(requests[i], exchange.replies[i]);
    }
    for (std::size_t i = exchange.replies.size(); i < requests.size(); ++i) {
      if (requests[i].method != "GET" && requests[i].method != "HEAD") ++unanswered_;
    }
  }

  void check_reply(const Reply& reply, bool to_request) {
    EXPECT_TRUE(reply.status >= 200 && reply.status < 600) << reply.status;
    ++answers_.at(static_cast<std::size_t>(reply.status) / 100);
    const bool of_protocol = !to_request && (reply.status == 501 || reply.status == 505);
    EXPECT_TRUE(reply.status < 500 || of_protocol) << reply.status << " " << reply.body;
    EXPECT_EQ(reply.headers.count("request-id"), 1U);
    if (reply.status < 400 || reply.body.empty()) return;
    EXPECT_EQ(reply.headers.one("content-type"), "application/problem+json") << reply.status;
    EXPECT_TRUE(json::accept(reply.body)) << reply.body;
  }

  void acknowledge(const Asked& asked, const Reply& reply) {
    if (reply.status != 201 || asked.method != "POST") return;
    const auto& path = asked.segments;
    if (path.size() < 2 || path.front() != "v1" || path[1] != "cases") return;
    const bool is_case = path.size() == 2;
    if (!is_case && path.back() != "documents") return;
    const std::string id = json::parse(reply.body).at("id");
    EXPECT_TRUE((is_case ? cases_ : documents_).insert(id).second) << "acknowledged twice";
    // Not more of one kind than there is use for.
    if (known_.ids.count(is_case ? "case" : "document") < 40) {
      known_.ids.emplace(is_case ? "case" : "document", id);
    }
  }

  // What was acknowledged is there, and nothing else but what no answer said anything of.
  void check_store() {
    EXPECT_EQ(::kill(house_.service(), 0), 0) << "it is gone";
    const Ids cases = minus(stored(house_.data(), vault::Kind::case_file), before_);
    const Ids documents = stored(house_.data(), vault::Kind::document);
    EXPECT_THAT(minus(cases_, cases), IsEmpty());
    EXPECT_THAT(minus(documents_, documents), IsEmpty());
    EXPECT_LE(minus(cases, cases_).size() + minus(documents, documents_).size(), unanswered_);
    // So that the above says something.
    EXPECT_FALSE(cases_.empty() || documents_.empty() || answers_[2] == 0 || answers_[4] == 0);
    EXPECT_TRUE(house_.stop()) << "it did not end well";
    const auto verified = support::run({{std::string(SEGEL_BIN) + "/segel", "verify-store",
                                         house_.data(), "--log-key", house_.log_verifier()}});
    EXPECT_EQ(verified.exit_code, 0) << verified.out << verified.err;
    std::printf(
        "answers: %d well, %d refused, %d of the protocol; %zu cases, %zu documents, %zu "
        "acts without an answer\n",
        answers_[2] + answers_[3], answers_[4], answers_[5], cases_.size(), documents_.size(),
        unanswered_);
  }

  support::House house_;
  support::RemoteService remote_{house_.address()};
  support::Desk desk_{remote_};
  Known known_;
  Ids before_ = stored(house_.data(), vault::Kind::case_file);
  Ids cases_, documents_;       // acknowledged
  std::size_t unanswered_ = 0;  // acts on connections that ended before their answer
  std::array<int, 6> answers_{};
};

TEST_F(HttpFuzzer, Of2000ExchangesFindsTheServiceSound) {
  run(1, 2000);
  check_store();
}

TEST_F(HttpFuzzer, Of200000ExchangesFindsTheServiceSound) {
  const char* seed = std::getenv("SEGEL_FUZZ_SEED");
  run(seed == nullptr ? 2 : std::strtoull(seed, nullptr, 10), 200'000);
  check_store();
}

}  // namespace
}  // namespace fuzz
