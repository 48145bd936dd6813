// A disk that is really full: what needs room is refused for want of it, nothing leaves without its
// entry, and when there is room again the same process serves.
#include <gtest/gtest.h>

#include <functional>

#include "faults/machine.h"
#include "faults/small_disk.h"
#include "support/pattern.h"
#include "vault/lmdb_blobs.h"
#include "vault/lmdb_meta.h"

namespace faults {
namespace {

using crypto::Id;

std::string text_of(std::size_t size, std::uint64_t seed) {
  return std::string(crypto::as_text(support::pattern(size, seed)));
}

class MachineFullDisk : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!disk_.why_not().empty()) GTEST_SKIP() << disk_.why_not();
  }
  SmallDisk disk_{96};
};

// Fills the pages that the files have already, too: each answer until then must be true.
class FullVault {
 public:
  explicit FullVault(Machine& machine) : machine_(machine) {}

  void deposit_until_refused(std::size_t size) {
    for (int i = 0; i < 1000; ++i) {
      const std::string content = text_of(size, contents_.size());
      const Answer answer = machine_.deposit(content);
      if (answer.status != 201) return expect_no_room(answer);
      contents_.emplace_back(answer.json().at("id").get<std::string>(), content);
    }
    ADD_FAILURE() << "the disk never was full";
  }
  // Each is an entry of its own. Whether there is room for even one is as it happens.
  void show_until_refused() {
    for (int i = 0; i < 2000; ++i) {
      const Answer answer = machine_.get("/v1/documents/" + contents_[0].first);
      if (answer.status != 200) return expect_no_room(answer);
      ++shown_;
    }
    ADD_FAILURE() << "the log never was full";
  }
  static void expect_no_room(const Answer& answer) {
    EXPECT_EQ(answer.status, 507) << answer.body;
    EXPECT_EQ(answer.problem(), "no-space");
  }
  void expect_all_there() {
    for (const auto& [id, content] : contents_) {
      const Answer answer = machine_.read(id);
      EXPECT_EQ(answer.status, 200) << answer.body.substr(0, 200);
      EXPECT_TRUE(answer.body == content) << id;
    }
  }

  const std::string& document(std::size_t n) const { return contents_.at(n).first; }
  std::size_t deposited() const { return contents_.size(); }
  std::size_t shown() const { return shown_; }

 private:
  Machine& machine_;
  std::vector<std::pair<std::string, std::string>> contents_;
  std::size_t shown_ = 0;
};

TEST_F(MachineFullDisk, IsRefusedByNameAndServedFromAgainWhenThereIsRoom) {
  Machine machine;
  ASSERT_TRUE(machine.log_in());
  FullVault vault(machine);
  disk_.fill(std::uint64_t{4} << 20);
  vault.deposit_until_refused(600'000);
  disk_.fill();
  vault.deposit_until_refused(50'000);
  vault.deposit_until_refused(1'000);
  ASSERT_GT(vault.deposited(), 2U);
  vault.show_until_refused();
  const Answer unread = machine.read(vault.document(1));
  FullVault::expect_no_room(unread);

  disk_.empty();
  EXPECT_EQ(machine.deposit("lagi").status, 201);
  EXPECT_EQ(machine.deposit(text_of(3'000'000, 0)).status, 201);
  vault.expect_all_there();
  EXPECT_TRUE(machine.house().stop());

  EXPECT_EQ(machine.damage(), "");
  const auto entries = machine.entries();
  EXPECT_EQ(count(entries, "document.deposit"), vault.deposited() + 2);
  EXPECT_EQ(count(entries, "document.open"), vault.deposited());
  EXPECT_EQ(count(entries, "document.show"), vault.shown());
  EXPECT_GE(count(entries, "service.refusals"), 1U);
}

TEST_F(MachineFullDisk, StartsNoServiceAndKeepsNoneFromStartingLater) {
  Machine machine;
  ASSERT_TRUE(machine.log_in());
  const Answer made = machine.deposit("isi");
  ASSERT_TRUE(machine.house().stop());
  disk_.fill();
  EXPECT_THROW(machine.restart(), std::runtime_error);
  const auto refused = machine.house().wait();
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_NE(refused.out.find("no room left on the disk"), std::string::npos) << refused.out;
  EXPECT_EQ(machine.damage(), "");

  disk_.empty();
  machine.restart();
  ASSERT_TRUE(machine.log_in());
  EXPECT_EQ(machine.read(made.json().at("id")).body, "isi");
  EXPECT_TRUE(machine.house().stop());
}

// The table of readers is mapped: a hole in its file would end the process that writes to it.
TEST_F(MachineFullDisk, HasRoomForEveryReader) {
  const support::TempDir dir;
  const auto meta = vault::open_lmdb_meta(dir / "meta", {.map_size = std::uint64_t{1} << 24});
  ASSERT_TRUE(meta);
  disk_.fill();
  int readers = 0;
  const std::function<vault::Result<void>(const vault::ReadTxn&)> another =
      [&](const vault::ReadTxn&) -> vault::Result<void> {
    if (++readers == 1000) return {};
    return (*meta)->read(another);
  };
  EXPECT_TRUE((*meta)->read(another));
  EXPECT_EQ(readers, 1000);
}

TEST_F(MachineFullDisk, IsNotTakenAheadOfNeed) {
  const support::TempDir dir;
  const auto blobs = vault::open_lmdb_blobs(dir / "blobs", {.map_size = std::uint64_t{1} << 28});
  ASSERT_TRUE(blobs);
  const std::uint64_t room = disk_.room();
  auto writer = (*blobs)->begin(Id::make(1));
  ASSERT_TRUE(writer);
  ASSERT_TRUE((*writer)->append(support::pattern(1'000, 1)));
  ASSERT_TRUE((*writer)->commit());
  EXPECT_LT(room - disk_.room(), std::uint64_t{4} << 20);
}

}  // namespace
}  // namespace faults
