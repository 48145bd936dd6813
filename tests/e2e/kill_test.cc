// The service is killed under a mixed load, again and again: what it acknowledged is there.
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <random>
#include <set>
#include <thread>

#include "e2e/load.h"
#include "support/desk.h"
#include "support/house.h"
#include "support/pattern.h"
#include "support/remote.h"

namespace e2e {
namespace {

using nlohmann::json;
using support::Answer;
using support::Desk;

constexpr std::size_t kClients = 8;

class KilledService : public ::testing::TestWithParam<unsigned> {
 protected:
  void SetUp() override { police_ = add_agency(house_, "POLRES"); }

  // Loads the service from eight clients, kills it in the middle, and starts it again on the same
  // folder. Gives what the clients were told.
  Told load_and_kill(std::mt19937& random, bool verify) {
    Load load(house_, police_);
    std::vector<std::thread> clients;
    for (std::size_t i = 0; i < kClients; ++i) {
      clients.emplace_back([&load, seed = random()] { load.work(static_cast<unsigned>(seed)); });
    }
    load.wait_for(10 + random() % 40);
    // The moment is what this test is about: anywhere in what is going on.
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 20'000));
    ::kill(house_.service(), SIGKILL);
    for (std::thread& client : clients) client.join();
    EXPECT_EQ(house_.wait().exit_code, -SIGKILL);
    if (verify) {
      EXPECT_EQ(verify_store(house_), "");
    }
    start();
    return load.told();
  }

  void start() {
    const auto began = std::chrono::steady_clock::now();
    house_.serve();
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - began;
    starts_.push_back(took.count());
  }

  // Everything told is there; everything there is whole.
  void check(const Told& told) {
    support::RemoteService remote(house_.address());
    Desk desk(remote);
    ASSERT_TRUE(desk.lend_key(house_.manager()));
    const auto lines = log_of(desk, told.case_id);
    check_documents(desk, told, lines);
    for (const auto& [case_id, share] : told.shares) {
      const json shares = desk.get("/v1/cases/" + case_id + "/shares").json();
      EXPECT_EQ(shares.at("items").at(0).at("id"), share);
      EXPECT_TRUE(is_in(log_of(desk, case_id), "case.create", case_id));
      EXPECT_TRUE(is_in(log_of(desk, case_id), "case.share", police_.text()));
    }
    for (const std::string& id : told.read) EXPECT_TRUE(is_in(lines, "document.open", id)) << id;
    EXPECT_GE(generation_of(desk, house_.agency()), told.generation);
  }

  void check_documents(Desk& desk, const Told& told, const std::vector<std::string>& lines) {
    auto missing = told.documents;
    for (const std::string& id : documents_of(desk, told.case_id)) {
      const Answer content = desk.get("/v1/documents/" + id + "/content");
      ASSERT_EQ(content.status, 200) << content.body;
      const auto found = missing.find(id);
      const std::size_t size = found == missing.end() ? content.body.size() : found->second;
      EXPECT_TRUE(content.body == crypto::as_text(support::pattern(size, size))) << id;
      EXPECT_TRUE(is_in(lines, "document.deposit", id)) << id;
      if (found != missing.end()) missing.erase(found);
    }
    EXPECT_TRUE(missing.empty()) << missing.size() << " acknowledged documents are lost";
  }

  void print_starts() {
    std::sort(starts_.begin(), starts_.end());
    std::printf("ready again after a kill: median %.0f ms, at most %.0f ms\n",
                starts_[starts_.size() / 2], starts_.back());
  }

  support::House house_;
  crypto::Id police_;
  std::vector<double> starts_;  // milliseconds
};

TEST_P(KilledService, KeepsAllThatItAcknowledged) {
  std::mt19937 random(GetParam());
  std::vector<Told> told;
  for (unsigned kill = 1; kill <= GetParam() && !HasFailure(); ++kill) {
    SCOPED_TRACE(kill);
    told.push_back(load_and_kill(random, kill % 5 == 0));
    ASSERT_NO_FATAL_FAILURE(check(told.back()));
  }
  // What earlier rounds were told has outlived the later kills.
  std::size_t documents = 0;
  for (const Told& one : told) {
    ASSERT_NO_FATAL_FAILURE(check(one));
    documents += one.documents.size();
  }
  print_starts();
  std::printf("%zu documents acknowledged under %u kills\n", documents, GetParam());
  EXPECT_GT(documents, 2U * GetParam());
  EXPECT_TRUE(house_.stop());
  EXPECT_EQ(verify_store(house_), "");
}

INSTANTIATE_TEST_SUITE_P(Each, KilledService, ::testing::Values(20U, 200U), [](const auto& row) {
  return "By" + std::to_string(row.param) + "Kills";
});

}  // namespace
}  // namespace e2e
