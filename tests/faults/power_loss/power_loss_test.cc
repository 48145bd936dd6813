// The power fails at any moment of a vault's work: it opens clean, and nothing acknowledged is
// lost.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <ostream>

#include "cli/store/apart.h"
#include "faults/power_loss/disk.h"
#include "faults/power_loss/stage.h"
#include "support/temp_dir.h"

namespace power_loss {
namespace {

namespace fs = std::filesystem;

struct Scene {
  const char* name;
  void (*play)(Stage& stage);
};

void PrintTo(const Scene& scene, std::ostream* out) { *out << scene.name; }

const Scene kScenes[] = {
    {"SmallDeposits",
     [](Stage& stage) {
       for (const std::size_t size : {900U, 59'000U, 1U, 12'345U, 40'000U, 5'000U})
         stage.deposit(size);
     }},
    {"LargeDeposits",
     [](Stage& stage) {
       for (const std::size_t size : {70'000U, 1'200'000U, 2'500'000U, 300'001U})
         stage.deposit(size);
     }},
    {"Rotations",
     [](Stage& stage) {
       stage.deposit(2'000);
       for (int i = 0; i < 3; ++i) stage.rotate();
       stage.deposit(3'000);
     }},
    {"ErasedSlots",
     [](Stage& stage) {
       stage.deposit(2'000);
       for (int i = 0; i < 4; ++i) stage.erase_slot();
     }},
    {"LogEntries",
     [](Stage& stage) {
       stage.deposit(2'000);
       for (int i = 0; i < 12; ++i) stage.append_to_log();
     }},
};

// Hundreds of small stores are made and thrown away: in memory, where there is room.
void work_in_memory() {
  std::error_code none;
  const auto space = fs::space("/dev/shm", none);
  if (!none && space.available > std::uintmax_t{1} << 30) ::setenv("TMPDIR", "/dev/shm", 1);
}

std::string read_file(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class PowerLoss : public ::testing::TestWithParam<std::tuple<Scene, int>> {
 protected:
  static void SetUpTestSuite() { work_in_memory(); }

  // In a process of its own, since secrets do not go through a fork.
  void record() {
    const auto played = cli::run_apart([&]() -> std::string {
      try {
        Stage stage(folder_, trace());
        std::get<0>(GetParam()).play(stage);
        stage.close();
        return "played";
      } catch (const std::exception& error) {
        return error.what();
      }
    });
    ASSERT_EQ(played, "played");
    events_ = read_trace(trace());
    const auto is_mark = [](const Event& event) { return event.call == Call::mark; };
    const auto first = std::find_if(events_.begin(), events_.end(), is_mark);
    ASSERT_NE(first, events_.end());
    first_ = static_cast<std::size_t>(first - events_.begin()) + 1;
  }

  // Where the power fails, in order: anywhere, and as often where most is at stake, before a flush.
  std::vector<std::size_t> moments(std::size_t count, Random& random) const {
    std::vector<std::size_t> moments;
    while (moments.size() < count) {
      std::size_t at = first_ + random() % (events_.size() + 1 - first_);
      if (random() % 2 == 0) {
        while (at < events_.size() && events_[at].call != Call::flush) ++at;
      }
      moments.push_back(at);
    }
    std::sort(moments.begin(), moments.end());
    return moments;
  }

  void apply_until(std::size_t moment) {
    for (; next_ < moment; ++next_) {
      disk_.apply(events_[next_]);
      if (events_[next_].call == Call::mark) promise_ = Promise::parse(events_[next_].bytes);
    }
  }

  std::string judge_after_power_loss(Random& random) const {
    const support::TempDir state;
    const fs::path recorded = promise_.at("data").get<std::string>();
    disk_.lose_power(recorded.parent_path(), state.path(), random);
    return cli::run_apart([&] { return judge(state.path(), promise_); }).value_or("it crashed");
  }

  fs::path trace() const { return traces_ / "trace"; }

  support::TempDir dir_, traces_;
  const fs::path folder_ = fs::canonical(dir_.path());
  std::vector<Event> events_;
  std::size_t first_ = 0, next_ = 0;
  Disk disk_;
  Promise promise_;
};

TEST_P(PowerLoss, TakesNothingThatWasAcknowledged) {
  ASSERT_NO_FATAL_FAILURE(record());
  const auto states = static_cast<std::size_t>(std::get<1>(GetParam()));
  Random random(static_cast<unsigned>(states));
  std::size_t at_stake = 0;
  for (const std::size_t moment : moments(states, random)) {
    apply_until(moment);
    at_stake += disk_.pending();
    ASSERT_EQ(judge_after_power_loss(random), "") << "before event " << moment;
  }
  // Or nothing was ever dropped, and this test says nothing.
  EXPECT_GT(at_stake, states);

  // The recorder has missed nothing: what it saw is what is in the files.
  apply_until(events_.size());
  const auto contents = disk_.contents();
  EXPECT_GE(contents.size(), 4U);
  for (const auto& [name, content] : contents) EXPECT_TRUE(content == read_file(name)) << name;
}

const auto name_of = [](const auto& row) {
  return std::string(std::get<0>(row.param).name) + "In" + std::to_string(std::get<1>(row.param)) +
         "States";
};
INSTANTIATE_TEST_SUITE_P(Each, PowerLoss,
                         ::testing::Combine(::testing::ValuesIn(kScenes),
                                            ::testing::Values(50, 1000)),
                         name_of);

}  // namespace
}  // namespace power_loss
