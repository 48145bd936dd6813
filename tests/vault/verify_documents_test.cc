#include "vault/verify_documents.h"

#include <gmock/gmock.h>

#include "support/memory_meta.h"
#include "support/pattern.h"
#include "support/raw_lmdb.h"
#include "support/temp_dir.h"
#include "vault/documents.h"
#include "vault/extent.h"
#include "vault/keys.h"
#include "vault/lmdb_blobs.h"
#include "vault/records.h"

namespace vault {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

// Documents as deposits leave them: a small one inline, and large ones as blobs.
class VerifyingDocuments : public ::testing::Test {
 protected:
  void SetUp() override {
    open_blobs();
    small_ = deposit(100);
    large_ = deposit(3'000'000);
    boundary_ = deposit(2 * kExtentPayload - 2 * 16 * crypto::age::kTagSize);
    ASSERT_THAT(findings(), IsEmpty());
  }

  void open_blobs() {
    auto opened = open_lmdb_blobs(folder(), {.map_size = std::uint64_t{1} << 30});
    ASSERT_TRUE(opened);
    blobs_ = std::move(*opened);
  }
  std::filesystem::path folder() const { return dir_ / "blobs"; }

  VersionRecord deposit(std::size_t size) {
    const auto payload =
        crypto::age::seal_payload(support::pattern(size, 1), crypto::FileKey::random());
    crypto::age::PayloadNonce nonce;
    std::copy_n(payload.begin(), nonce.size(), nonce.begin());
    crypto::age::PayloadRoot root(nonce);
    for (ByteView rest = ByteView(payload).subspan(crypto::age::kNonceSize); !rest.empty();) {
      const std::size_t chunk = std::min(rest.size(), crypto::age::kSealedChunkSize);
      root.add(rest.first(chunk));
      rest = rest.subspan(chunk);
    }
    VersionRecord record;
    record.document = Id::make(++last_ms_);
    record.size = payload.size();
    record.payload_root = root.root();
    record.inline_payload = payload.size() <= Documents::kMaxInline;
    if (record.inline_payload) {
      meta_.set_row(inline_key(record), payload);
    } else {
      record.blob = Id::make(++last_ms_);
      auto writer = blobs_->begin(record.blob).value();
      EXPECT_TRUE(writer->append(payload));
      EXPECT_TRUE(writer->commit());
    }
    store(record);
    meta_.set_row(Key(Kind::document).id(record.document),
                  encode(DocumentRecord{record.document, {}, 1}));
    return record;
  }
  void store(const VersionRecord& record) {
    meta_.set_row(Key(Kind::version).id(record.document).u64(record.version), encode(record));
  }
  static Bytes inline_key(const VersionRecord& record) {
    return Key(Kind::inline_payload).id(record.document).u64(record.version).raw();
  }
  static std::string name(const VersionRecord& record) { return record.document.text() + " 1"; }

  std::vector<std::pair<Damage, std::string>> findings() {
    std::vector<std::pair<Damage, std::string>> found;
    EXPECT_TRUE(meta_.read([&](const ReadTxn& txn) {
      return verify_documents(txn, *blobs_, [&](Damage damage, std::string id) {
        found.emplace_back(damage, std::move(id));
      });
    }));
    return found;
  }

  support::TempDir dir_;
  support::MemoryMeta meta_;
  std::unique_ptr<BlobStore> blobs_;
  std::int64_t last_ms_ = 1'790'000'000'000;
  VersionRecord small_, large_, boundary_;
};

TEST_F(VerifyingDocuments, APayloadThatIsGoneIsNamed) {
  meta_.set_row(inline_key(small_), std::nullopt);
  EXPECT_THAT(findings(), ElementsAre(Pair(Damage::payload_missing, name(small_))));
  ASSERT_TRUE(blobs_->erase(large_.blob));
  EXPECT_THAT(findings(), ElementsAre(Pair(Damage::payload_missing, name(small_)),
                                      Pair(Damage::payload_missing, name(large_))));
}

TEST_F(VerifyingDocuments, AnotherInlinePayloadIsNamed) {
  auto payload = crypto::age::seal_payload(support::pattern(100, 1), crypto::FileKey::random());
  meta_.set_row(inline_key(small_), payload);
  EXPECT_THAT(findings(), ElementsAre(Pair(Damage::payload_altered, name(small_))));
  payload.pop_back();
  meta_.set_row(inline_key(small_), payload);
  EXPECT_THAT(findings(), ElementsAre(Pair(Damage::payload_altered, name(small_))));
}

// Whoever can write the blobs makes the checksums fit as well: the root of the payload does not.
TEST_F(VerifyingDocuments, AnotherBlobOfTheSameSizeIsNamed) {
  const auto other = deposit(3'000'000);
  large_.blob = other.blob;
  store(large_);
  EXPECT_THAT(findings(), ElementsAre(Pair(Damage::payload_altered, name(large_))));
  large_.blob = boundary_.blob;  // of another size
  store(large_);
  EXPECT_THAT(findings(), ElementsAre(Pair(Damage::payload_altered, name(large_))));
}

TEST_F(VerifyingDocuments, AFlippedBitInAnyExtentIsNamed) {
  for (const unsigned extent : {0U, 1U, 2U}) {
    SCOPED_TRACE(extent);
    const auto flip = [&](const Bytes& key, Bytes& value) {
      const bool ours = key[0] == 2 && std::equal(large_.blob.bytes.begin(),
                                                  large_.blob.bytes.end(), key.begin() + 1);
      if (ours && key.back() == extent) value[kExtentHead + 70'000] ^= 4;
    };
    blobs_.reset();
    support::edit_lmdb(folder(), flip);
    open_blobs();
    EXPECT_THAT(findings(), ElementsAre(Pair(Damage::payload_altered, name(large_))));
    blobs_.reset();
    support::edit_lmdb(folder(), flip);
    open_blobs();
    EXPECT_THAT(findings(), IsEmpty());
  }
}

// Nor do the chunks' tags help, which are left as they are here: by who has not the key since they
// cannot be told from right ones, by who has it since other chunks can be made for them.
TEST_F(VerifyingDocuments, ZerosWithTagsAndChecksumsThatFitAreNamed) {
  using crypto::age::kNonceSize;
  using crypto::age::kSealedChunkSize;
  // Of extent 1 the beginning of its second chunk, and of extent 0 the nonce.
  struct Zeros {
    std::uint32_t extent;
    std::size_t at, size;
  };
  for (const Zeros& one :
       {Zeros{1, kNonceSize + kSealedChunkSize, 1000}, Zeros{0, 0, kNonceSize}}) {
    SCOPED_TRACE(one.extent);
    Bytes kept;
    const auto edit = [&](const Bytes& key, Bytes& value) {
      const bool ours = key[0] == 2 && std::equal(large_.blob.bytes.begin(),
                                                  large_.blob.bytes.end(), key.begin() + 1);
      if (!ours || key.back() != one.extent) return;
      if (!kept.empty()) {
        value = kept;
        return;
      }
      kept = value;
      std::fill_n(value.begin() + static_cast<std::ptrdiff_t>(kExtentHead + one.at), one.size, 0);
      seal_extent(value, large_.blob, one.extent, kExtentPayload);
    };
    blobs_.reset();
    support::edit_lmdb(folder(), edit);
    open_blobs();
    Bytes zeros(one.size, 1);
    EXPECT_TRUE(blobs_->read(large_.blob, one.extent * kExtentPayload + one.at, zeros));
    EXPECT_EQ(zeros, Bytes(one.size));
    EXPECT_THAT(findings(), ElementsAre(Pair(Damage::payload_altered, name(large_))));
    blobs_.reset();
    support::edit_lmdb(folder(), edit);
    open_blobs();
    EXPECT_THAT(findings(), IsEmpty());
  }
}

TEST_F(VerifyingDocuments, AVersionTooManyOrTooFewIsNamed) {
  meta_.set_row(Key(Kind::document).id(small_.document),
                encode(DocumentRecord{small_.document, {}, 2}));
  EXPECT_THAT(findings(), ElementsAre(Pair(Damage::document_incomplete, small_.document.text())));
  meta_.set_row(Key(Kind::document).id(small_.document), std::nullopt);
  EXPECT_THAT(findings(), ElementsAre(Pair(Damage::document_incomplete, name(small_))));
}

// What a deposit under way has written, and no record names yet, is no damage.
TEST_F(VerifyingDocuments, ABlobThatNoRecordNamesIsNoFinding) {
  auto writer = blobs_->begin(Id::make(++last_ms_)).value();
  ASSERT_TRUE(writer->append(support::pattern(5000, 1)));
  ASSERT_TRUE(writer->commit());
  EXPECT_THAT(findings(), IsEmpty());
}

// Read-only, an environment is opened beside the process that writes it, and leaves no trace.
TEST(ReadOnlyStore, IsReadAndNeverWrittenOrMade) {
  const support::TempDir dir;
  EXPECT_EQ(open_lmdb_meta(dir / "meta", {.read_only = true}).error(), Errc::not_found);
  EXPECT_FALSE(std::filesystem::exists(dir / "meta"));

  const auto put = [](WriteTxn& txn) {
    return txn.put(crypto::as_bytes("a"), crypto::as_bytes("1"));
  };
  const LmdbOptions small{.map_size = std::uint64_t{64} << 20};
  ASSERT_TRUE(open_lmdb_meta(dir / "meta", small).value()->write(put));
  const auto store = open_lmdb_meta(dir / "meta", {.read_only = true}).value();
  EXPECT_EQ(store->write(put).error(), Errc::io_failure);
  EXPECT_TRUE(store->read([](const ReadTxn& txn) -> Result<void> {
    EXPECT_TRUE(txn.get(crypto::as_bytes("a")).value());
    return {};
  }));
}

}  // namespace
}  // namespace vault
