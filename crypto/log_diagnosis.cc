#include "crypto/log_diagnosis.h"

#include <algorithm>

namespace crypto {
namespace {

using Hashes = std::vector<Digest>;

bool stands_behind(const Hashes& list, std::size_t from, const Digest& hash) {
  if (from >= list.size()) return false;
  return std::find(list.begin() + static_cast<std::ptrdiff_t>(from), list.end(), hash) !=
         list.end();
}

LogDamage damage_at(const Hashes& found, const Hashes& expected, std::size_t at) {
  if (at == found.size()) return LogDamage::deleted;
  if (at == expected.size()) return LogDamage::inserted;
  const bool expected_comes_later = stands_behind(found, at + 1, expected[at]);
  if (stands_behind(expected, at + 1, found[at])) {
    // What stands here belongs further down. Is what belongs here still somewhere?
    return expected_comes_later ? LogDamage::swapped : LogDamage::deleted;
  }
  // What stands here belongs nowhere (or stands already further up).
  const bool next_fits = at + 1 < found.size() && found[at + 1] == expected[at];
  return next_fits ? LogDamage::inserted : LogDamage::edited;
}

}  // namespace

std::optional<Parting> find_parting(const Hashes& found, const Hashes& expected) {
  const std::size_t common = std::min(found.size(), expected.size());
  const auto end = found.begin() + static_cast<std::ptrdiff_t>(common);
  const auto parted = std::mismatch(found.begin(), end, expected.begin()).first;
  const auto at = static_cast<std::size_t>(parted - found.begin());
  if (at == found.size() && at == expected.size()) return std::nullopt;
  return Parting{at, damage_at(found, expected, at)};
}

}  // namespace crypto
