#include "fuzz/json_judge.h"

#include <charconv>
#include <cstdint>

namespace fuzz {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

void append_utf8(std::string& out, unsigned point) {
  if (point < 0x80) {
    out += static_cast<char>(point);
    return;
  }
  const int more = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
  const unsigned mark[] = {0, 0xc0, 0xe0, 0xf0};
  out += static_cast<char>(mark[more] | point >> 6 * more);
  for (int i = more - 1; i >= 0; --i) out += static_cast<char>(0x80 | (point >> 6 * i & 0x3f));
}

bool is_high(int unit) { return unit >= 0xd800 && unit < 0xdc00; }
bool is_low(int unit) { return unit >= 0xdc00 && unit < 0xe000; }

}  // namespace

bool JsonJudge::value() {
  if (at_ == text_.size()) return false;
  std::string ignored;
  switch (text_[at_]) {
    case '{':
      return object();
    case '[':
      return array();
    case '"':
      return string(ignored);
    case 't':
      return take("true");
    case 'f':
      return take("false");
    case 'n':
      return take("null");
    default:
      return number();
  }
}

bool JsonJudge::array() {
  if (depth_-- == 0) return false;
  ++at_;
  blanks();
  for (bool first = true; !take("]"); first = false) {
    if (!first && !take(",")) return false;
    blanks();
    if (!value()) return false;
    blanks();
  }
  ++depth_;
  return true;
}

bool JsonJudge::object() {
  if (depth_-- == 0) return false;
  ++at_;
  blanks();
  std::set<std::string> keys;
  for (bool first = true; !take("}"); first = false) {
    if (!first && !take(",")) return false;
    blanks();
    std::string key;
    if (!string(key) || !keys.insert(key).second) return false;
    blanks();
    if (!take(":")) return false;
    blanks();
    if (!value()) return false;
    blanks();
  }
  ++depth_;
  return true;
}

bool JsonJudge::number() {
  const std::size_t begin = at_;
  const bool negative = take("-");
  const std::size_t first = at_;
  while (at_ < text_.size() && is_digit(text_[at_])) ++at_;
  if (at_ == first || (text_[first] == '0' && at_ - first > 1)) return false;
  if (at_ < text_.size() && std::string_view(".eE").find(text_[at_]) != text_.npos) return false;
  std::int64_t below = 0;
  std::uint64_t above = 0;
  const char* const end = text_.data() + at_;
  const auto parsed = negative ? std::from_chars(text_.data() + begin, end, below)
                               : std::from_chars(text_.data() + begin, end, above);
  return parsed.ec == std::errc{};
}

bool JsonJudge::string(std::string& out) {
  if (!take("\"")) return false;
  while (at_ < text_.size() && text_[at_] != '"') {
    if (text_[at_] == '\\' ? !escape(out) : !character(out)) return false;
  }
  return take("\"");
}

int JsonJudge::hex4() {
  unsigned value = 0;
  if (text_.size() - at_ < 4) return -1;
  const char* const begin = text_.data() + at_;
  const auto [end, error] = std::from_chars(begin, begin + 4, value, 16);
  if (error != std::errc{} || end != begin + 4) return -1;
  at_ += 4;
  return static_cast<int>(value);
}

bool JsonJudge::escape(std::string& out) {
  ++at_;
  if (at_ == text_.size()) return false;
  const char c = text_[at_++];
  constexpr std::string_view kNames = "\"\\/bfnrt", kMeant = "\"\\/\b\f\n\r\t";
  if (const auto found = kNames.find(c); found != kNames.npos) {
    out += kMeant[found];
    return true;
  }
  const int unit = c == 'u' ? hex4() : -1;
  if (unit < 0 || is_low(unit)) return false;
  if (!is_high(unit)) {
    append_utf8(out, static_cast<unsigned>(unit));
    return true;
  }
  const int low = take("\\u") ? hex4() : -1;
  if (!is_low(low)) return false;
  append_utf8(out, static_cast<unsigned>(0x10000 + (unit - 0xd800) * 0x400 + (low - 0xdc00)));
  return true;
}

bool JsonJudge::character(std::string& out) {
  const auto byte = [&](std::size_t at) -> unsigned {
    return at < text_.size() ? static_cast<unsigned char>(text_[at]) : 0;
  };
  const unsigned lead = byte(at_);
  if (lead < 0x20) return false;
  const std::size_t size = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  unsigned point = size == 1 ? lead : lead & (0xffU >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(at_ + i) & 0xc0) != 0x80) return false;
    point = point << 6 | (byte(at_ + i) & 0x3f);
  }
  std::string spelled;
  append_utf8(spelled, point);
  const bool surrogate = point >= 0xd800 && point < 0xe000;
  // Spelled again it must be the same bytes: so no overlong form, and no continuation as a lead.
  if (surrogate || point > 0x10ffff || spelled != text_.substr(at_, size)) return false;
  out += spelled;
  at_ += size;
  return true;
}

}  // namespace fuzz
