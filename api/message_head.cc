#include "api/message_head.h"

#include <algorithm>
#include <charconv>

namespace api {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_token_char(char c) {
  if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) return true;
  return c != '\0' && std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

tl::expected<std::uint64_t, HeadErrc> parse_length(std::string_view text) {
  // Digits only: a sign, a space, a comma or 0x is not a length, whatever a library makes of it.
  const bool digits =
      std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (text.empty() || !digits) return tl::unexpected(HeadErrc::bad_framing);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || value > std::uint64_t{INT64_MAX}) {
    return tl::unexpected(HeadErrc::body_too_large);
  }
  return value;
}

}  // namespace

tl::expected<std::optional<std::string_view>, HeadErrc> LineCutter::next(ByteView bytes) {
  for (; seen_ < bytes.size(); ++seen_) {
    const std::uint8_t c = bytes[seen_];
    if (c == '\r') {
      if (seen_ + 1 == bytes.size()) return std::nullopt;
      if (bytes[seen_ + 1] != '\n') return tl::unexpected(HeadErrc::malformed);
      const auto line = crypto::as_text(bytes.subspan(start_, seen_ - start_));
      start_ = seen_ += 2;
      return line;
    }
    if ((c < 0x20 && c != '\t') || c == 0x7f) return tl::unexpected(HeadErrc::malformed);
  }
  return std::nullopt;
}

tl::expected<std::pair<std::string, std::string>, HeadErrc> parse_field(std::string_view line) {
  const auto colon = line.find(':');
  // A folded line begins with white space, which is no token: refused here as well.
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) {
    return tl::unexpected(HeadErrc::malformed);
  }
  std::string name(line.substr(0, colon));
  std::transform(name.begin(), name.end(), name.begin(), lower);
  return std::pair(std::move(name), std::string(trim(line.substr(colon + 1))));
}

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_token_char);
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

bool lists_token(const Headers& headers, std::string_view name, std::string_view token) {
  for (const auto& [field, value] : headers.all()) {
    if (field != name) continue;
    for (std::string_view rest = value; !rest.empty();) {
      const auto comma = rest.find(',');
      if (equal_ignoring_case(trim(rest.substr(0, comma)), token)) return true;
      rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
    }
  }
  return false;
}

tl::expected<Framing, HeadErrc> framing_of(const Headers& headers) {
  const std::size_t codings = headers.count("transfer-encoding");
  const std::size_t lengths = headers.count("content-length");
  // Both, or one twice even with equal values: the proxy in front may have read the other one.
  if (codings + lengths > 1) return tl::unexpected(HeadErrc::bad_framing);
  if (codings == 1) {
    const auto coding = *headers.one("transfer-encoding");
    if (equal_ignoring_case(coding, "chunked")) return Framing{std::nullopt, true};
    if (coding.empty()) return tl::unexpected(HeadErrc::bad_framing);
    return tl::unexpected(HeadErrc::unsupported_coding);
  }
  if (lengths == 0) return Framing{};
  const auto length = parse_length(*headers.one("content-length"));
  if (!length) return tl::unexpected(length.error());
  return Framing{*length, false};
}

}  // namespace api
