#include "api/parse.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "api/problem.h"
#include "crypto/encoding.h"
#include "crypto/utf8.h"
#include "vault/case_code.h"

namespace api::parse {
namespace {

// Of a lent key's session, and from a challenge (api/challenges.cc).
constexpr std::size_t kLentToken = 4 + 43, kChallengeToken = 4 + 86;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_token_char(char c) {
  return is_digit(c) || is_alpha(c) ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
std::string lowered(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), lower);
  return out;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// The parts between `separator`, trimmed. An empty text has none.
std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  if (trim(text).empty()) return parts;
  for (;;) {
    const std::size_t at = text.find(separator);
    parts.push_back(trim(text.substr(0, at)));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

std::optional<std::uint64_t> digits(std::string_view text) {
  std::uint64_t value = 0;
  if (text.empty() || !std::all_of(text.begin(), text.end(), is_digit)) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// The weight `q=` among parameters, in thousandths; 1000 when there is none, -1 when ill-formed.
int weight(const std::vector<std::string_view>& parameters) {
  for (std::size_t i = 1; i < parameters.size(); ++i) {
    std::string_view one = parameters[i];
    if (one.size() < 3 || lower(one[0]) != 'q' || one[1] != '=') continue;
    one.remove_prefix(2);
    if (one.size() > 5 || (one[0] != '0' && one[0] != '1')) return -1;
    int value = one[0] == '1' ? 1000 : 0;
    if (one.size() > 1 && one[1] != '.') return -1;
    for (std::size_t place = 2, worth = 100; place < one.size(); ++place, worth /= 10) {
      if (!is_digit(one[place])) return -1;
      value += (one[place] - '0') * static_cast<int>(worth);
    }
    return value <= 1000 ? value : -1;
  }
  return 1000;
}

bool is_plain_text(std::string_view text, std::size_t most) {
  return !text.empty() && text.size() <= most && crypto::is_utf8(text) &&
         std::none_of(text.begin(), text.end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

}  // namespace

Outcome<crypto::Id> id(std::string_view text) {
  const auto parsed = crypto::Id::parse(text);
  if (!parsed) return refuse("bad-request");
  return *parsed;
}

Outcome<std::uint64_t> number(std::string_view text, std::uint64_t max) {
  const auto value = digits(text);
  if (!value || *value > max || (text.size() > 1 && text[0] == '0')) return refuse("bad-request");
  return *value;
}

Outcome<std::uint64_t> query_number(const Query& query, const std::string& name,
                                    std::uint64_t missing) {
  const auto found = query.find(name);
  if (found == query.end()) return missing;
  return number(found->second);
}

Outcome<crypto::Id> query_id(const Query& query, const std::string& name) {
  const auto found = query.find(name);
  if (found == query.end()) return crypto::Id{};
  return id(found->second);
}

Outcome<std::size_t> query_limit(const Query& query, std::size_t most) {
  const auto limit = query_number(query, "limit", most);
  if (!limit || *limit == 0 || *limit > most) return refuse("bad-request");
  return static_cast<std::size_t>(*limit);
}

Outcome<void> query_names(const Query& query, std::initializer_list<std::string_view> names) {
  for (const auto& [name, value] : query) {
    if (std::find(names.begin(), names.end(), name) == names.end()) return refuse("bad-request");
  }
  return {};
}

Outcome<std::string> case_code(std::string_view typed) {
  auto code = vault::parse_case_code(typed);
  if (!code) return refuse("bad-code");
  return std::move(*code);
}

std::optional<std::string_view> bearer(std::string_view authorization) {
  constexpr std::string_view kScheme = "bearer ";
  if (authorization.size() < kScheme.size() ||
      lowered(authorization.substr(0, kScheme.size())) != kScheme) {
    return std::nullopt;
  }
  const std::string_view token = authorization.substr(kScheme.size());
  const auto fits = [](char c) { return is_digit(c) || is_alpha(c) || c == '-' || c == '_'; };
  const bool sized = token.size() == kLentToken || token.size() == kChallengeToken;
  if (!sized || !token.starts_with("sgl_") || !std::all_of(token.begin(), token.end(), fits)) {
    return std::nullopt;
  }
  return token;
}

std::string media_type(std::string_view content_type) {
  std::string type = lowered(trim(content_type.substr(0, content_type.find(';'))));
  const std::size_t slash = type.find('/');
  if (slash == std::string::npos || slash == 0 || slash + 1 == type.size()) return {};
  const auto valid = [](char c) { return is_token_char(c); };
  if (!std::all_of(type.begin(), type.begin() + static_cast<std::ptrdiff_t>(slash), valid) ||
      !std::all_of(type.begin() + static_cast<std::ptrdiff_t>(slash) + 1, type.end(), valid)) {
    return {};
  }
  return type;
}

bool names_type(std::string_view accept, std::string_view type) {
  for (const std::string_view one : split(accept, ',')) {
    const auto parameters = split(one, ';');
    if (!parameters.empty() && lowered(parameters[0]) == type && weight(parameters) > 0) {
      return true;
    }
  }
  return false;
}

bool prefers_english(std::string_view accept_language) {
  int indonesian = 0, english = 0;
  for (const std::string_view one : split(accept_language, ',')) {
    const auto parameters = split(one, ';');
    if (parameters.empty()) continue;
    const std::string tag = lowered(parameters[0]);
    const std::string_view primary = std::string_view(tag).substr(0, tag.find('-'));
    if (primary == "en") english = std::max(english, weight(parameters));
    if (primary == "id" || primary == "*") indonesian = std::max(indonesian, weight(parameters));
  }
  return english > indonesian;
}

Outcome<UploadMetadata> upload_metadata(std::string_view text) {
  UploadMetadata metadata;
  std::vector<std::string_view> seen;
  for (const std::string_view one : split(text, ',')) {
    const std::size_t space = one.find(' ');
    const std::string_view key = one.substr(0, space);
    const std::string_view encoded =
        space == std::string_view::npos ? std::string_view{} : one.substr(space + 1);
    if (std::find(seen.begin(), seen.end(), key) != seen.end()) return refuse("bad-request");
    seen.push_back(key);
    if (key == "minor") {
      if (!encoded.empty()) return refuse("bad-request");
      metadata.minor = true;
      continue;
    }
    const auto value = crypto::from_base64(encoded);
    if (!value || !is_plain_text(crypto::as_text(*value), 1024)) return refuse("bad-request");
    std::string plain(crypto::as_text(*value));
    if (key == "title")
      metadata.title = std::move(plain);
    else if (key == "filename")
      metadata.filename = std::move(plain);
    else if (key == "filetype")
      metadata.filetype = std::move(plain);
    else if (key == "type")
      metadata.type = std::move(plain);
    else if (key == "class")
      metadata.classification = std::move(plain);
    else
      return refuse("bad-request");
  }
  if (metadata.filetype && media_type(*metadata.filetype).empty()) return refuse("bad-request");
  return metadata;
}

Range range(std::string_view text, std::uint64_t size) {
  constexpr std::string_view kUnit = "bytes=";
  if (!text.starts_with(kUnit)) return WholeRange{};
  text.remove_prefix(kUnit.size());
  const std::size_t dash = text.find('-');
  if (dash == std::string_view::npos) return WholeRange{};
  const std::string_view first = text.substr(0, dash), last = text.substr(dash + 1);

  if (first.empty()) {  // the last so many bytes
    const auto count = digits(last);
    if (!count) return WholeRange{};
    if (*count == 0 || size == 0) return NoSuchRange{};
    return ByteRange{size - std::min(*count, size), size};
  }
  const auto begin = digits(first);
  const auto end = last.empty() ? std::optional(UINT64_MAX) : digits(last);
  if (!begin || !end || *end < *begin) return WholeRange{};
  if (*begin >= size) return NoSuchRange{};
  return ByteRange{*begin, std::min(*end, size - 1) + 1};
}

bool EntityTags::has_strong(std::string_view opaque) const {
  return any || std::any_of(tags.begin(), tags.end(), [&](const EntityTag& tag) {
           return !tag.weak && tag.opaque == opaque;
         });
}

bool EntityTags::has_weak(std::string_view opaque) const {
  return any || std::any_of(tags.begin(), tags.end(),
                            [&](const EntityTag& tag) { return tag.opaque == opaque; });
}

Outcome<EntityTags> entity_tags(std::string_view text) {
  EntityTags list;
  if (trim(text) == "*") {
    list.any = true;
    return list;
  }
  for (std::string_view one : split(text, ',')) {
    EntityTag tag;
    tag.weak = one.starts_with("W/");
    if (tag.weak) one.remove_prefix(2);
    if (one.size() < 2 || one.front() != '"' || one.back() != '"') return refuse("bad-request");
    tag.opaque = std::string(one.substr(1, one.size() - 2));
    if (tag.opaque.find('"') != std::string::npos) return refuse("bad-request");
    list.tags.push_back(std::move(tag));
  }
  if (list.tags.empty()) return refuse("bad-request");
  return list;
}

Outcome<std::optional<crypto::Digest>> repr_digest(std::string_view text) {
  std::optional<crypto::Digest> found;
  const auto members = split(text, ',');
  if (members.empty()) return refuse("bad-request");
  for (const std::string_view member : members) {
    const std::size_t equals = member.find('=');
    if (equals == std::string_view::npos || equals == 0) return refuse("bad-request");
    const std::string_view value = member.substr(equals + 1);
    if (value.size() < 2 || value.front() != ':' || value.back() != ':') {
      return refuse("bad-request");
    }
    const auto bytes = crypto::from_base64(value.substr(1, value.size() - 2));
    if (!bytes) return refuse("bad-request");
    if (member.substr(0, equals) != "sha-256") continue;
    crypto::Digest digest{};
    if (bytes->size() != digest.size()) return refuse("bad-request");
    std::copy(bytes->begin(), bytes->end(), digest.begin());
    found = digest;
  }
  return found;
}

std::string to_repr_digest(const crypto::Digest& digest) {
  return "sha-256=:" + crypto::base64(digest) + ":";
}

std::optional<Member> only_member(std::string_view text) {
  const auto skip_blanks = [&] {
    const std::size_t at = text.find_first_not_of(" \t\r\n");
    text.remove_prefix(at == std::string_view::npos ? text.size() : at);
  };
  const auto take = [&](char wanted) {
    skip_blanks();
    if (text.empty() || text.front() != wanted) return false;
    text.remove_prefix(1);
    return true;
  };
  const auto take_string = [&](std::string_view& out) {
    if (!take('"')) return false;
    const std::size_t end = text.find('"');
    if (end == std::string_view::npos) return false;
    out = text.substr(0, end);
    text.remove_prefix(end + 1);
    return std::none_of(out.begin(), out.end(), [](char c) {
      return c == '\\' || static_cast<unsigned char>(c) < 0x20 ||
             static_cast<unsigned char>(c) > 0x7e;
    });
  };
  Member member;
  if (!take('{') || !take_string(member.name) || !take(':') || !take_string(member.value) ||
      !take('}')) {
    return std::nullopt;
  }
  skip_blanks();
  return text.empty() ? std::optional(member) : std::nullopt;
}

}  // namespace api::parse
