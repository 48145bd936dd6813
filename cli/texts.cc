#include "cli/texts.h"

#include <fmt/args.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace cli {
namespace {

struct Row {
  std::string_view name;
  std::string_view indonesian;
  std::string_view english;
};

constexpr Row kRows[] = {
#define SEGEL_TEXT(name, indonesian, english) {#name, indonesian, english},
#include "cli/texts/all.inc"
#undef SEGEL_TEXT
};

constexpr auto places(std::string_view text) { return std::count(text.begin(), text.end(), '{'); }

constexpr bool complete(const Row& row) {
  return !row.indonesian.empty() && !row.english.empty() &&
         places(row.indonesian) == places(row.english);
}
static_assert(std::all_of(std::begin(kRows), std::end(kRows), complete),
              "a text lacks a language, or its two forms differ in their places for arguments");

const Row& row(Text text) { return kRows[static_cast<std::size_t>(text)]; }

// Length of the UTF-8 sequence at the start of `text` and its code point; length 0 if there is
// none (cut short, overlong, a surrogate).
struct Decoded {
  std::size_t length = 0;
  char32_t point = 0;
};
Decoded decode(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t first = byte(0);
  if (first < 0x80) return {1, first};
  const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < length) return {};
  char32_t point = first & (0xffU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0U) != 0x80) return {};
    point = (point << 6U) | (byte(i) & 0x3fU);
  }
  constexpr std::array<char32_t, 5> kLeast = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = point >= 0xd800 && point <= 0xdfff;
  if (point < kLeast[length] || point > 0x10ffff || surrogate) return {};
  return {length, point};
}

bool may_mislead(char32_t point) {
  const bool control = point < 0x20 || (point >= 0x7f && point < 0xa0);
  const bool separator = point == 0x2028 || point == 0x2029;
  const bool direction = point == 0x061c || (point >= 0x200e && point <= 0x200f) ||
                         (point >= 0x202a && point <= 0x202e) ||
                         (point >= 0x2066 && point <= 0x2069);
  return control || separator || direction;
}

}  // namespace

std::string printable(std::string_view text) {
  std::string shown;
  shown.reserve(text.size());
  while (!text.empty()) {
    const Decoded next = decode(text);
    const std::size_t length = std::max<std::size_t>(next.length, 1);
    if (next.length == 0 || may_mislead(next.point)) {
      shown += "\xef\xbf\xbd";
    } else {
      shown += text.substr(0, length);
    }
    text.remove_prefix(length);
  }
  return shown;
}

std::string Message::in(Language language) const {
  fmt::dynamic_format_arg_store<fmt::format_context> store;
  for (const std::string& argument : arguments_) store.push_back(std::string_view(argument));
  return fmt::vformat(text_in(language, text_), store);
}

std::string_view text_in(Language language, Text text) {
  return language == Language::english ? row(text).english : row(text).indonesian;
}

std::string_view text_name(Text text) { return row(text).name; }

}  // namespace cli
