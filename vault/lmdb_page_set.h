// A set of pages that takes memory for the stretches of a file that it meets, not for its length.
#pragma once

#include <bitset>
#include <memory>
#include <vector>

#include "vault/lmdb_page.h"

namespace vault {

class PageSet {
 public:
  // For pages 0 to `last`.
  explicit PageSet(PageNumber last) : stretches_(last / kStretch + 1) {}

  // False: it was in already. REQUIRES: `page` is not above the last one.
  bool insert(PageNumber page) {
    auto& stretch = stretches_[page / kStretch];
    if (!stretch) stretch = std::make_unique<Stretch>();
    auto bit = (*stretch)[page % kStretch];
    if (bit) return false;
    bit = true;
    ++size_;
    return true;
  }
  bool contains(PageNumber page) const {
    const auto& stretch = stretches_[page / kStretch];
    return stretch && stretch->test(page % kStretch);
  }
  std::uint64_t size() const { return size_; }

 private:
  static constexpr std::size_t kStretch = 32768;  // 128 MiB of file, 4 KiB here
  using Stretch = std::bitset<kStretch>;

  std::vector<std::unique_ptr<Stretch>> stretches_;
  std::uint64_t size_ = 0;
};

}  // namespace vault
