#include "crypto/id.h"

#include <algorithm>

#include "crypto/encoding.h"
#include "crypto/secret.h"

namespace crypto {
namespace {

constexpr std::size_t kTextSize = 36;
constexpr bool is_hyphen_at(std::size_t i) { return i == 8 || i == 13 || i == 18 || i == 23; }

}  // namespace

Id Id::make(std::int64_t unix_ms) {
  Id id{random_block<16>()};
  for (std::size_t i = 0; i < 6; ++i) {
    id.bytes[i] = static_cast<std::uint8_t>(unix_ms >> (40 - 8 * i) & 0xff);
  }
  id.bytes[6] = static_cast<std::uint8_t>((id.bytes[6] & 0x0f) | 0x70);  // version 7
  id.bytes[8] = static_cast<std::uint8_t>((id.bytes[8] & 0x3f) | 0x80);  // RFC 9562's variant
  return id;
}

Result<Id> Id::parse(std::string_view text) {
  if (text.size() != kTextSize) return tl::unexpected(Errc::malformed);
  std::string digits;
  digits.reserve(32);
  for (std::size_t i = 0; i < kTextSize; ++i) {
    if (is_hyphen_at(i) != (text[i] == '-')) return tl::unexpected(Errc::malformed);
    if (!is_hyphen_at(i)) digits.push_back(text[i]);
  }
  const auto raw = from_hex(digits);
  if (!raw) return tl::unexpected(raw.error());
  return from(*raw);
}

Result<Id> Id::from(ByteView raw) {
  Id id;
  if (raw.size() != id.bytes.size()) return tl::unexpected(Errc::malformed);
  std::copy(raw.begin(), raw.end(), id.bytes.begin());
  return id;
}

std::string Id::text() const {
  std::string text = to_hex(bytes);
  for (const std::size_t i : {8U, 13U, 18U, 23U}) text.insert(i, 1, '-');
  return text;
}

}  // namespace crypto

std::size_t std::hash<crypto::Id>::operator()(const crypto::Id& id) const noexcept {
  return std::hash<std::string_view>{}(crypto::as_text(id.bytes));
}
