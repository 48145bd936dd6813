#include "vault/lmdb_page.h"

#include <algorithm>
#include <bitset>
#include <cstring>

namespace vault {
namespace {

using crypto::ByteView;

// The head of every page: its number u64, 2 unused bytes, its kind u16, and then the bounds of the
// free room (u16 each), or the length of the run (u32).
constexpr std::size_t kKindAt = 10;
constexpr std::size_t kLowerAt = 12;
constexpr std::size_t kUpperAt = 14;
constexpr std::size_t kRunLengthAt = 12;
constexpr std::uint16_t kBranch = 0x01;
constexpr std::uint16_t kLeaf = 0x02;
constexpr std::uint16_t kRun = 0x04;
constexpr std::uint16_t kMeta = 0x08;
constexpr std::uint16_t kDirty = 0x10;  // in memory only

// A node: size of its value u32 (in a branch: its child u48), flags u16, size of its key u16, key.
constexpr std::size_t kNodeHead = 8;
constexpr std::size_t kNodeFlagsAt = 4;
constexpr std::size_t kKeySizeAt = 6;
constexpr std::uint16_t kValueInRun = 0x01;  // the only flag of ours: no tables in tables
constexpr std::size_t kMostKey = 511;
// So that two fit into a page; a larger value lies in a run.
constexpr std::size_t kMostNode = 2038;

constexpr std::uint32_t kMagic = 0xBEEFC0DE;
constexpr std::uint32_t kDataVersion = 1;
constexpr std::size_t kMagicAt = 16;
constexpr std::size_t kVersionAt = 20;
constexpr std::size_t kAddressAt = 24;
constexpr std::size_t kMapSizeAt = 32;
constexpr std::size_t kFreeAt = 40;
constexpr std::size_t kRowsAt = 88;
constexpr std::size_t kLastPageAt = 136;
constexpr std::size_t kTxnAt = 144;
constexpr std::uint16_t kNumberKeys = 0x08;  // the flag of the free pages' tree
constexpr std::uint16_t kMostDepth = 31;     // the engine's cursors have 32 places
// The engine adds one for each commit and keeps the largest number for itself. This many are never
// made.
constexpr std::uint64_t kMostTxn = std::uint64_t{1} << 56;
// More than a process has addresses for; a reader maps as much as is said here.
constexpr std::uint64_t kMostMap = std::uint64_t{1} << 46;
constexpr PageNumber kMostPage = std::uint64_t{1} << 47;  // what a node can name

template <typename Number>
Number load(ByteView bytes, std::size_t at) {
  Number number{};
  std::memcpy(&number, bytes.data() + at, sizeof(number));
  return number;
}

constexpr std::size_t even(std::size_t size) { return (size + 1) & ~std::size_t{1}; }

TreeRecord load_record(ByteView page, std::size_t at) {
  TreeRecord record;
  record.pad = load<std::uint32_t>(page, at);
  record.flags = load<std::uint16_t>(page, at + 4);
  record.depth = load<std::uint16_t>(page, at + 6);
  record.branch_pages = load<std::uint64_t>(page, at + 8);
  record.leaf_pages = load<std::uint64_t>(page, at + 16);
  record.run_pages = load<std::uint64_t>(page, at + 24);
  record.rows = load<std::uint64_t>(page, at + 32);
  record.root = load<std::uint64_t>(page, at + 40);
  return record;
}

Judged<void> judge_record(const TreeRecord& record, PageNumber last_page) {
  if (record.root == kNoPage) {
    const bool empty = record.depth == 0 && record.branch_pages == 0 && record.leaf_pages == 0 &&
                       record.run_pages == 0 && record.rows == 0;
    return empty ? Judged<void>{} : tl::unexpected(PageFault::counts_wrong);
  }
  if (record.root < kMetaPages || record.root > last_page)
    return tl::unexpected(PageFault::number_outside);
  if (record.depth == 0 || record.depth > kMostDepth) return tl::unexpected(PageFault::depth_wrong);
  return {};
}

}  // namespace

Judged<MetaPage> judge_meta(ByteView page, PageNumber place) {
  if (load<std::uint64_t>(page, 0) != place) return tl::unexpected(PageFault::wrong_place);
  if (load<std::uint16_t>(page, kKindAt) != kMeta) return tl::unexpected(PageFault::wrong_kind);
  if (load<std::uint32_t>(page, kMagicAt) != kMagic) return tl::unexpected(PageFault::not_meta);
  const auto version = load<std::uint32_t>(page, kVersionAt);
  if (version > kDataVersion) return tl::unexpected(PageFault::newer_format);
  if (version != kDataVersion) return tl::unexpected(PageFault::not_meta);

  MetaPage meta;
  meta.free = load_record(page, kFreeAt);
  meta.rows = load_record(page, kRowsAt);
  meta.last_page = load<std::uint64_t>(page, kLastPageAt);
  meta.txn = load<std::uint64_t>(page, kTxnAt);
  if (load<std::uint64_t>(page, kAddressAt) != 0 || meta.free.pad != kPageSize ||
      meta.free.flags != kNumberKeys || meta.rows.pad != 0 || meta.rows.flags != 0 ||
      load<std::uint64_t>(page, kMapSizeAt) > kMostMap)
    return tl::unexpected(PageFault::settings_wrong);
  if (meta.last_page < kMetaPages - 1 || meta.last_page > kMostPage ||
      load<std::uint64_t>(page, kMapSizeAt) / kPageSize <= meta.last_page)
    return tl::unexpected(PageFault::last_page_wrong);
  // Transaction n writes page n mod 2; both begin with 0.
  if (meta.txn > kMostTxn || (meta.txn != 0 && meta.txn % kMetaPages != place))
    return tl::unexpected(PageFault::txn_wrong);
  for (const TreeRecord& record : {meta.free, meta.rows}) {
    if (const auto sound = judge_record(record, meta.last_page); !sound)
      return tl::unexpected(sound.error());
  }
  return meta;
}

std::size_t TreePage::node(std::size_t i) const {
  return load<std::uint16_t>(page_, kPageHead + 2 * i);
}

ByteView TreePage::key(std::size_t i) const {
  const std::size_t at = node(i);
  return page_.subspan(at + kNodeHead, load<std::uint16_t>(page_, at + kKeySizeAt));
}

PageNumber TreePage::child(std::size_t i) const {
  const std::size_t at = node(i);
  const std::uint64_t high = load<std::uint16_t>(page_, at + kNodeFlagsAt);
  return load<std::uint32_t>(page_, at) | high << 32U;
}

TreePage::Value TreePage::value(std::size_t i) const {
  const std::size_t at = node(i);
  const ByteView name = key(i);
  const std::size_t from = at + kNodeHead + name.size();
  Value value;
  value.size = load<std::uint32_t>(page_, at);
  if ((load<std::uint16_t>(page_, at + kNodeFlagsAt) & kValueInRun) != 0) {
    value.run = load<std::uint64_t>(page_, from);
  } else {
    value.here = page_.subspan(from, value.size);
  }
  return value;
}

// REQUIRES: its head is within the page.
std::size_t TreePage::node_size(std::size_t i) const {
  const std::size_t at = node(i);
  std::size_t size = kNodeHead + load<std::uint16_t>(page_, at + kKeySizeAt);
  if (branch_) return even(size);
  const bool in_run = (load<std::uint16_t>(page_, at + kNodeFlagsAt) & kValueInRun) != 0;
  size += in_run ? sizeof(PageNumber) : load<std::uint32_t>(page_, at);
  return even(size);
}

// The engine writes a new node where the free room ends and closes the gap that one leaves: the
// nodes fill the page's end, each byte of it once.
Judged<void> TreePage::judge_nodes(std::size_t upper) const {
  std::bitset<kPageSize / 2> taken;
  for (std::size_t i = 0; i < size_; ++i) {
    const std::size_t at = node(i);
    if (at < upper || at % 2 != 0 || at > kPageSize - kNodeHead)
      return tl::unexpected(PageFault::node_outside);
    const std::size_t size = node_size(i);
    if (size > kPageSize - at) return tl::unexpected(PageFault::node_outside);
    for (std::size_t unit = at / 2; unit < (at + size) / 2; ++unit) {
      if (taken.test(unit)) return tl::unexpected(PageFault::nodes_unpacked);
      taken.set(unit);
    }
  }
  if (taken.count() != (kPageSize - upper) / 2) return tl::unexpected(PageFault::nodes_unpacked);
  return {};
}

Judged<void> TreePage::judge_keys(Tree tree) const {
  // The engine does not look at a branch's first key; most are empty.
  const std::size_t first = branch_ ? 1 : 0;
  if (branch_ && key(0).size() > kMostKey) return tl::unexpected(PageFault::key_wrong);
  for (std::size_t i = first; i < size_; ++i) {
    const std::size_t size = key(i).size();
    if (size == 0 || size > kMostKey) return tl::unexpected(PageFault::key_wrong);
    if (tree == Tree::free_pages && size != sizeof(std::uint64_t))
      return tl::unexpected(PageFault::key_wrong);
    if (i > first && !key_before(tree, key(i - 1), key(i)))
      return tl::unexpected(PageFault::keys_unordered);
  }
  return {};
}

Judged<void> TreePage::judge_values(Tree tree, PageNumber last_page) const {
  const auto is_there = [&](PageNumber page, std::uint64_t pages) {
    return page >= kMetaPages && page <= last_page && pages <= last_page - page + 1;
  };
  for (std::size_t i = 0; i < size_; ++i) {
    if (branch_) {
      if (!is_there(child(i), 1)) return tl::unexpected(PageFault::number_outside);
      continue;
    }
    const auto flags = load<std::uint16_t>(page_, node(i) + kNodeFlagsAt);
    const Value value = this->value(i);
    if ((flags & ~kValueInRun) != 0) return tl::unexpected(PageFault::value_wrong);
    if (flags == 0 && kNodeHead + key(i).size() + value.size > kMostNode)
      return tl::unexpected(PageFault::value_wrong);
    if (flags != 0 && !is_there(value.run, pages_of(value.size)))
      return tl::unexpected(PageFault::number_outside);
    if (tree == Tree::free_pages && (value.size == 0 || value.size % sizeof(PageNumber) != 0))
      return tl::unexpected(PageFault::free_list_wrong);
  }
  return {};
}

Judged<TreePage> TreePage::judge(ByteView page, PageNumber place, Tree tree, PageNumber last_page) {
  if (load<std::uint64_t>(page, 0) != place) return tl::unexpected(PageFault::wrong_place);
  const auto kind = load<std::uint16_t>(page, kKindAt);
  if (kind != kBranch && kind != kLeaf) return tl::unexpected(PageFault::wrong_kind);
  const std::size_t lower = load<std::uint16_t>(page, kLowerAt);
  const std::size_t upper = load<std::uint16_t>(page, kUpperAt);
  if (lower < kPageHead || lower > upper || upper > kPageSize || lower % 2 != 0 || upper % 2 != 0)
    return tl::unexpected(PageFault::bounds_wrong);

  const TreePage tree_page(page, kind == kBranch, (lower - kPageHead) / 2);
  if (tree_page.size() == 0) return tl::unexpected(PageFault::bounds_wrong);
  if (tree_page.is_branch() && tree_page.size() < 2)
    return tl::unexpected(PageFault::lonely_branch);
  if (const auto sound = tree_page.judge_nodes(upper); !sound) return tl::unexpected(sound.error());
  if (const auto sound = tree_page.judge_keys(tree); !sound) return tl::unexpected(sound.error());
  if (const auto sound = tree_page.judge_values(tree, last_page); !sound)
    return tl::unexpected(sound.error());
  return tree_page;
}

bool key_before(Tree tree, ByteView a, ByteView b) {
  if (tree == Tree::free_pages) return load<std::uint64_t>(a, 0) < load<std::uint64_t>(b, 0);
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end());
}

Judged<std::uint64_t> judge_run(ByteView head, PageNumber place, std::uint64_t size) {
  if (load<std::uint64_t>(head, 0) != place) return tl::unexpected(PageFault::wrong_place);
  if (load<std::uint16_t>(head, kKindAt) != kRun) return tl::unexpected(PageFault::wrong_kind);
  const std::uint64_t pages = load<std::uint32_t>(head, kRunLengthAt);
  if (pages < pages_of(size)) return tl::unexpected(PageFault::run_wrong);
  return pages;
}

Judged<void> judge_run_of_row(ByteView key, ByteView value) {
  const ByteView node(key.data() - kNodeHead, kNodeHead + key.size() + sizeof(PageNumber));
  if ((load<std::uint16_t>(node, kNodeFlagsAt) & kValueInRun) == 0) return {};
  const ByteView head(value.data() - kPageHead, kPageHead);
  const auto kind = load<std::uint16_t>(head, kKindAt) & ~kDirty;
  if (load<std::uint64_t>(head, 0) != load<std::uint64_t>(node, kNodeHead + key.size()) ||
      kind != kRun || load<std::uint32_t>(head, kRunLengthAt) != pages_of(value.size()))
    return tl::unexpected(PageFault::run_wrong);
  return {};
}

}  // namespace vault
