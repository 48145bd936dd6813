#include "vault/erase_keys.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <set>
#include <thread>

#include "support/full_arena.h"
#include "support/temp_dir.h"

namespace vault {
namespace {

using crypto::as_bytes;
using crypto::as_text;

class EraseKeysFile : public testing::Test {
 protected:
  void SetUp() override {
    auto made = EraseKeys::create(file());
    ASSERT_TRUE(made);
    keys_ = std::move(*made);
  }
  void reopen() {
    keys_.reset();
    auto opened = EraseKeys::open(file(), 0);
    ASSERT_TRUE(opened);
    keys_ = std::move(*opened);
  }
  std::filesystem::path file() const { return dir_ / "erase.keys"; }
  std::string bytes_of(std::uint64_t slot) const {
    std::ifstream in(file(), std::ios::binary);
    std::string bytes(32, '\0');
    in.seekg(static_cast<std::streamoff>(slot * 32));
    in.read(bytes.data(), 32);
    return bytes;
  }

  support::TempDir dir_;
  std::unique_ptr<EraseKeys> keys_;
};

TEST_F(EraseKeysFile, WrapARecordAndGiveItBackAfterReopening) {
  const auto slot = *keys_->take();
  const auto wrapped = keys_->wrap(slot, as_bytes("place"), as_bytes("record"));
  ASSERT_TRUE(wrapped);
  EXPECT_EQ(as_text(*wrapped).find("record"), std::string_view::npos);
  reopen();
  const auto record = keys_->unwrap(slot, as_bytes("place"), *wrapped);
  ASSERT_TRUE(record);
  EXPECT_EQ(as_text(*record), "record");
}

TEST_F(EraseKeysFile, HaveEverySlotInTheFileBeforeItIsTaken) {
  std::set<std::uint64_t> slots;
  for (int i = 0; i < 5000; ++i) {
    const auto slot = keys_->take();
    ASSERT_TRUE(slot);
    ASSERT_TRUE(slots.insert(*slot).second);
    ASSERT_GE(std::filesystem::file_size(file()), (*slot + 1) * 32);
  }
  std::set<std::string> keys;
  for (const auto slot : slots) keys.insert(bytes_of(slot));
  EXPECT_EQ(keys.size(), slots.size());
}

TEST_F(EraseKeysFile, AreFilledAheadWhileThereIsNoSecretMemoryLeft) {
  const support::FullArena full;
  for (int i = 0; i < 5000; ++i) ASSERT_TRUE(keys_->take());
}

TEST_F(EraseKeysFile, GiveEachThreadItsOwnSlots) {
  std::vector<std::uint64_t> taken[4];
  std::vector<std::thread> threads;
  for (auto& mine : taken) {
    threads.emplace_back([&] {
      for (int i = 0; i < 2000; ++i) mine.push_back(keys_->take().value_or(0));
    });
  }
  for (auto& thread : threads) thread.join();
  std::set<std::uint64_t> all;
  for (const auto& mine : taken) all.insert(mine.begin(), mine.end());
  EXPECT_EQ(all.size(), 8000U);
}

TEST_F(EraseKeysFile, StartBehindTheOldEndWhenReopened) {
  EXPECT_EQ(*keys_->take(), 0U);
  keys_.reset();
  const auto end = std::filesystem::file_size(file()) / 32;
  reopen();
  EXPECT_EQ(*keys_->take(), end);
}

TEST_F(EraseKeysFile, OpenNothingAnyMoreAfterDestroying) {
  const auto slot = *keys_->take();
  const auto other = *keys_->take();
  const auto wrapped = *keys_->wrap(slot, as_bytes("place"), as_bytes("record"));
  const auto kept = *keys_->wrap(other, as_bytes("place"), as_bytes("kept"));
  const auto before = bytes_of(slot);
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(keys_->destroy(std::array{slot}));
  EXPECT_NE(bytes_of(slot), before);
  EXPECT_NE(bytes_of(slot), std::string(32, '\0'));
  EXPECT_EQ(keys_->unwrap(slot, as_bytes("place"), wrapped).error(), Errc::corrupt);
  reopen();
  EXPECT_EQ(keys_->unwrap(slot, as_bytes("place"), wrapped).error(), Errc::corrupt);
  EXPECT_EQ(as_text(*keys_->unwrap(other, as_bytes("place"), kept)), "kept");
}

TEST_F(EraseKeysFile, AreForOnePlaceAndUnchangedBytes) {
  const auto slot = *keys_->take();
  auto wrapped = *keys_->wrap(slot, as_bytes("place"), as_bytes("record"));
  EXPECT_EQ(keys_->unwrap(slot, as_bytes("other"), wrapped).error(), Errc::corrupt);
  EXPECT_EQ(keys_->unwrap(*keys_->take(), as_bytes("place"), wrapped).error(), Errc::corrupt);
  wrapped.back() ^= 1;
  EXPECT_EQ(keys_->unwrap(slot, as_bytes("place"), wrapped).error(), Errc::corrupt);
  EXPECT_EQ(keys_->unwrap(slot, as_bytes("place"), {}).error(), Errc::corrupt);
}

TEST_F(EraseKeysFile, KnowNoSlotBehindTheEnd) {
  const std::uint64_t beyond = 1'000'000'000;
  EXPECT_EQ(keys_->wrap(beyond, {}, {}).error(), Errc::not_found);
  EXPECT_EQ(keys_->unwrap(beyond, {}, {}).error(), Errc::not_found);
  const auto slot = *keys_->take();
  const auto before = bytes_of(slot);
  EXPECT_EQ(keys_->destroy(std::array{slot, beyond}).error(), Errc::not_found);
  EXPECT_EQ(bytes_of(slot), before);
  EXPECT_FALSE(keys_->wrap(~std::uint64_t{0}, {}, {}));
}

TEST_F(EraseKeysFile, OfNoWholeNumberOfSlotsAreCorrupt) {
  keys_.reset();
  std::filesystem::resize_file(file(), std::filesystem::file_size(file()) - 1);
  EXPECT_EQ(EraseKeys::open(file(), 0).error(), Errc::corrupt);
}

TEST_F(EraseKeysFile, AreNeverMadeAnewWhereTheyAreMissing) {
  keys_.reset();
  EXPECT_EQ(EraseKeys::create(file()).error(), Errc::conflict);
  std::filesystem::remove(file());
  EXPECT_EQ(EraseKeys::open(file(), 0).error(), Errc::corrupt);
  EXPECT_FALSE(std::filesystem::exists(file()));
}

TEST_F(EraseKeysFile, WithFewerSlotsThanRecordsNameAreCorrupt) {
  keys_.reset();
  const auto slots = std::filesystem::file_size(file()) / 32;
  EXPECT_EQ(EraseKeys::open(file(), slots + 1).error(), Errc::corrupt);
  EXPECT_EQ(std::filesystem::file_size(file()) / 32, slots);
  EXPECT_TRUE(EraseKeys::open(file(), slots));
}

TEST_F(EraseKeysFile, ThatWereCutWhileOpenWrapNothing) {
  const auto slot = *keys_->take();
  std::filesystem::resize_file(file(), 16);
  EXPECT_EQ(keys_->wrap(slot, as_bytes("place"), as_bytes("record")).error(), Errc::corrupt);
}

TEST_F(EraseKeysFile, AreReadableByTheirOwnerAlone) {
  keys_.reset();
  std::filesystem::permissions(file(), std::filesystem::perms{0644});
  reopen();
  struct stat status {};
  ASSERT_EQ(::stat(file().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0600U);
}

TEST_F(EraseKeysFile, OfAnotherUserAreRefused) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can make one";
  keys_.reset();
  ASSERT_EQ(::chown(file().c_str(), 12345, 12345), 0);
  EXPECT_EQ(EraseKeys::open(file(), 0).error(), Errc::forbidden);
  EXPECT_EQ(EraseKeys::create(dir_ / "absent" / "erase.keys").error(), Errc::io_failure);
}

}  // namespace
}  // namespace vault
