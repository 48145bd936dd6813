// One page of an LMDB 0.9 file (64 bits, pages of 4096 bytes), judged before the engine follows it.
//
// The engine trusts its pages: a number in one that is not true makes it read or write wherever the
// number points. What is judged here is all that it follows. Numbers are in the machine's order, as
// the engine writes them.
#pragma once

#include <cstdint>
#include <tl/expected.hpp>

#include "crypto/bytes.h"
#include "vault/lmdb_page_fault.h"

namespace vault {

inline constexpr std::size_t kPageSize = 4096;
inline constexpr std::size_t kPageHead = 16;
inline constexpr PageNumber kMetaPages = 2;  // pages 0 and 1
inline constexpr PageNumber kNoPage = ~PageNumber{0};

template <typename T>
using Judged = tl::expected<T, PageFault>;

// What a tree says of itself.
struct TreeRecord {
  std::uint32_t pad = 0;
  std::uint16_t flags = 0;
  std::uint16_t depth = 0;
  std::uint64_t branch_pages = 0;
  std::uint64_t leaf_pages = 0;
  std::uint64_t run_pages = 0;
  std::uint64_t rows = 0;
  PageNumber root = kNoPage;
};

struct MetaPage {
  TreeRecord free;
  TreeRecord rows;
  PageNumber last_page = 0;
  std::uint64_t txn = 0;
};
// REQUIRES: a whole page.
Judged<MetaPage> judge_meta(crypto::ByteView page, PageNumber place);

// The trees of an environment: lists of free pages under numbers, and rows under bytes.
enum class Tree { free_pages, rows };

// A branch or leaf page that was found sound. A view: the bytes must outlive it.
class TreePage {
 public:
  // What a leaf says of a value.
  struct Value {
    std::size_t size = 0;
    crypto::ByteView here;     // the value, if it lies in the page
    PageNumber run = kNoPage;  // or else the first page of its run
  };

  // REQUIRES: a whole page.
  static Judged<TreePage> judge(crypto::ByteView page, PageNumber place, Tree tree,
                                PageNumber last_page);

  bool is_branch() const { return branch_; }
  std::size_t size() const { return size_; }
  crypto::ByteView key(std::size_t i) const;  // a branch's first one means nothing
  PageNumber child(std::size_t i) const;      // REQUIRES: a branch
  Value value(std::size_t i) const;           // REQUIRES: a leaf

 private:
  TreePage(crypto::ByteView page, bool branch, std::size_t size)
      : page_(page), branch_(branch), size_(size) {}
  Judged<void> judge_nodes(std::size_t upper) const;
  Judged<void> judge_keys(Tree tree) const;
  Judged<void> judge_values(Tree tree, PageNumber last_page) const;
  std::size_t node(std::size_t i) const;  // its place in the page
  std::size_t node_size(std::size_t i) const;

  crypto::ByteView page_;
  bool branch_;
  std::size_t size_;
};

// Whether `a` stands before `b`. REQUIRES: keys of the free pages have 8 bytes.
bool key_before(Tree tree, crypto::ByteView a, crypto::ByteView b);

// The pages that a value outside of its leaf fills.
constexpr std::uint64_t pages_of(std::uint64_t size) {
  return (kPageHead - 1 + size) / kPageSize + 1;
}
// The number of pages in the run whose first page begins with `head`. It may be longer than its
// value, which was written again in the transaction that made it.
Judged<std::uint64_t> judge_run(crypto::ByteView head, PageNumber place, std::uint64_t size);

// What the engine will free with this row, judged in its own memory: it frees as many pages as the
// run's head says, and those that the head names.
// An extent is written once, so its run is as long as its value.
// REQUIRES: both are as a cursor of the engine gave them.
Judged<void> judge_run_of_row(crypto::ByteView key, crypto::ByteView value);

}  // namespace vault
