// A whole tree of an LMDB file, walked page by page: what holds between its pages, and not within
// one.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "vault/lmdb_page_file.h"
#include "vault/lmdb_page_set.h"

namespace vault {

// How much is read of the values that lie outside of their leaves.
enum class Runs {
  heads,    // the first bytes of each, which say how many pages it has
  assumed,  // nothing: each has as many as its value needs. For extents, a seek for each megabyte
};

class TreeWalk {
 public:
  // All are kept by reference. `taken` gets each page of the tree.
  TreeWalk(const PageFile& file, PageNumber last_page, PageSet& taken)
      : file_(file), last_page_(last_page), taken_(taken) {}

  using Visit = std::function<Walked<void>(PageNumber leaf, crypto::ByteView key,
                                           const TreePage::Value& value)>;
  // Judges the tree that `meta` records, and shows each row to `visit` (if there is one). Memory:
  // two pages for each level.
  Walked<void> walk(const TreeRecord& record, PageNumber meta, Tree tree, Runs runs,
                    const Visit& visit = {});

 private:
  // Keys of a page are not before `from` and before `to`.
  struct Range {
    std::optional<crypto::ByteView> from;
    std::optional<crypto::ByteView> to;
  };
  Walked<void> descend(PageNumber number, std::size_t level, const Range& range);
  Walked<void> judge_range(PageNumber number, const TreePage& page, const Range& range) const;
  Walked<void> walk_branch(const TreePage& page, std::size_t level, const Range& range);
  Walked<void> walk_leaf(PageNumber number, const TreePage& page);
  Walked<void> take_run(const TreePage::Value& value);
  Walked<void> take(PageNumber number);

  const PageFile& file_;
  PageNumber last_page_;
  PageSet& taken_;

  // Of the tree being walked.
  Tree tree_{};
  Runs runs_{};
  const Visit* visit_ = nullptr;
  PageNumber file_pages_ = 0;
  TreeRecord met_;
  std::vector<std::unique_ptr<PageBytes>> pages_;  // one for each level
};

}  // namespace vault
