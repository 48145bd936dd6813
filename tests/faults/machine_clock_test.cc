// The clock of the machine is set while the service runs: what is to end after a while ends by the
// time that passes, and the log never goes back.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <fstream>

#include "faults/machine.h"
#include "support/temp_dir.h"

namespace faults {
namespace {

constexpr std::int64_t kSecond = 1000;
constexpr std::int64_t kDay = 24 * 60 * 60 * kSecond;

// The file that machine_clock.cc reads.
class ClockFile {
 public:
  ClockFile() { write(); }
  std::vector<std::string> environment() const {
    return {std::string("LD_PRELOAD=") + SEGEL_MACHINE_CLOCK, "SEGEL_CLOCK=" + path_};
  }
  void set_back_or_forward(std::int64_t ms) {
    moved_[0] += ms;
    write();
  }
  void pass(std::int64_t ms) {
    moved_[0] += ms;
    moved_[1] += ms;
    write();
  }

 private:
  void write() const {
    std::fstream file(path_, std::ios::binary | std::ios::in | std::ios::out);
    if (!file) file.open(path_, std::ios::binary | std::ios::out);
    file.write(reinterpret_cast<const char*>(moved_.data()), sizeof moved_);
  }

  support::TempDir dir_;
  const std::string path_ = (dir_ / "clock").string();
  std::array<std::int64_t, 2> moved_{};
};

class MachineClock : public ::testing::TestWithParam<std::int64_t> {};

TEST_P(MachineClock, SetEndsNoSessionAndKeepsNoneAlive) {
  ClockFile clock;
  Machine machine(clock.environment());
  ASSERT_TRUE(machine.log_in());
  const Answer before = machine.deposit("sebelum");
  ASSERT_EQ(before.status, 201) << before.body;

  clock.set_back_or_forward(GetParam());
  const Answer after = machine.deposit("sesudah");
  EXPECT_EQ(after.status, 201) << after.body;
  EXPECT_EQ(machine.read(after.json().at("id")).body, "sesudah");

  clock.pass(299 * kSecond);
  EXPECT_EQ(machine.get("/v1/session").status, 200);
  clock.pass(300 * kSecond);
  const Answer idle = machine.get("/v1/session");
  EXPECT_EQ(idle.status, 401);
  EXPECT_EQ(idle.problem(), "session-ended");

  ASSERT_TRUE(machine.house().stop());
  EXPECT_EQ(machine.damage(), "");
  const auto entries = machine.entries();
  EXPECT_EQ(count(entries, "session.end"), 1U);
  for (std::size_t i = 1; i < entries.size(); ++i) {
    EXPECT_GE(entries[i].time, entries[i - 1].time) << entries[i].action;
  }
  // A step back of a day is told; one forward of less than a week may be a quiet day.
  const auto told = [&](const crypto::LogEntry& entry) {
    return entry.action == "service.clock" && entry.detail.starts_with("step_ms=-86");
  };
  EXPECT_EQ(std::count_if(entries.begin(), entries.end(), told), GetParam() < 0 ? 1 : 0);
}

INSTANTIATE_TEST_SUITE_P(By, MachineClock, ::testing::Values(-kDay, kDay), [](const auto& row) {
  return std::string(row.param < 0 ? "ADayBack" : "ADayForward");
});

}  // namespace
}  // namespace faults
