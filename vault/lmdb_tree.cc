#include "vault/lmdb_tree.h"

namespace vault {

using crypto::ByteView;

Walked<void> TreeWalk::walk(const TreeRecord& record, PageNumber meta, Tree tree, Runs runs,
                            const Visit& visit) {
  if (record.root == kNoPage) return {};
  const auto file_pages = file_.measure();
  if (!file_pages) return tl::unexpected(file_pages.error());
  file_pages_ = *file_pages;
  tree_ = tree;
  runs_ = runs;
  visit_ = &visit;
  met_ = {};
  pages_.clear();
  for (std::size_t level = 0; level < record.depth; ++level)
    pages_.push_back(std::make_unique<PageBytes>());

  if (const auto walked = descend(record.root, 0, {}); !walked) return walked;
  if (met_.branch_pages != record.branch_pages || met_.leaf_pages != record.leaf_pages ||
      met_.run_pages != record.run_pages || met_.rows != record.rows)
    return damaged(meta, PageFault::counts_wrong);
  return {};
}

Walked<void> TreeWalk::take(PageNumber number) {
  if (number >= file_pages_) return damaged(number, PageFault::beyond_file);
  if (!taken_.insert(number)) return damaged(number, PageFault::reached_twice);
  return {};
}

Walked<void> TreeWalk::descend(PageNumber number, std::size_t level, const Range& range) {
  // Before it is read: a circle ends here.
  if (const auto taken = take(number); !taken) return taken;
  PageBytes& bytes = *pages_[level];
  if (const auto read = file_.read(number, bytes); !read) return read;
  const auto page = TreePage::judge(bytes, number, tree_, last_page_);
  if (!page) return damaged(number, page.error());
  // The engine finds a leaf by its kind, and the end of its own stack by nothing.
  const bool last_level = level + 1 == pages_.size();
  if (page->is_branch() == last_level) return damaged(number, PageFault::depth_wrong);
  if (const auto judged = judge_range(number, *page, range); !judged) return judged;
  return page->is_branch() ? walk_branch(*page, level, range) : walk_leaf(number, *page);
}

Walked<void> TreeWalk::judge_range(PageNumber number, const TreePage& page,
                                   const Range& range) const {
  const ByteView first = page.key(page.is_branch() ? 1 : 0);
  const ByteView last = page.key(page.size() - 1);
  const bool inside = (!range.from || !key_before(tree_, first, *range.from)) &&
                      (!range.to || key_before(tree_, last, *range.to));
  return inside ? Walked<void>{} : damaged(number, PageFault::keys_unordered);
}

// The keys are those of this level's page, which stays as it is below.
Walked<void> TreeWalk::walk_branch(const TreePage& page, std::size_t level, const Range& range) {
  ++met_.branch_pages;
  for (std::size_t i = 0; i < page.size(); ++i) {
    Range part = range;
    if (i > 0) part.from = page.key(i);
    if (i + 1 < page.size()) part.to = page.key(i + 1);
    if (const auto walked = descend(page.child(i), level + 1, part); !walked) return walked;
  }
  return {};
}

Walked<void> TreeWalk::walk_leaf(PageNumber number, const TreePage& page) {
  ++met_.leaf_pages;
  met_.rows += page.size();
  for (std::size_t i = 0; i < page.size(); ++i) {
    const auto value = page.value(i);
    if (value.run != kNoPage) {
      if (const auto taken = take_run(value); !taken) return taken;
    }
    if (!*visit_) continue;
    if (const auto visited = (*visit_)(number, page.key(i), value); !visited) return visited;
  }
  return {};
}

Walked<void> TreeWalk::take_run(const TreePage::Value& value) {
  std::uint64_t pages = pages_of(value.size);
  if (runs_ == Runs::heads) {
    std::array<std::uint8_t, kPageHead> head{};
    if (const auto read = file_.read(value.run, head); !read) return read;
    const auto judged = judge_run(head, value.run, value.size);
    if (!judged) return damaged(value.run, judged.error());
    pages = *judged;
    if (pages > last_page_ - value.run + 1) return damaged(value.run, PageFault::run_wrong);
  }
  for (std::uint64_t i = 0; i < pages; ++i) {
    if (const auto taken = take(value.run + i); !taken) return taken;
  }
  met_.run_pages += pages;
  return {};
}

}  // namespace vault
