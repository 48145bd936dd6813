// Every write and flush of the service's files fails in turn, in every way: what was to be written
// is refused by name, or the service ends in order; the store is sound, and what was acknowledged
// is there, from the same service or from the next.
#include <gtest/gtest.h>

#include <random>

#include "faults/failing_disk_orders.h"
#include "faults/machine.h"
#include "support/pattern.h"

namespace faults {
namespace {

std::string text_of(std::size_t size, std::uint64_t seed) {
  return std::string(crypto::as_text(support::pattern(size, seed)));
}

// A vault on that disk, and what a person was told of it.
class FailingMachine {
 public:
  using Act = Answer (*)(FailingMachine&);

  FailingMachine() {
    log_in();
    keep("lama", machine_.deposit("lama"));
  }

  Answer deposit(std::size_t size) {
    const std::string content = text_of(size, ++seed_);
    const Answer answer = machine_.deposit(content);
    keep(content, answer);
    return answer;
  }
  // The first in its session, so that it waits for an entry.
  Answer read() {
    const Answer answer = machine_.read(contents_[0].first);
    if (answer.status == 200) ++read_;
    EXPECT_EQ(answer.status == 200, answer.body == contents_[0].second) << answer.body;
    return answer;
  }
  Answer rotate() {
    const std::string path = "/v1/nodes/" + machine_.house().agency().text() + "/rotations";
    if (!machine_.log_in(machine_.house().administrator())) return {};
    const Answer ordered = machine_.post(path);
    if (ordered.status >= 500 || ordered.status == 0) return ordered;
    if (!machine_.log_in(machine_.house().custodian())) return {};
    return machine_.post(path);
  }

  std::int64_t calls_of(Act act) {
    log_in();
    const std::int64_t before = disk_.calls();
    const Answer answer = act(*this);
    EXPECT_GE(answer.status, 200) << answer.body;
    EXPECT_LT(answer.status, 300) << answer.body;
    return disk_.calls() - before;
  }

  // Lets the `n`-th call fail, and judges what comes of it. False: there was no such call.
  bool try_at(std::int64_t n, Failure how, Act act) {
    log_in();
    disk_.fail(n, how);
    const Answer answer = act(*this);
    const bool met = disk_.failed() > 0;
    disk_.mend();
    if (answer.status == 0 || answer.status >= 300) expect_refused(answer);
    expect_service();
    return met;
  }
  bool try_start_at(std::int64_t n, Failure how) {
    EXPECT_TRUE(machine_.house().stop());
    disk_.fail(n, how);
    try {
      machine_.restart();
    } catch (const std::runtime_error&) {
      expect_end("segeld: ");
    }
    const bool met = disk_.failed() > 0;
    disk_.mend();
    expect_service();
    return met;
  }

  // At the first write of a deposit; the same service goes on.
  void expect_no_room(Failure how) {
    log_in();
    disk_.fail(1, how);
    const Answer answer = deposit(1'000);
    EXPECT_EQ(disk_.failed() > 0, true);
    disk_.mend();
    EXPECT_EQ(answer.status, 507) << answer.body;
    EXPECT_EQ(answer.problem(), "no-space");
    EXPECT_EQ(deposit(1'000).status, 201);
  }

  // All that was acknowledged, from a service that is started anew.
  void expect_all() {
    EXPECT_TRUE(machine_.house().stop());
    EXPECT_EQ(machine_.damage(), "");
    const auto entries = machine_.entries();
    EXPECT_EQ(count(entries, "document.deposit"), contents_.size());
    EXPECT_GE(count(entries, "document.open"), read_);
    machine_.restart();
    log_in();
    for (const auto& [id, content] : contents_) {
      EXPECT_TRUE(machine_.read(id).body == content) << id;
    }
  }

 private:
  void keep(const std::string& content, const Answer& answer) {
    if (answer.status == 201)
      contents_.emplace_back(answer.json().at("id").get<std::string>(), content);
  }
  void log_in() { EXPECT_TRUE(machine_.log_in()); }

  static void expect_refused(const Answer& answer) {
    if (answer.status == 0) return;  // whether that was in order is seen at its end
    const std::string problem = answer.problem();
    EXPECT_TRUE((answer.status == 507 && problem == "no-space") ||
                (answer.status == 503 && problem == "unavailable"))
        << answer.status << " " << answer.body;
  }

  // The same service takes new work, or it ends in order and the next one does.
  void expect_service() {
    if (!machine_.log_in() || !machine_.is_ready()) expect_end("a commit failed");
    EXPECT_EQ(machine_.damage(), "");
    for (const std::size_t size : {std::size_t{100}, std::size_t{70'000}}) {
      const Answer answer = deposit(size);
      EXPECT_EQ(answer.status, 201) << answer.body;
    }
  }
  void expect_end(const char* words) {
    const auto ended = machine_.house().wait();
    disk_.mend();
    EXPECT_EQ(ended.exit_code, 1) << ended.out;
    EXPECT_NE(ended.out.find(words), std::string::npos) << ended.out;
    EXPECT_EQ(machine_.damage(), "");
    machine_.restart();
    log_in();
  }

  FailingDisk disk_{"/data/"};
  Machine machine_{disk_.environment()};
  std::uint64_t seed_ = 0;
  std::size_t read_ = 0;
  std::vector<std::pair<std::string, std::string>> contents_;
};

// What a person wants while the disk fails.
struct Scenario {
  const char* name;
  FailingMachine::Act act;  // none: the service's start
};
constexpr Scenario kScenarios[] = {
    {"DepositSmall", [](FailingMachine& machine) { return machine.deposit(1'000); }},
    {"DepositLarge", [](FailingMachine& machine) { return machine.deposit(2'200'000); }},
    {"Rotate", [](FailingMachine& machine) { return machine.rotate(); }},
    {"AppendToLog", [](FailingMachine& machine) { return machine.read(); }},
    {"Start", nullptr},
};
constexpr Failure kFailures[] = {Failure::full, Failure::broken, Failure::cut_short};

class FailingDiskTest : public ::testing::TestWithParam<Scenario> {
 protected:
  bool try_at(std::int64_t n, Failure how) {
    SCOPED_TRACE(std::string(GetParam().name) + ", call " + std::to_string(n) + ", failure " +
                 std::to_string(static_cast<int>(how)));
    return GetParam().act ? machine_.try_at(n, how, GetParam().act) : machine_.try_start_at(n, how);
  }
  FailingMachine machine_;
};

using Each = FailingDiskTest;
TEST_P(Each, CallThatFailsIsRefusedAndLosesNothing) {
  for (const Failure how : kFailures) {
    std::int64_t n = 1;
    while (try_at(n, how) && !HasFailure()) ++n;
    EXPECT_GT(n, 1);
  }
  machine_.expect_all();
}

using Some = FailingDiskTest;
TEST_P(Some, CallThatFailsIsRefusedAndLosesNothing) {
  std::minstd_rand random(static_cast<unsigned>(std::string_view(GetParam().name).size()));
  const std::int64_t calls = GetParam().act ? machine_.calls_of(GetParam().act) : 8;
  ASSERT_GT(calls, 1);
  // Of the ways, one a scenario; all of them are tried by Each.
  const Failure how = kFailures[random() % std::size(kFailures)];
  try_at(1 + static_cast<std::int64_t>(random()) % calls, how);
  machine_.expect_all();
}

const auto kByName = [](const ::testing::TestParamInfo<Scenario>& row) {
  return std::string(row.param.name);
};
INSTANTIATE_TEST_SUITE_P(Calls, Each, ::testing::ValuesIn(kScenarios), kByName);
INSTANTIATE_TEST_SUITE_P(Calls, Some, ::testing::ValuesIn(kScenarios), kByName);

// LMDB calls it EIO. On a disk without room it is want of room, and no reason to end.
TEST(FailingDiskOfAFullMachine, CutsAWriteShortAndTheServiceGoesOn) {
  FailingMachine machine;
  for (const Failure how : {Failure::cut_short, Failure::full}) machine.expect_no_room(how);
}

}  // namespace
}  // namespace faults
