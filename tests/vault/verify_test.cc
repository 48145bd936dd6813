#include "vault/verify.h"

#include <gmock/gmock.h>

#include <random>

#include "crypto/encoding.h"
#include "support/log_fixture.h"
#include "support/no_blobs.h"
#include "vault/change_record.h"

namespace vault {

void PrintTo(const StoreFinding& finding, std::ostream* out) {
  *out << to_text(finding.damage) << " " << finding.id;
}

namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

MATCHER_P2(Finds, damage, id, std::string(to_text(damage)) + " " + id) {
  return arg.damage == damage && arg.id == id;
}
MATCHER_P(Finds, damage, to_text(damage)) { return arg.damage == damage; }

class Verifying : public LogFixture {
 protected:
  // Twenty entries; records a0 to a4 each written four times, but a4, which is erased at last.
  void SetUp() override {
    LogFixture::SetUp();
    for (int i = 0; i < 20; ++i) {
      const std::string name = "a" + std::to_string(i % 5);
      const auto number = static_cast<std::uint8_t>(1 + i % 2);
      const auto change = i == 19 ? Committer::Change([name](ChangeTxn& txn) -> Result<void> {
        txn.erase(record_key(name));
        return {};
      })
                                  : put(name, "value " + std::to_string(i));
      ASSERT_TRUE(committer_->commit(change, case_draft(number)));
      if (i == 9) old_rows_ = meta_.rows();
    }
    committer_.reset();
    rows_ = meta_.rows();
    ASSERT_THAT(findings(), IsEmpty());
  }

  std::vector<StoreFinding> findings(std::optional<crypto::Checkpoint> remembered = std::nullopt) {
    const auto report = verify_store(meta_, blobs_, {verifier(), std::move(remembered), checks_});
    EXPECT_TRUE(report);
    return report ? report->findings : std::vector<StoreFinding>();
  }
  crypto::Checkpoint head() {
    return crypto::Checkpoint::open(log().head()->checkpoint, verifier()).value();
  }
  static std::string hex(std::string_view name) { return crypto::to_hex(record_key(name)); }
  static Bytes entry_key(std::uint64_t index) { return Key(Kind::log_entry).u64(index).raw(); }
  static Bytes bytes(std::string_view text) { return crypto::to_bytes(crypto::as_bytes(text)); }

  support::NoBlobs blobs_;
  support::MemoryMeta::Rows rows_;
  support::MemoryMeta::Rows old_rows_;
  std::vector<DomainCheck> checks_;
};

TEST_F(Verifying, ASoundStoreHasNoFindingsAndIsCounted) {
  const auto report = verify_store(meta_, blobs_, {verifier(), head(), {}});
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->sound());
  EXPECT_EQ(report->entries, 20U);
  EXPECT_EQ(report->records, 4U);
  EXPECT_EQ(report->head, head());
}

TEST_F(Verifying, AnEmptyStoreIsSound) {
  meta_.set_rows({});
  EXPECT_THAT(findings(), IsEmpty());
}

TEST_F(Verifying, AnEditedLineIsNamed) {
  for (std::uint64_t index = 0; index < 20; ++index) {
    meta_.set_rows(rows_);
    std::string line(crypto::as_text(rows_.at(entry_key(index))));
    line.replace(line.find("\"ok\""), 4, "\"no\"");
    meta_.set_row(entry_key(index), bytes(line));
    EXPECT_THAT(findings(), ElementsAre(Finds(Damage::entry_altered, std::to_string(index))));
  }
}

TEST_F(Verifying, ALineThatIsNoEntryIsNamed) {
  meta_.set_row(entry_key(7), bytes("{}"));
  EXPECT_THAT(findings(), Contains(Finds(Damage::entry_altered, "7")));
}

TEST_F(Verifying, ARemovedLineIsNamed) {
  for (std::uint64_t index = 0; index < 20; ++index) {
    meta_.set_rows(rows_);
    meta_.set_row(entry_key(index), std::nullopt);
    EXPECT_THAT(findings(), Contains(Finds(Damage::entry_missing, std::to_string(index))));
  }
}

TEST_F(Verifying, SwappedEntriesAreNamed) {
  meta_.set_row(entry_key(3), rows_.at(entry_key(12)));
  meta_.set_row(entry_key(12), rows_.at(entry_key(3)));
  EXPECT_THAT(findings(), Contains(Finds(Damage::entry_misplaced, "3")));
  EXPECT_THAT(findings(), Contains(Finds(Damage::entry_misplaced, "12")));
}

TEST_F(Verifying, AnAlteredHashIsNamed) {
  for (std::uint64_t index = 0; index < 20; ++index) {
    meta_.set_rows(rows_);
    Bytes row = rows_.at(Key(Kind::log_nodes).u64(index).raw());
    row.back() ^= 1;
    meta_.set_row(Key(Kind::log_nodes).u64(index), row);
    EXPECT_THAT(findings(), ElementsAre(Finds(Damage::hashes_wrong, std::to_string(index))));
  }
}

TEST_F(Verifying, ALineAndItsHashesAlteredTogetherDifferFromTheHead) {
  std::string line(crypto::as_text(rows_.at(entry_key(4))));
  line.replace(line.find("\"ok\""), 4, "\"no\"");
  meta_.set_row(entry_key(4), bytes(line));
  const Digest leaf = crypto::merkle::leaf_hash(crypto::as_bytes(line));
  meta_.set_row(Key(Kind::log_nodes).u64(4), Bytes(leaf.begin(), leaf.end()));
  EXPECT_THAT(findings(), Contains(Finds(Damage::head_differs)));
  // The next entry of its case still names the hash of what it was.
  EXPECT_THAT(findings(), Contains(Finds(Damage::chain_broken, "6")));
}

TEST_F(Verifying, ALogCutBackToAnEarlierHeadNeedsARememberedOne) {
  const auto remembered = head();
  meta_.set_rows(old_rows_);
  EXPECT_THAT(findings(), IsEmpty());
  EXPECT_THAT(findings(remembered), ElementsAre(Finds(Damage::log_cut)));
  meta_.set_rows({});
  EXPECT_THAT(findings(remembered), ElementsAre(Finds(Damage::log_cut)));
}

TEST_F(Verifying, AnEarlierHeadIsAPrefixOfTheLog) {
  meta_.set_rows(old_rows_);
  auto remembered = head();
  meta_.set_rows(rows_);
  EXPECT_THAT(findings(remembered), IsEmpty());
  remembered.root[0] ^= 1;
  EXPECT_THAT(findings(remembered), ElementsAre(Finds(Damage::log_rewritten)));
}

TEST_F(Verifying, LastEntriesThatAreGoneAreNamed) {
  for (std::uint64_t index = 15; index < 20; ++index) {
    meta_.set_row(entry_key(index), std::nullopt);
    meta_.set_row(Key(Kind::log_nodes).u64(index), std::nullopt);
  }
  EXPECT_THAT(findings(), Contains(Finds(Damage::entry_missing, "15")));
}

TEST_F(Verifying, AHeadThatIsNotTheLogsOwnIsUntrusted) {
  const crypto::Checkpoint other{kOrigin, 20, head().root};
  meta_.set_row(Key(Kind::log_head), bytes(other.sign(crypto::SigningKey::generate())));
  EXPECT_THAT(findings(), Contains(Finds(Damage::head_untrusted)));
  meta_.set_row(Key(Kind::log_head), bytes("nothing"));
  EXPECT_THAT(findings(), Contains(Finds(Damage::head_untrusted)));
  meta_.set_row(Key(Kind::log_head), std::nullopt);
  EXPECT_THAT(findings(), Contains(Finds(Damage::head_missing)));
}

TEST_F(Verifying, AHeadBeforeTheEntriesLeavesExtraOnes) {
  meta_.set_row(Key(Kind::log_head), old_rows_.at(Key(Kind::log_head).raw()));
  EXPECT_THAT(findings(), Contains(Finds(Damage::entry_extra, "10")));
}

TEST_F(Verifying, ARecordThatWasChangedIsNamed) {
  meta_.set_row(record_key("a1"), bytes("forged"));
  EXPECT_THAT(findings(), ElementsAre(Finds(Damage::record_altered, hex("a1"))));
}

TEST_F(Verifying, ARecordThatIsGoneIsNamed) {
  meta_.set_row(record_key("a2"), std::nullopt);
  EXPECT_THAT(findings(), ElementsAre(Finds(Damage::record_missing, hex("a2"))));
}

TEST_F(Verifying, ARecordThatNobodyMadeIsNamed) {
  meta_.set_row(record_key("new"), bytes("x"));
  EXPECT_THAT(findings(), ElementsAre(Finds(Damage::record_extra, hex("new"))));
}

TEST_F(Verifying, ARecordPutBackToWhatItWasIsNamedSo) {
  meta_.set_row(record_key("a1"), old_rows_.at(record_key("a1")));
  meta_.set_row(record_key("a4"), old_rows_.at(record_key("a4")));  // erased since
  EXPECT_THAT(findings(), UnorderedElementsAre(Finds(Damage::record_rolled_back, hex("a1")),
                                               Finds(Damage::record_rolled_back, hex("a4"))));
}

TEST_F(Verifying, AChangeRecordThatDoesNotFitItsEntryIsNamed) {
  const Bytes key = Key(Kind::change_record).u64(8).u16(0).raw();
  Bytes part = rows_.at(key);
  part.back() ^= 1;
  meta_.set_row(key, part);
  EXPECT_THAT(findings(), Contains(Finds(Damage::change_altered, "8")));
  meta_.set_row(key, std::nullopt);
  EXPECT_THAT(findings(), Contains(Finds(Damage::change_missing, "8")));
  meta_.set_rows(rows_);
  meta_.set_row(Key(Kind::change_record).u64(20).u16(0), part);
  EXPECT_THAT(findings(), ElementsAre(Finds(Damage::change_extra)));
}

// Who forges a record and its change record alike is still found out by the entry's root.
TEST_F(Verifying, ARecordForgedWithItsChangeRecordIsFoundOut) {
  ChangeList changes;
  changes.put(record_key("a3"), bytes("forged"));
  meta_.set_row(record_key("a3"), bytes("forged"));
  meta_.set_row(Key(Kind::change_record).u64(18).u16(0), changes.parts()[0]);
  EXPECT_THAT(findings(), ElementsAre(Finds(Damage::change_altered, "18")));
}

TEST_F(Verifying, ACasesChainIsCheckedRowByRow) {
  const Bytes row = Key(Kind::log_case).id(id_of(1)).u64(3).raw();
  meta_.set_row(row, std::nullopt);
  EXPECT_THAT(findings(), ElementsAre(Finds(Damage::chain_broken, "4")));
  meta_.set_rows(rows_);
  meta_.set_row(Key(Kind::log_case).id(id_of(1)).u64(11), rows_.at(row));
  EXPECT_THAT(findings(), ElementsAre(Finds(Damage::chain_broken)));
}

TEST_F(Verifying, RowsOfNoKnownKindAreNamed) {
  for (const Bytes& key : {Bytes{0}, Bytes{7, 1}, Bytes{0x1f}, Bytes{1, 0}, Bytes{2, 9}}) {
    meta_.set_rows(rows_);
    meta_.set_row(key, bytes("x"));
    EXPECT_THAT(findings(), ElementsAre(Finds(Damage::row_unknown, crypto::to_hex(key))));
  }
}

TEST_F(Verifying, PendingMarksAreCountedAndWrongOnesNamed) {
  meta_.set_row(Key(Kind::pending_destruction).u64(5), Bytes{0, 0, 0, 0, 0, 0, 0, 4});
  EXPECT_EQ(verify_store(meta_, blobs_, {verifier(), {}, {}})->pending, 1U);
  EXPECT_THAT(findings(), IsEmpty());
  meta_.set_row(Key(Kind::pending_destruction).u64(6), Bytes{0, 0, 0, 0, 0, 0, 0, 20});
  EXPECT_THAT(findings(), ElementsAre(Finds(Damage::mark_wrong)));
}

TEST_F(Verifying, TheDomainAddsChecksOfItsOwn) {
  checks_.push_back([](const ReadTxn& txn, const BlobStore&, const Found& found) -> Result<void> {
    if (const auto value = txn.get(record_key("a0")); value && *value) {
      found(Damage::document_incomplete, "a0");
    }
    return {};
  });
  EXPECT_THAT(findings(), ElementsAre(Finds(Damage::document_incomplete, "a0")));
}

TEST_F(Verifying, AHeadThatNamesMoreThanThereIsDoesNotRunForEver) {
  const crypto::Checkpoint vast{kOrigin, std::uint64_t{1} << 60, head().root};
  meta_.set_row(Key(Kind::log_head), bytes(vast.sign(log_key_)));
  EXPECT_THAT(findings(), Contains(Finds(Damage::entry_missing, "20")));
}

// Whatever stands in the rows: it is found, and nothing crashes.
TEST_F(Verifying, ArbitraryDamageIsFound) {
  std::mt19937 random(20261124);
  const auto below = [&](std::size_t bound) {
    return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random);
  };
  for (int round = 0; round < 500; ++round) {
    auto row = rows_.begin();
    std::advance(row, static_cast<std::ptrdiff_t>(below(rows_.size())));
    Bytes key = row->first;
    Bytes value = row->second;
    switch (below(4)) {
      case 0:
        value.resize(below(value.size()));
        break;
      case 1:
        value[below(value.size())] ^= static_cast<std::uint8_t>(1U << below(8));
        break;
      case 2:
        value.push_back(0);
        break;
      default:
        key.push_back(static_cast<std::uint8_t>(below(256)));
    }
    meta_.set_rows(rows_);
    meta_.set_row(key, value);
    ASSERT_FALSE(findings().empty()) << crypto::to_hex(key) << " " << crypto::to_hex(value);
  }
}

}  // namespace
}  // namespace vault
