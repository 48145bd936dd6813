// One byte of a small store is flipped, each in its turn. The flip is found before the engine maps
// the page; or it lies in what a row says, which the log's digests are for; or it means nothing. In
// no case does the process that opens the store, reads all of it and writes to it, crash.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "support/forked.h"
#include "support/lmdb_file.h"
#include "support/small_store.h"
#include "support/temp_dir.h"
#include "vault/lmdb_pages.h"

namespace vault {
namespace {

using support::LmdbFile;
using Rows = std::map<Bytes, Bytes>;

Rows rows_of(const MetaStore& store) {
  Rows rows;
  support::check(store.read([&](const ReadTxn& txn) {
    return txn.scan({}, {}, [&](ByteView key, ByteView value) {
      rows[crypto::to_bytes(key)] = crypto::to_bytes(value);
      return true;
    });
  }));
  return rows;
}

class Flipped : public testing::Test {
 protected:
  Flipped() {
    support::make_small_store(dir_ / "meta");
    file_.emplace(path());
    rows_ = rows_of(*open_lmdb_meta(dir_ / "meta", kOptions).value());
    file_.emplace(path());  // as that left it
  }

  void flip(std::size_t at, std::uint8_t mask) {
    file_->store_byte(at, mask);
    if (find_damaged_page(path(), {Runs::heads, support::kSmallMap, {}})) {
      ++found_;
      file_->store_byte(at, 0);
      return;
    }
    const int answer = support::run_forked([&] { return use(); });
    EXPECT_TRUE(answer == kSame || answer == kOther)
        << "page " << at / LmdbFile::kPage << " byte " << at % LmdbFile::kPage << " with "
        << unsigned{mask} << ": " << answer;
    ++(answer == kSame ? without_effect_ : in_rows_);
    file_->store();  // the child has written to it
  }

  // The bytes of the page that say something about it or about others, but for keys and values.
  std::set<std::size_t> fields_of(std::uint64_t page) const {
    std::set<std::size_t> fields;
    const auto add = [&](std::size_t from, std::size_t size) {
      for (std::size_t i = 0; i < size; ++i) fields.insert(page * LmdbFile::kPage + from + i);
    };
    const auto kind = file_->kind(page);
    add(0, kind == LmdbFile::meta ? 152 : 16);
    if (kind != LmdbFile::branch && kind != LmdbFile::leaf) return fields;
    for (std::size_t i = 0; i < file_->nodes(page); ++i) {
      add(16 + 2 * i, 2);
      add(file_->node(page, i), 8);
    }
    return fields;
  }
  std::set<std::uint64_t> pages_in_use() const {
    const std::uint64_t root = file_->rows_root();
    std::set<std::uint64_t> pages{0, 1, file_->free_root(), root, file_->large_value().run};
    for (std::size_t i = 0; i < file_->nodes(root); ++i) pages.insert(file_->child(root, i));
    return pages;
  }

  static inline const LmdbOptions kOptions{.map_size = support::kSmallMap};
  static constexpr int kSame = 10;
  static constexpr int kOther = 11;

  // All that a service would do with it.
  int use() const {
    const auto store = open_lmdb_meta(dir_ / "meta", kOptions);
    if (!store) return 1;
    const bool same = rows_of(**store) == rows_;
    const auto written = (*store)->write([&](WriteTxn& txn) -> Result<void> {
      for (int i = 0; i < 120; i += 3) {
        if (auto put = support::put_row(txn, i, 80); !put) return put;
      }
      if (auto put = support::put_row(txn, 131, 9000); !put) return put;
      return txn.erase(crypto::as_bytes(support::small_key(100)));
    });
    if (!written) return 2;
    (void)rows_of(**store);
    return same ? kSame : kOther;
  }

  std::filesystem::path path() const { return dir_ / "meta/data.mdb"; }
  support::TempDir dir_;
  std::optional<LmdbFile> file_;
  Rows rows_;
  int found_ = 0;
  int in_rows_ = 0;
  int without_effect_ = 0;
};

TEST_F(Flipped, AFieldOfAPageIsFoundOrHarmless) {
  std::set<std::uint16_t> kinds;
  for (const std::uint64_t page : pages_in_use()) {
    kinds.insert(file_->kind(page));
    for (const std::size_t at : fields_of(page)) {
      flip(at, 0x01);
      flip(at, 0x80);
    }
  }
  EXPECT_EQ(kinds, (std::set<std::uint16_t>{LmdbFile::branch, LmdbFile::leaf,
                                            LmdbFile::first_of_run, LmdbFile::meta}));
  // What is left: the older meta page's trees, unused bytes, and sizes that take in a byte of
  // filling.
  EXPECT_GT(found_, 5 * (in_rows_ + without_effect_));
  RecordProperty("found", found_);
  RecordProperty("in_rows", in_rows_);
  RecordProperty("without_effect", without_effect_);
}

class FlippedSoak : public Flipped {};

TEST_F(FlippedSoak, EachByteOfEachPageIsFoundOrHarmless) {
  for (std::size_t at = 0; at < file_->bytes().size(); ++at) flip(at, 0xff);
}

}  // namespace
}  // namespace vault
