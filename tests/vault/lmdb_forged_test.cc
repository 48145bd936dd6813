// Whole stores forged by one who knows the engine's format, each page of them well-formed or nearly
// so: refused before the engine sees them, with the page named.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/forked.h"
#include "support/lmdb_file.h"
#include "support/small_store.h"
#include "support/temp_dir.h"
#include "vault/extent.h"
#include "vault/lmdb_blobs.h"
#include "vault/lmdb_pages.h"

namespace vault {
namespace {

using support::LmdbFile;
using u16 = std::uint16_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;

struct Forgery {
  const char* name;
  // Returns the page that is to be named.
  u64 (*make)(LmdbFile& file);
  PageFault found;
};

std::vector<crypto::Bytes> nodes_of(const LmdbFile& file, u64 page) {
  std::vector<crypto::Bytes> nodes;
  for (std::size_t i = 0; i < file.nodes(page); ++i) nodes.push_back(file.node_bytes(page, i));
  return nodes;
}

// The first list of free pages that has two, and lies in its leaf: where its count stands.
std::size_t list_of_two(const LmdbFile& file) {
  const u64 leaf = file.free_root();
  for (std::size_t i = 0; i < file.nodes(leaf); ++i) {
    const std::size_t at = file.node(leaf, i) + 8 + 8;
    if (file.get<u64>(leaf, at) >= 2) return at;
  }
  throw std::runtime_error("no list of two pages");
}

constexpr Forgery kForgeries[] = {
    {"ABranchOfOnePage",
     [](LmdbFile& file) {
       const u64 root = file.rows_root();
       file.repack(root, {file.node_bytes(root, 0)});
       return root;
     },
     PageFault::lonely_branch},
    {"AnEmptyKeyWithinABranch",
     [](LmdbFile& file) {
       const u64 root = file.rows_root();
       auto nodes = nodes_of(file, root);
       nodes[1].resize(8);
       nodes[1][6] = nodes[1][7] = 0;
       file.repack(root, nodes);
       return root;
     },
     PageFault::key_wrong},
    {"FreePagesOfTransactionZero",
     [](LmdbFile& file) {
       const u64 leaf = file.free_root();
       file.set<u64>(leaf, file.node(leaf, 0) + 8, 0);
       return leaf;
     },
     PageFault::free_list_of_none},
    {"FreePagesOfATransactionToCome",
     [](LmdbFile& file) {
       const u64 leaf = file.free_root();
       file.set<u64>(leaf, file.node(leaf, file.nodes(leaf) - 1) + 8, kNoPage);
       return leaf;
     },
     PageFault::free_list_of_none},
    {"RoomThatIsNotThere",
     [](LmdbFile& file) {
       const u64 last = file.last_page();
       file.set<u64>(file.newest(), 136, last + 100);
       return last + 1;
     },
     PageFault::lost},
    {"MoreRoomThanTheMapHas",
     [](LmdbFile& file) {
       file.set<u64>(file.newest(), 136, u64{1} << 33);
       file.set<u64>(file.newest(), 32, u64{1} << 46);
       return file.newest();
     },
     PageFault::last_page_wrong},
    {"TransactionsAtTheEndOfTheNumbers",
     [](LmdbFile& file) {
       file.set<u64>(0, 144, kNoPage - 1);
       file.set<u64>(1, 144, kNoPage);
       return u64{0};
     },
     PageFault::txn_wrong},
    {"AnOlderMetaPageThatIsNoNeighbour",
     [](LmdbFile& file) {
       file.set<u64>(file.newest(), 144, file.get<u64>(file.newest(), 144) + 2);
       return file.newest();
     },
     PageFault::txn_wrong},
    {"ABranchThatIsItsOwnChild",
     [](LmdbFile& file) {
       const u64 root = file.rows_root();
       file.set<u32>(root, file.node(root, 1), static_cast<u32>(root));
       file.set<u16>(file.newest(), 88 + 6, 3);
       // A leaf is met before the circle is.
       return file.child(root, 0);
     },
     PageFault::depth_wrong},
    {"TwoNamesOfOneLeaf",
     [](LmdbFile& file) {
       const u64 root = file.rows_root();
       file.set<u32>(root, file.node(root, 1), static_cast<u32>(file.child(root, 0)));
       return file.child(root, 0);
     },
     PageFault::reached_twice},
    {"TwoLeavesExchanged",
     [](LmdbFile& file) {
       const u64 root = file.rows_root();
       const u64 first = file.child(root, 0);
       const u64 second = file.child(root, 1);
       file.set<u32>(root, file.node(root, 0), static_cast<u32>(second));
       file.set<u32>(root, file.node(root, 1), static_cast<u32>(first));
       return second;
     },
     PageFault::keys_unordered},
    {"ALeafInThePlaceOfTheRoot",
     [](LmdbFile& file) {
       const u64 leaf = file.child(file.rows_root(), 0);
       file.set<u64>(file.newest(), 88 + 40, leaf);
       return leaf;
     },
     PageFault::depth_wrong},
    {"ATreeDeeperThanItSays",
     [](LmdbFile& file) {
       file.set<u16>(file.newest(), 88 + 6, 1);
       return file.rows_root();
     },
     PageFault::depth_wrong},
    {"APageInUseAmongTheFree",
     [](LmdbFile& file) {
       // The list stays in order: its first page is the highest.
       const std::size_t at = list_of_two(file);
       for (u64 page = file.last_page(); page > 2; --page) {
         if (page == file.rows_root() && page > file.get<u64>(file.free_root(), at + 16)) {
           file.set<u64>(file.free_root(), at + 8, page);
           return page;
         }
       }
       const u64 root = file.rows_root();
       file.set<u64>(file.free_root(), at, 1);
       file.set<u64>(file.free_root(), at + 8, root);
       return root;
     },
     PageFault::reached_twice},
    {"FreePagesOutOfOrder",
     [](LmdbFile& file) {
       const std::size_t at = list_of_two(file);
       const u64 leaf = file.free_root();
       const u64 first = file.get<u64>(leaf, at + 8);
       file.set<u64>(leaf, at + 8, file.get<u64>(leaf, at + 16));
       file.set<u64>(leaf, at + 16, first);
       return leaf;
     },
     PageFault::free_list_wrong},
    {"AFreePageTwice",
     [](LmdbFile& file) {
       const std::size_t at = list_of_two(file);
       file.set<u64>(file.free_root(), at + 16, file.get<u64>(file.free_root(), at + 8));
       return file.free_root();
     },
     PageFault::free_list_wrong},
    {"AMetaPageAmongTheFree",
     [](LmdbFile& file) {
       const std::size_t at = list_of_two(file);
       file.set<u64>(file.free_root(), at + 8 * file.get<u64>(file.free_root(), at), 1);
       return file.free_root();
     },
     PageFault::free_list_wrong},
    {"AListLongerThanItsRow",
     [](LmdbFile& file) {
       file.set<u64>(file.free_root(), list_of_two(file), kNoPage);
       return file.free_root();
     },
     PageFault::free_list_wrong},
    {"AShorterListOfFreePages",
     [](LmdbFile& file) {
       const std::size_t at = list_of_two(file);
       const u64 count = file.get<u64>(file.free_root(), at);
       const u64 gone = file.get<u64>(file.free_root(), at + 8 * count);
       file.set<u64>(file.free_root(), at, count - 1);
       return gone;
     },
     PageFault::lost},
    {"MoreRowsThanThereAre",
     [](LmdbFile& file) {
       file.set<u64>(file.newest(), 88 + 32, file.get<u64>(file.newest(), 88 + 32) + 1);
       return file.newest();
     },
     PageFault::counts_wrong},
    {"FewerLeavesThanThereAre",
     [](LmdbFile& file) {
       file.set<u64>(file.newest(), 88 + 16, 1);
       return file.newest();
     },
     PageFault::counts_wrong},
    {"ATableOfSortedDuplicates",
     [](LmdbFile& file) {
       file.set<u16>(file.newest(), 88 + 4, 4);
       return file.newest();
     },
     PageFault::settings_wrong},
    {"ATableInARow",
     [](LmdbFile& file) {
       const u64 leaf = file.child(file.rows_root(), 0);
       file.set<u16>(leaf, file.node(leaf, 0) + 4, 2);
       return leaf;
     },
     PageFault::value_wrong},
    {"ARunThatSwallowsItsNeighbours",
     [](LmdbFile& file) {
       const u64 run = file.large_value().run;
       file.set<u32>(run, 12, 0x7fffffff);
       return run;
     },
     PageFault::run_wrong},
    {"ARunThatIsALeaf",
     [](LmdbFile& file) {
       const auto large = file.large_value();
       const std::size_t at = file.node(large.page, large.node);
       const u64 leaf = file.child(file.rows_root(), 0);
       file.set<u64>(large.page, at + 8 + file.get<u16>(large.page, at + 6), leaf);
       return leaf;
     },
     PageFault::wrong_kind},
    {"AFileCutWithinAPageInUse",
     [](LmdbFile& file) {
       // The free pages' tree is walked first.
       const u64 root = file.free_root();
       file.bytes().resize(root * LmdbFile::kPage + 100);
       return root;
     },
     PageFault::beyond_file},
    {"AFileOfHalfAPage",
     [](LmdbFile& file) {
       file.bytes().resize(100);
       return u64{0};
     },
     PageFault::beyond_file},
};

class Forged : public testing::TestWithParam<Forgery> {};

TEST_P(Forged, IsRefusedAndItsPageNamedBeforeTheEngineMapsIt) {
  const support::TempDir dir;
  support::make_small_store(dir / "meta");
  LmdbFile file(dir / "meta/data.mdb");
  const u64 page = GetParam().make(file);
  file.store();

  const auto damage =
      find_damaged_page(dir / "meta/data.mdb", {Runs::heads, support::kSmallMap, {}});
  ASSERT_TRUE(damage);
  EXPECT_STREQ(to_text(damage->fault), to_text(GetParam().found));
  EXPECT_EQ(damage->page, page);

  for (const bool read_only : {false, true}) {
    const int answer = support::run_forked([&] {
      std::optional<PageDamage> told;
      LmdbOptions options{.map_size = support::kSmallMap, .read_only = read_only};
      const OnDamagedPage on_damaged_page = [&](const std::filesystem::path&, PageDamage found) {
        told = found;
      };
      options.on_damaged_page = &on_damaged_page;
      const auto store = open_lmdb_meta(dir / "meta", options);
      if (store) return 1;
      if (store.error() != Errc::corrupt) return 2;
      return told == damage ? 0 : 3;
    });
    EXPECT_EQ(answer, 0) << (read_only ? "beside a writer" : "as its writer");
  }
}

INSTANTIATE_TEST_SUITE_P(Stores, Forged, testing::ValuesIn(kForgeries),
                         [](const auto& row) { return row.param.name; });

class NoFile : public testing::Test {
 protected:
  NoFile() { support::make_small_store(dir_ / "meta"); }
  void expect_refused() const {
    for (const bool read_only : {false, true}) {
      const auto store =
          open_lmdb_meta(dir_ / "meta", {.map_size = support::kSmallMap, .read_only = read_only});
      ASSERT_FALSE(store);
      EXPECT_EQ(store.error(), Errc::io_failure);
    }
  }
  std::filesystem::path file() const { return dir_ / "meta/data.mdb"; }
  support::TempDir dir_;
};

TEST_F(NoFile, APipeIsNotWaitedFor) {
  std::filesystem::remove(file());
  ASSERT_EQ(::mkfifo(file().c_str(), 0600), 0);
  expect_refused();
}

TEST_F(NoFile, AFolderIsRefused) {
  std::filesystem::remove(file());
  std::filesystem::create_directory(file());
  expect_refused();
}

TEST_F(NoFile, ALinkIsNotFollowed) {
  std::filesystem::rename(file(), dir_ / "elsewhere");
  std::filesystem::create_symlink(dir_ / "elsewhere", file());
  expect_refused();
}

// Neither its length nor what it claims takes memory or time; length alone is no damage.
TEST_F(NoFile, AFileOfExbibytesIsJudgedByWhatIsInUse) {
  u64 size = u64{1} << 62;
  while (size > (u64{1} << 30) && ::truncate(file().c_str(), static_cast<off_t>(size)) != 0)
    size /= 2;
  const JudgeOptions judging{Runs::heads, support::kSmallMap, {}};
  EXPECT_FALSE(find_damaged_page(file(), judging));
  EXPECT_TRUE(open_lmdb_meta(dir_ / "meta", {.map_size = support::kSmallMap}));
}

// Large values are not read at the start; a head that lies is met where its run would be freed.
TEST(ForgedExtent, IsMetBeforeItIsErasedAndNamedBesideTheService) {
  const support::TempDir dir;
  const LmdbOptions options{.map_size = u64{1} << 30};
  const Id forged = Id::make(1);
  const Id neighbour = Id::make(2);
  const Bytes content(3 * kExtentPayload, 5);
  {
    const auto blobs = open_lmdb_blobs(dir / "blobs", options).value();
    for (const Id& id : {forged, neighbour}) {
      auto writer = blobs->begin(id).value();
      support::check(writer->append(content));
      support::check(writer->commit());
      blobs->settle(id);
    }
  }
  LmdbFile file(dir / "blobs/data.mdb");
  const u64 run = file.large_value().run;
  for (const u32 pages : {256U, 258U, 0U}) {
    file.set<u32>(run, 12, pages);
    file.store();
    const auto blobs = open_lmdb_blobs(dir / "blobs", options).value();
    const auto erased = blobs->erase(forged);
    ASSERT_FALSE(erased);
    EXPECT_EQ(erased.error(), Errc::corrupt);
    Bytes read(content.size());
    EXPECT_TRUE(blobs->read(neighbour, 0, read));
    EXPECT_EQ(read, content);
  }
  std::optional<PageDamage> told;
  LmdbOptions beside{.map_size = options.map_size, .read_only = true};
  const OnDamagedPage on_damaged_page = [&](const std::filesystem::path&, PageDamage found) {
    told = found;
  };
  beside.on_damaged_page = &on_damaged_page;
  EXPECT_FALSE(open_lmdb_blobs(dir / "blobs", beside));
  EXPECT_EQ(told, (PageDamage{run, PageFault::run_wrong}));
}

}  // namespace
}  // namespace vault
