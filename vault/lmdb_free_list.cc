#include "vault/lmdb_free_list.h"

#include <algorithm>
#include <cstring>

namespace vault {
namespace {

using crypto::ByteView;
constexpr std::size_t kWord = sizeof(std::uint64_t);

std::uint64_t word_at(ByteView bytes, std::size_t at) {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes.data() + at, kWord);
  return word;
}

// The words of a list, in order, wherever it lies.
class Words {
 public:
  Words(const PageFile& file, const TreePage::Value& value)
      : file_(file), page_(value.run), rest_(value.here), left_(value.size / kWord) {}

  std::uint64_t left() const { return left_; }
  // REQUIRES: there is one left.
  Walked<std::uint64_t> next() {
    if (rest_.empty()) {
      if (const auto read = file_.read(page_, bytes_); !read) return tl::unexpected(read.error());
      // Only the run's first page has a head.
      rest_ = ByteView(bytes_).subspan(begun_ ? 0 : kPageHead);
      begun_ = true;
      ++page_;
    }
    const std::uint64_t word = word_at(rest_, 0);
    rest_ = rest_.subspan(kWord);
    --left_;
    return word;
  }

 private:
  const PageFile& file_;
  PageNumber page_;
  ByteView rest_;
  std::uint64_t left_;
  bool begun_ = false;
  PageBytes bytes_{};
};

}  // namespace

Walked<void> judge_free_list(const PageFile& file, const MetaPage& meta, PageNumber leaf,
                             ByteView key, const TreePage::Value& value, PageSet& taken) {
  const std::uint64_t txn = word_at(key, 0);
  // Transaction 0 freed nothing, and the engine counts back from the number it finds.
  if (txn == 0 || txn > meta.txn) return damaged(leaf, PageFault::free_list_of_none);

  Words words(file, value);
  const auto count = words.next();
  if (!count) return tl::unexpected(count.error());
  // The engine leaves room behind some lists.
  if (*count > words.left()) return damaged(leaf, PageFault::free_list_wrong);
  PageNumber before = kNoPage;
  for (std::uint64_t i = 0; i < *count; ++i) {
    const auto page = words.next();
    if (!page) return tl::unexpected(page.error());
    if (*page < kMetaPages || *page > meta.last_page || *page >= before)
      return damaged(leaf, PageFault::free_list_wrong);
    if (!taken.insert(*page)) return damaged(*page, PageFault::reached_twice);
    before = *page;
  }
  return {};
}

}  // namespace vault
