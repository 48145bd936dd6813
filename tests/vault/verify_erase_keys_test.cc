#include "vault/verify_erase_keys.h"

#include <gmock/gmock.h>

#include <fstream>

#include "crypto/encoding.h"
#include "support/memory_meta.h"
#include "support/no_blobs.h"
#include "support/temp_dir.h"
#include "vault/erase_keys.h"
#include "vault/erase_slots.h"
#include "vault/keys.h"

namespace vault {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

// Two lockboxes and a header, each under a slot of its own.
class VerifyingEraseKeys : public ::testing::Test {
 protected:
  void SetUp() override {
    keys_ = EraseKeys::create(file()).value();
    for (const Key& key : places_) {
      const auto slot = keys_->take().value();
      const auto wrapped = keys_->wrap(slot, key, crypto::as_bytes("record")).value();
      meta_.set_row(key, encode(WrappedRecord{slot, wrapped}));
    }
    meta_.set_row(Key(Kind::slot_count), Bytes{0, 0, 0, 0, 0, 0, 0, 3});
    ASSERT_THAT(findings(), IsEmpty());
  }
  std::filesystem::path file() const { return dir_ / "erase.keys"; }
  std::vector<std::pair<Damage, std::string>> findings() {
    std::vector<std::pair<Damage, std::string>> found;
    const auto check = verify_erase_keys(file(), meta_);
    EXPECT_TRUE(meta_.read([&](const ReadTxn& txn) {
      return check(txn, blobs_, [&](Damage damage, std::string id) {
        found.emplace_back(damage, std::move(id));
      });
    }));
    return found;
  }
  std::string name(std::size_t place) const { return crypto::to_hex(places_[place].raw()); }
  std::uint64_t least() {
    std::uint64_t slots = 0;
    EXPECT_TRUE(meta_.read([&](const ReadTxn& txn) -> Result<void> {
      slots = least_slots(txn).value();
      return {};
    }));
    return slots;
  }

  support::TempDir dir_;
  support::MemoryMeta meta_;
  support::NoBlobs blobs_;
  std::unique_ptr<EraseKeys> keys_;
  const std::vector<Key> places_{Key(Kind::lockbox).id(Id{}).id(Id{}).u64(1),
                                 Key(Kind::lockbox).id(Id{}).id(Id{}).u64(2),
                                 Key(Kind::header).id(Id{}).u64(1).id(Id{})};
};

TEST_F(VerifyingEraseKeys, ARecordThatItsSlotDoesNotOpenIsNamed) {
  ASSERT_TRUE(keys_->destroy(std::array<std::uint64_t, 2>{0, 2}));
  EXPECT_THAT(findings(),
              ElementsAre(Pair(Damage::slot_wrong, name(0)), Pair(Damage::slot_wrong, name(2))));
}

TEST_F(VerifyingEraseKeys, AFileThatIsGoneOrCutIsNamed) {
  std::filesystem::resize_file(file(), 64);
  EXPECT_THAT(findings(), ElementsAre(Pair(Damage::slot_missing, name(2))));
  std::filesystem::remove(file());
  EXPECT_THAT(findings(), ElementsAre(Pair(Damage::slot_missing, "erase.keys")));
}

TEST_F(VerifyingEraseKeys, AMarkOnARecordThatIsThereIsNamed) {
  const Key mark = Key(Kind::pending_destruction).u64(1);
  meta_.set_row(mark, Bytes(8, 0));
  meta_.set_row(Key(Kind::pending_destruction).u64(7), Bytes(8, 0));
  EXPECT_THAT(findings(), ElementsAre(Pair(Damage::mark_of_living, crypto::to_hex(mark))));
}

TEST_F(VerifyingEraseKeys, ACountThatWouldLetAnOlderFilePassIsNamed) {
  for (const auto& count :
       {std::optional<Bytes>(), std::optional(Bytes(8, 0)),
        std::optional(Bytes{0, 0, 0, 0, 0, 0, 0, 2}), std::optional(Bytes{3})}) {
    meta_.set_row(Key(Kind::slot_count), count);
    EXPECT_THAT(findings(), ElementsAre(Pair(Damage::slot_count_wrong, "07")));
  }
}

// The next start would refuse a file that is whole.
TEST_F(VerifyingEraseKeys, ACountOrAnEndThatTheNextStartRefusesIsNamed) {
  const auto size = std::filesystem::file_size(file());
  Bytes count = Key(Kind::slot_count).u64(size / 32).raw();
  count.erase(count.begin());
  meta_.set_row(Key(Kind::slot_count), count);
  EXPECT_THAT(findings(), IsEmpty());
  ++count.back();
  meta_.set_row(Key(Kind::slot_count), count);
  EXPECT_THAT(findings(), ElementsAre(Pair(Damage::slot_count_wrong, "07")));
  --count.back();
  meta_.set_row(Key(Kind::slot_count), count);
  std::filesystem::resize_file(file(), size + 1);
  EXPECT_THAT(findings(), ElementsAre(Pair(Damage::slot_missing, "erase.keys")));
}

// Whoever takes the count away does not so get by.
TEST_F(VerifyingEraseKeys, TheRecordsThemselvesSayHowManySlotsThereMustBe) {
  EXPECT_EQ(least(), 3U);
  meta_.set_row(Key(Kind::slot_count), std::nullopt);
  EXPECT_EQ(least(), 3U);
}

// Beside a service at work: the snapshot still has the record, and the file not its slot.
TEST_F(VerifyingEraseKeys, ARecordThatWasErasedMeanwhileIsNoDamage) {
  const auto check = verify_erase_keys(file(), meta_);
  EXPECT_TRUE(meta_.read([&](const ReadTxn& txn) {
    meta_.set_row(places_[1], std::nullopt);
    EXPECT_TRUE(keys_->destroy(std::array<std::uint64_t, 1>{1}));
    return check(txn, blobs_, [&](Damage, const std::string& id) { ADD_FAILURE() << id; });
  }));
}

}  // namespace
}  // namespace vault
