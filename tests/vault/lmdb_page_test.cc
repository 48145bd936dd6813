#include "vault/lmdb_page.h"

#include <gtest/gtest.h>

#include "support/lmdb_file.h"
#include "support/small_store.h"
#include "support/temp_dir.h"

namespace vault {
namespace {

using support::LmdbFile;

// Where an edit is made. Each judges its page as a walk of the whole file would.
enum class On { meta, branch, leaf, free_leaf, run };

using u16 = std::uint16_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;

struct Edit {
  const char* name;
  On on;
  void (*make)(LmdbFile& file, u64 page);
  PageFault found;
};

template <typename Number, std::size_t At, u64 Value>
void put(LmdbFile& file, u64 page) {
  file.set<Number>(page, At, static_cast<Number>(Value));
}
// A field of the node `I`.
template <typename Number, std::size_t I, std::size_t At, u64 Value>
void put_in_node(LmdbFile& file, u64 page) {
  file.set<Number>(page, file.node(page, I) + At, static_cast<Number>(Value));
}

constexpr Edit kEdits[] = {
    {"MetaOfAnotherPlace", On::meta, put<u64, 0, 7>, PageFault::wrong_place},
    {"MetaOfAnotherKind", On::meta, put<u16, 10, 2>, PageFault::wrong_kind},
    {"MetaOfTwoKinds", On::meta, put<u16, 10, 10>, PageFault::wrong_kind},
    {"NoMagic", On::meta, put<u32, 16, 0xBEEFC0DF>, PageFault::not_meta},
    {"LaterVersion", On::meta, put<u32, 20, 2>, PageFault::newer_format},
    {"NoVersion", On::meta, put<u32, 20, 0>, PageFault::not_meta},
    {"MapOfExbibytes", On::meta, put<u64, 32, u64{1} << 62>, PageFault::settings_wrong},
    {"FixedAddress", On::meta, put<u64, 24, 4096>, PageFault::settings_wrong},
    {"MapSmallerThanFile", On::meta, put<u64, 32, 4096>, PageFault::last_page_wrong},
    {"PageSize", On::meta, put<u32, 40, 8192>, PageFault::settings_wrong},
    {"PageSizeOfNone", On::meta, put<u32, 40, 0>, PageFault::settings_wrong},
    {"FlagsOfFreePages", On::meta, put<u16, 44, 0>, PageFault::settings_wrong},
    {"FixedMapFlag", On::meta, put<u16, 44, 9>, PageFault::settings_wrong},
    {"DepthZero", On::meta, put<u16, 88 + 6, 0>, PageFault::depth_wrong},
    {"DepthBeyondTheStack", On::meta, put<u16, 88 + 6, 32>, PageFault::depth_wrong},
    {"FreeDepth", On::meta, put<u16, 46, 99>, PageFault::depth_wrong},
    {"RowsWithoutARoot", On::meta, put<u64, 128, kNoPage>, PageFault::counts_wrong},
    {"RootIsAMetaPage", On::meta, put<u64, 128, 1>, PageFault::number_outside},
    {"RootOutside", On::meta, put<u64, 128, 1000000>, PageFault::number_outside},
    {"FreeRootOutside", On::meta, put<u64, 80, 1000000>, PageFault::number_outside},
    {"SortedDuplicates", On::meta, put<u16, 92, 4>, PageFault::settings_wrong},
    {"KeySizeOfFixedKeys", On::meta, put<u32, 88, 8>, PageFault::settings_wrong},
    {"LastPageZero", On::meta, put<u64, 136, 0>, PageFault::last_page_wrong},
    {"LastPageHuge", On::meta, put<u64, 136, kNoPage>, PageFault::last_page_wrong},
    {"TxnOfTheOtherPage", On::meta, put<u64, 144, 1000001>, PageFault::txn_wrong},
    {"TxnAtTheEnd", On::meta, put<u64, 144, kNoPage - 1>, PageFault::txn_wrong},

    {"BranchOfAnotherPlace", On::branch, put<u64, 0, 3000>, PageFault::wrong_place},
    {"BranchOfNoKind", On::branch, put<u16, 10, 0>, PageFault::wrong_kind},
    {"BranchIsDirty", On::branch, put<u16, 10, 0x11>, PageFault::wrong_kind},
    {"BranchOfFixedKeys", On::branch, put<u16, 10, 0x21>, PageFault::wrong_kind},
    {"BranchBecameMeta", On::branch, put<u16, 10, 8>, PageFault::wrong_kind},
    {"LowerBelowTheHead", On::branch, put<u16, 12, 14>, PageFault::bounds_wrong},
    {"LowerIsOdd", On::branch, put<u16, 12, 19>, PageFault::bounds_wrong},
    {"LowerAboveUpper", On::branch, put<u16, 12, 4094>, PageFault::bounds_wrong},
    {"UpperBeyondThePage", On::branch, put<u16, 14, 4098>, PageFault::bounds_wrong},
    {"UpperIsOdd", On::branch, put<u16, 14, 3001>, PageFault::bounds_wrong},
    {"NoChildren", On::branch, put<u16, 12, 16>, PageFault::bounds_wrong},
    {"OneChild", On::branch, put<u16, 12, 18>, PageFault::lonely_branch},
    {"UpperTooLow", On::branch, put<u16, 14, 2000>, PageFault::nodes_unpacked},
    {"UpperTooHigh", On::branch, put<u16, 14, 4096>, PageFault::node_outside},
    {"NodeAtTheHead", On::branch, put<u16, 16, 0>, PageFault::node_outside},
    {"NodeBeyondThePage", On::branch, put<u16, 16, 4094>, PageFault::node_outside},
    {"NodeFarBeyond", On::branch, put<u16, 16, 65534>, PageFault::node_outside},
    {"ChildIsAMetaPage", On::branch, put_in_node<u32, 1, 0, 1>, PageFault::number_outside},
    {"ChildOutside", On::branch, put_in_node<u32, 1, 0, 500000>, PageFault::number_outside},
    {"ChildFarOutside", On::branch, put_in_node<u16, 1, 4, 0x8000>, PageFault::number_outside},
    {"KeyOfABranchTooLong", On::branch, put_in_node<u16, 1, 6, 65535>, PageFault::node_outside},
    {"KeyOfABranchEmpty", On::branch,
     [](LmdbFile& file, u64 page) {
       std::vector<crypto::Bytes> nodes;
       for (std::size_t i = 0; i < file.nodes(page); ++i) nodes.push_back(file.node_bytes(page, i));
       nodes[1].resize(8);
       nodes[1][6] = nodes[1][7] = 0;
       file.repack(page, nodes);
     },
     PageFault::key_wrong},
    {"KeysOfABranchTurned", On::branch,
     [](LmdbFile& file, u64 page) {
       std::vector<crypto::Bytes> nodes;
       for (std::size_t i = 0; i < file.nodes(page); ++i) nodes.push_back(file.node_bytes(page, i));
       std::swap(nodes.at(1), nodes.at(2));
       file.repack(page, nodes);
     },
     PageFault::keys_unordered},

    {"LeafOfAnotherPlace", On::leaf, put<u64, 0, 0>, PageFault::wrong_place},
    {"EmptyLeaf", On::leaf, put<u16, 12, 16>, PageFault::bounds_wrong},
    {"FewerNodes", On::leaf, put<u16, 12, 20>, PageFault::nodes_unpacked},
    {"TwoNodesAtOnePlace", On::leaf,
     [](LmdbFile& file, u64 page) { file.set(page, 16, file.get<u16>(page, 18)); },
     PageFault::nodes_unpacked},
    {"NodeAtAnOddPlace", On::leaf,
     [](LmdbFile& file, u64 page) {
       file.set(page, 16, static_cast<u16>(file.get<u16>(page, 16) + 1));
     },
     PageFault::node_outside},
    {"ValueBeyondThePage", On::leaf, put_in_node<u32, 0, 0, 4000000>, PageFault::node_outside},
    {"ValueOfAllNumbers", On::leaf, put_in_node<u32, 0, 0, 0xFFFFFFFF>, PageFault::node_outside},
    {"ValueOverlaps", On::leaf, put_in_node<u32, 0, 0, 0>, PageFault::nodes_unpacked},
    {"TableInATable", On::leaf, put_in_node<u16, 0, 4, 2>, PageFault::value_wrong},
    {"Duplicates", On::leaf, put_in_node<u16, 0, 4, 4>, PageFault::value_wrong},
    {"KeysTurned", On::leaf,
     [](LmdbFile& file, u64 page) {
       const auto first = file.get<u16>(page, 16);
       file.set(page, 16, file.get<u16>(page, 18));
       file.set(page, 18, first);
     },
     PageFault::keys_unordered},
    {"KeysTwice", On::leaf,
     [](LmdbFile& file, u64 page) {
       file.repack(page, {file.node_bytes(page, 0), file.node_bytes(page, 0)});
     },
     PageFault::keys_unordered},
    {"KeyTooLong", On::leaf,
     [](LmdbFile& file, u64 page) {
       crypto::Bytes node(8 + 512);
       node[7] = 2;
       file.repack(page, {node});
     },
     PageFault::key_wrong},
    {"KeyEmpty", On::leaf, [](LmdbFile& file, u64 page) { file.repack(page, {crypto::Bytes(8)}); },
     PageFault::key_wrong},
    {"ValueThatBelongsInARun", On::leaf,
     [](LmdbFile& file, u64 page) {
       crypto::Bytes node(8 + 2 + 3000);
       node[6] = 2;
       const u32 size = 3000;
       std::memcpy(node.data(), &size, sizeof(size));
       file.repack(page, {node});
     },
     PageFault::value_wrong},
    {"RunOutside", On::leaf,
     [](LmdbFile& file, u64 page) {
       crypto::Bytes node(8 + 2 + 8);
       node[4] = 1;
       node[6] = 2;
       node[17] = 0x10;
       file.repack(page, {node});
     },
     PageFault::number_outside},

    {"NumberOfAnotherSize", On::free_leaf,
     [](LmdbFile& file, u64 page) {
       crypto::Bytes node(8 + 4 + 8);
       node[0] = 8;
       node[6] = 4;
       file.repack(page, {node});
     },
     PageFault::key_wrong},
    {"ListOfNoWholeNumbers", On::free_leaf,
     [](LmdbFile& file, u64 page) {
       crypto::Bytes node(8 + 8 + 10);
       node[0] = 10;
       node[6] = 8;
       file.repack(page, {node});
     },
     PageFault::free_list_wrong},
    {"ListOfNothing", On::free_leaf,
     [](LmdbFile& file, u64 page) {
       crypto::Bytes node(8 + 8);
       node[6] = 8;
       file.repack(page, {node});
     },
     PageFault::free_list_wrong},

    {"RunOfAnotherPlace", On::run, put<u64, 0, 2>, PageFault::wrong_place},
    {"RunOfAnotherKind", On::run, put<u16, 10, 2>, PageFault::wrong_kind},
    {"RunTooShort", On::run, put<u32, 12, 1>, PageFault::run_wrong},
};

class PageEdited : public testing::TestWithParam<Edit> {};

TEST_P(PageEdited, IsFound) {
  const support::TempDir dir;
  support::make_small_store(dir / "meta");
  LmdbFile file(dir / "meta/data.mdb");
  const u64 last = file.last_page();
  const auto large = file.large_value();
  const u64 meta = 0;  // its transaction is even, whichever counts
  const u64 root = file.rows_root();
  ASSERT_EQ(file.kind(root), LmdbFile::branch);
  ASSERT_GE(file.nodes(root), 3U);

  const auto judge = [&](On on) -> Judged<void> {
    const auto nothing = [](const auto&) {};
    switch (on) {
      case On::meta:
        return judge_meta(file.page(meta), meta).map(nothing);
      case On::branch:
        return TreePage::judge(file.page(root), root, Tree::rows, last).map(nothing);
      case On::leaf:
        return TreePage::judge(file.page(file.child(root, 0)), file.child(root, 0), Tree::rows,
                               last)
            .map(nothing);
      case On::free_leaf:
        return TreePage::judge(file.page(file.free_root()), file.free_root(), Tree::free_pages,
                               last)
            .map(nothing);
      case On::run:
        return judge_run(file.page(large.run).first(kPageHead), large.run, 5000).map(nothing);
    }
    return {};
  };
  const auto place = [&](On on) -> u64 {
    switch (on) {
      case On::meta:
        return meta;
      case On::branch:
        return root;
      case On::leaf:
        return file.child(root, 0);
      case On::free_leaf:
        return file.free_root();
      case On::run:
        return large.run;
    }
    return 0;
  };

  const Edit& edit = GetParam();
  ASSERT_TRUE(judge(edit.on)) << to_text(judge(edit.on).error());
  const u64 page = place(edit.on);
  edit.make(file, page);
  const auto judged = judge(edit.on);
  ASSERT_FALSE(judged);
  EXPECT_STREQ(to_text(judged.error()), to_text(edit.found));
}

INSTANTIATE_TEST_SUITE_P(Pages, PageEdited, testing::ValuesIn(kEdits),
                         [](const auto& row) { return row.param.name; });

// The engine keeps a key of nothing at a branch's first place, and any key there means the same.
TEST(Page, ABranchsFirstKeyMeansNothing) {
  const support::TempDir dir;
  support::make_small_store(dir / "meta");
  LmdbFile file(dir / "meta/data.mdb");
  const u64 root = file.rows_root();
  std::vector<crypto::Bytes> nodes;
  for (std::size_t i = 0; i < file.nodes(root); ++i) nodes.push_back(file.node_bytes(root, i));
  nodes[0].resize(8 + 4, 'z');
  nodes[0][6] = 4;
  file.repack(root, nodes);
  EXPECT_TRUE(TreePage::judge(file.page(root), root, Tree::rows, file.last_page()));
}

TEST(Page, ARunHasRoomForItsHeadAndItsValue) {
  EXPECT_EQ(pages_of(0), 1U);
  EXPECT_EQ(pages_of(4080), 1U);
  EXPECT_EQ(pages_of(4081), 2U);
  EXPECT_EQ(pages_of(257 * 4096 - 16), 257U);
}

}  // namespace
}  // namespace vault
