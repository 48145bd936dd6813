#include "api/target.h"

#include <algorithm>
#include <optional>

namespace api {
namespace {

bool is_alnum(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// pchar and "/" of RFC 3986, "%" judged apart; a query may have "?" too.
bool is_target_char(char c) {
  return is_alnum(c) ||
         (c != '\0' && std::string_view("-._~!$&'()*+,;=:@/%").find(c) != std::string_view::npos);
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Well-formed UTF-8 (no overlong form, no surrogate, nothing above U+10FFFF) without controls.
bool is_clean_text(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = [&](std::size_t at) {
      return at < text.size() ? static_cast<unsigned char>(text[at]) : 0u;
    };
    const unsigned lead = byte(i);
    if (lead < 0x20 || lead == 0x7f) return false;
    const std::size_t size = lead < 0x80   ? 1
                             : lead < 0xc0 ? 0
                             : lead < 0xe0 ? 2
                             : lead < 0xf0 ? 3
                                           : 4;
    if (size == 0 || lead > 0xf4) return false;
    unsigned point = size == 1 ? lead : lead & (0xffu >> (size + 1));
    for (std::size_t k = 1; k < size; ++k) {
      if ((byte(i + k) & 0xc0u) != 0x80u) return false;
      point = (point << 6) | (byte(i + k) & 0x3fu);
    }
    constexpr unsigned kLeast[] = {0, 0, 0xa0, 0x800, 0x10000};  // U+0080 to U+009F are controls
    if (point < kLeast[size] || point > 0x10ffff || (point >= 0xd800 && point < 0xe000))
      return false;
    i += size;
  }
  return true;
}

std::optional<std::string> decode(std::string_view text, bool plus_is_space) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += plus_is_space && text[i] == '+' ? ' ' : text[i];
      continue;
    }
    if (text.size() - i < 3) return std::nullopt;
    const int high = hex_value(text[i + 1]);
    const int low = hex_value(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    decoded += static_cast<char>(high * 16 + low);
    i += 2;
  }
  if (!is_clean_text(decoded)) return std::nullopt;
  return decoded;
}

std::optional<std::vector<std::string>> decode_path(std::string_view path) {
  std::vector<std::string> segments;
  if (path == "/") return segments;
  while (!path.empty()) {
    path.remove_prefix(1);  // the "/"
    const auto end = std::min(path.find('/'), path.size());
    auto segment = decode(path.substr(0, end), false);
    // An encoded "/" would be one segment here and two in whoever decodes the joined path.
    if (!segment || segment->empty() || *segment == "." || *segment == ".." ||
        segment->find('/') != std::string::npos) {
      return std::nullopt;
    }
    segments.push_back(*std::move(segment));
    path.remove_prefix(end);
  }
  return segments;
}

std::optional<std::map<std::string, std::string>> decode_query(std::string_view query) {
  std::map<std::string, std::string> pairs;
  for (bool more = true; more;) {
    const auto end = query.find('&');
    const auto pair = query.substr(0, end);
    more = end != std::string_view::npos;
    query = more ? query.substr(end + 1) : std::string_view{};

    const auto equals = pair.find('=');
    auto name = decode(pair.substr(0, equals), true);
    auto value = decode(equals == std::string_view::npos ? "" : pair.substr(equals + 1), true);
    if (!name || name->empty() || !value) return std::nullopt;
    // Which of two values holds is a guess that another reader may make differently.
    if (!pairs.emplace(*std::move(name), *std::move(value)).second) return std::nullopt;
  }
  return pairs;
}

}  // namespace

bool is_authority(std::string_view text) {
  std::string_view port;
  if (!text.empty() && text.front() == '[') {
    const auto close = text.find(']');
    if (close == std::string_view::npos || close < 3) return false;
    const auto address = text.substr(1, close - 1);
    const bool clean = std::all_of(address.begin(), address.end(), [](char c) {
      return hex_value(c) >= 0 || c == ':' || c == '.';
    });
    if (!clean) return false;
    port = text.substr(close + 1);
  } else {
    const auto colon = std::min(text.find(':'), text.size());
    const auto host = text.substr(0, colon);
    const bool clean = std::all_of(host.begin(), host.end(), [](char c) {
      return is_alnum(c) || c == '-' || c == '.' || c == '_';
    });
    if (host.empty() || !clean) return false;
    port = text.substr(colon);
  }
  if (port.empty()) return true;
  return port.front() == ':' && port.size() <= 6 && is_digits(port.substr(1));
}

tl::expected<Target, HeadErrc> parse_target(std::string_view text, std::string_view method,
                                            std::string_view scheme) {
  const auto bad = tl::unexpected(HeadErrc::bad_target);
  if (text == "*" && method == "OPTIONS") return Target{"*", "*", {}, {}};
  if (text.empty()) return bad;
  if (text.front() != '/') {
    const auto mark = text.find("://");
    if (mark == std::string_view::npos) return bad;
    if (!equal_ignoring_case(text.substr(0, mark), scheme)) {
      return tl::unexpected(HeadErrc::misdirected);
    }
    text.remove_prefix(mark + 3);
    const auto end = text.find_first_of("/?");
    if (!is_authority(text.substr(0, end))) return bad;
    text = end == std::string_view::npos ? "/" : text.substr(end);
    if (text.front() != '/') return bad;  // "https://host?a=b": the path must be written
  }

  const auto mark = text.find('?');
  const auto path = text.substr(0, mark);
  const auto query = mark == std::string_view::npos ? std::string_view{} : text.substr(mark + 1);
  if (!std::all_of(path.begin(), path.end(), is_target_char)) return bad;
  if (!std::all_of(query.begin(), query.end(),
                   [](char c) { return c == '?' || is_target_char(c); })) {
    return bad;
  }

  Target target;
  target.origin = text;
  auto segments = decode_path(path);
  if (!segments) return bad;
  target.segments = *std::move(segments);
  for (const auto& segment : target.segments) target.path += "/" + segment;
  if (target.path.empty()) target.path = "/";
  if (!query.empty()) {
    auto pairs = decode_query(query);
    if (!pairs) return bad;
    target.query = *std::move(pairs);
  }
  return target;
}

}  // namespace api
