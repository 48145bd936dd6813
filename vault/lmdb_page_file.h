// The pages of an LMDB file, read and never mapped: a page that is not there is an answer, not a
// signal.
#pragma once

#include <array>
#include <filesystem>

#include "vault/lmdb_page.h"

namespace vault {

using PageBytes = std::array<std::uint8_t, kPageSize>;
template <typename T>
using Walked = tl::expected<T, PageDamage>;
inline tl::unexpected<PageDamage> damaged(PageNumber page, PageFault fault) {
  return tl::unexpected(PageDamage{page, fault});
}

class PageFile {
 public:
  // Follows no link and waits for no pipe. Damage: not_a_file.
  static Walked<PageFile> open(const std::filesystem::path& path);
  PageFile(PageFile&& other) noexcept;
  PageFile& operator=(PageFile&&) = delete;
  PageFile(const PageFile&) = delete;
  PageFile& operator=(const PageFile&) = delete;
  ~PageFile();

  // How many whole pages the file has now. Damage: unreadable.
  Walked<PageNumber> measure() const;
  // Fills `bytes` from the beginning of the page. Damage: beyond_file, unreadable.
  Walked<void> read(PageNumber page, crypto::MutableBytes bytes) const;

 private:
  explicit PageFile(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace vault
