#include "crypto/utf8.h"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace crypto {
namespace {

// Takes one character off the front of `text`. REQUIRES: not empty.
std::optional<std::uint32_t> next_character(std::string_view& text) {
  const auto lead = static_cast<unsigned char>(text.front());
  text.remove_prefix(1);
  if (lead < 0x80) return lead;
  const std::size_t more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < more) return std::nullopt;
  std::uint32_t character = lead & (0x3fU >> more);
  for (std::size_t i = 0; i < more; ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte & 0xc0) != 0x80) return std::nullopt;
    character = character << 6 | (byte & 0x3f);
  }
  text.remove_prefix(more);
  const bool overlong = (more == 2 && character < 0x800) || (more == 3 && character < 0x10000);
  const bool surrogate = character >= 0xd800 && character <= 0xdfff;
  if (overlong || surrogate || character > 0x10ffff) return std::nullopt;
  return character;
}

bool is_space(std::uint32_t c) {
  return (c >= 0x09 && c <= 0x0d) || c == 0x20 || c == 0x85 || c == 0xa0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f ||
         c == 0x3000;
}

}  // namespace

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    if (!next_character(text)) return false;
  }
  return true;
}

bool has_unicode_space(std::string_view text) {
  while (!text.empty()) {
    const auto character = next_character(text);
    if (character && is_space(*character)) return true;
  }
  return false;
}

}  // namespace crypto
