// Every edit of a data folder is found by verify-store, where it was made.
#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>

#include "crypto/encoding.h"
#include "edited/edits.h"
#include "edited/prepared.h"
#include "support/memory_meta.h"
#include "vault/lmdb_blobs.h"
#include "vault/verify.h"
#include "vault/verify_chain.h"
#include "vault/verify_documents.h"
#include "vault/verify_erase_keys.h"

namespace edited {
namespace {

std::vector<std::string> places(const vault::Result<vault::StoreReport>& report) {
  std::vector<std::string> found;
  // What cannot be read to its end is told as a whole.
  if (!report) return {"error " + std::to_string(static_cast<int>(report.error()))};
  for (const auto& finding : report->findings) {
    found.push_back(finding.id);
    if (found.back().empty()) ADD_FAILURE() << to_text(finding.damage) << " without a place";
  }
  return found;
}

// As `segel verify-store` judges, with the head that somebody kept. The rows of `meta` are in
// memory, since thousands of edits are tried.
class VerifyEdits : public ::testing::Test {
 protected:
  VerifyEdits() { put_folder(prepared().image); }

  std::vector<std::string> findings_of(const Image& image) {
    if (image.blobs != shown_.blobs || image.erase_keys != shown_.erase_keys) put_folder(image);
    support::MemoryMeta meta;
    meta.set_rows(image.meta);
    return places(
        vault::verify_store(meta, *blobs_,
                            {prepared().log,
                             prepared().head,
                             {vault::verify_documents, vault::verify_chain(prepared().log),
                              vault::verify_erase_keys(folder_->data() / "erase.keys", meta)}}));
  }
  void expect_found(const std::vector<Edit>& edits) {
    ASSERT_FALSE(edits.empty());
    for (const Edit& edit : edits) {
      Image image = prepared().image;
      edit.apply(image);
      ASSERT_FALSE(image == prepared().image) << edit.name;
      const auto found = findings_of(image);
      if (edit.harmless != nullptr) {
        EXPECT_THAT(found, ::testing::IsEmpty()) << edit.name << ": " << edit.harmless;
        continue;
      }
      EXPECT_FALSE(found.empty()) << edit.name;
      for (const std::string& place : edit.found_at) {
        if (place.empty()) continue;
        EXPECT_THAT(found, ::testing::Contains(place)) << edit.name;
      }
    }
    EXPECT_THAT(findings_of(prepared().image), ::testing::IsEmpty());
  }

 private:
  void put_folder(const Image& image) {
    blobs_.reset();
    folder_.emplace(image);
    shown_ = image;
    auto opened = vault::open_lmdb_blobs(folder_->data() / "blobs", {.read_only = true});
    if (!opened) throw std::runtime_error("no blobs");
    blobs_ = std::move(*opened);
  }
  std::optional<Copy> folder_;
  std::unique_ptr<vault::BlobStore> blobs_;
  Image shown_;
};

TEST_F(VerifyEdits, FindNothingInTheStoreAsItIs) {
  EXPECT_THAT(findings_of(prepared().image), ::testing::IsEmpty());
}

TEST_F(VerifyEdits, FindABitOfEachFieldOfEachKind) { expect_found(flips(1)); }

TEST_F(VerifyEdits, FindABitInsideWrappedHeaders) { expect_found(flips_inside_headers()); }

TEST_F(VerifyEdits, FindRowsExchangedTakenAndAdded) {
  expect_found(swaps());
  expect_found(removals());
  expect_found(additions());
}

TEST_F(VerifyEdits, FindValuesThatNoReleaseWrote) { expect_found(hostile_values()); }

TEST_F(VerifyEdits, FindWhatWasPutBack) { expect_found(rolled_back()); }

TEST_F(VerifyEdits, FindALogThatWasCut) { expect_found(cut_logs()); }

TEST_F(VerifyEdits, FindKeysExchangedForOthers) { expect_found(other_keys()); }

TEST_F(VerifyEdits, FindSealedBytesThatAreOthers) {
  expect_found(blob_edits());
  expect_found(blob_flips(false));
}

TEST_F(VerifyEdits, FindEraseKeysThatAreOthers) { expect_found(erase_key_edits()); }

TEST_F(VerifyEdits, SoakEveryByteOfEveryRow) {
  for (const auto& [key, value] : prepared().image.meta) {
    if (key == vault::Key(vault::Kind::slot_count).raw() || value.empty()) continue;
    expect_found(flips_of_row(key, true));
  }
  expect_found(blob_flips(true));
}

}  // namespace
}  // namespace edited
