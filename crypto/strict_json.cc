#include "crypto/strict_json.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "crypto/encoding.h"

namespace crypto {
namespace {

using nlohmann::json;

const json kEmptyObject = json::object();
const json kEmptyArray = json::array();

// Watches a parse for what nlohmann-json lets through: a key twice, deep nesting, numbers that
// lose digits. Two readers that disagree on such a text would sign or obey different things.
class Strictness {
 public:
  explicit Strictness(unsigned max_depth) : max_depth_(max_depth) {}

  bool operator()(int depth, json::parse_event_t event, json& parsed) {
    using Event = json::parse_event_t;
    if (event == Event::object_start || event == Event::array_start) {
      if (depth >= static_cast<int>(max_depth_)) ok_ = false;
      if (event == Event::object_start) keys_.emplace_back();
    } else if (event == Event::object_end) {
      keys_.pop_back();
    } else if (event == Event::key) {
      ok_ = ok_ && keys_.back().insert(parsed.get<std::string>()).second;
    } else if (event == Event::value && parsed.is_number_float()) {
      ok_ = false;  // no number of ours has a fraction, and one beyond 64 bits arrives as a float
    }
    return ok_;
  }
  bool ok() const { return ok_; }

 private:
  unsigned max_depth_;
  bool ok_ = true;
  std::vector<std::set<std::string>> keys_;
};

// The parser recurses no deeper than this bound lets it: checked before it runs.
bool nests_within(std::string_view text, unsigned max_depth) {
  unsigned depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c == '\\')
        ++i;
      else if (c == '"')
        quoted = false;
    } else if (c == '"') {
      quoted = true;
    } else if (c == '{' || c == '[') {
      if (++depth > max_depth) return false;
    } else if ((c == '}' || c == ']') && depth > 0) {
      --depth;
    }
  }
  return true;
}

// nlohmann-json takes a NUL for the end of the text and passes over a byte order mark before it, so
// that one value would have many texts, the signed one not the one that was read.
bool is_json_alone(std::string_view text) {
  return text.find('\0') == std::string_view::npos && !text.starts_with("\xef\xbb\xbf");
}

bool is_plain_text(const std::string& text, bool newlines) {
  return !text.empty() && std::none_of(text.begin(), text.end(), [newlines](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && !(newlines && c == '\n')) || c == 0x7f;
  });
}

}  // namespace

Result<json> parse_json(std::string_view text, unsigned max_depth) {
  if (!is_json_alone(text) || !nests_within(text, max_depth))
    return tl::unexpected(Errc::malformed);
  Strictness strict(max_depth);
  // By reference: the parser copies its callback.
  const auto watch = [&strict](int depth, json::parse_event_t event, json& parsed) {
    strict(depth, event, parsed);
    return true;
  };
  json parsed = json::parse(text, watch, false);
  if (parsed.is_discarded() || !strict.ok()) return tl::unexpected(Errc::malformed);
  return parsed;
}

ObjectReader::ObjectReader(const json& object)
    : object_(object.is_object() ? object : kEmptyObject) {
  ok_ = object.is_object();
}

bool ObjectReader::has(std::string_view name) const { return object_.contains(name); }

const json* ObjectReader::find(std::string_view name) {
  read_.emplace(name);
  const auto at = object_.find(name);
  if (at == object_.end()) {
    ok_ = false;
    return nullptr;
  }
  return &*at;
}

std::string ObjectReader::read_text(std::string_view name, bool newlines) {
  const json* value = find(name);
  if (value == nullptr || !value->is_string()) {
    ok_ = false;
    return {};
  }
  std::string text = value->get<std::string>();
  ok_ = ok_ && is_plain_text(text, newlines);
  return text;
}

std::string ObjectReader::text(std::string_view name) { return read_text(name, false); }
std::string ObjectReader::lines(std::string_view name) { return read_text(name, true); }

std::uint64_t ObjectReader::number(std::string_view name) {
  const json* value = find(name);
  if (value == nullptr || !value->is_number_unsigned()) {
    ok_ = false;
    return 0;
  }
  return value->get<std::uint64_t>();
}

bool ObjectReader::flag(std::string_view name) {
  const json* value = find(name);
  if (value == nullptr || !value->is_boolean()) {
    ok_ = false;
    return false;
  }
  return value->get<bool>();
}

Id ObjectReader::id(std::string_view name) {
  const auto parsed = Id::parse(text(name));
  ok_ = ok_ && parsed.has_value();
  return parsed.value_or(Id{});
}

Bytes ObjectReader::base64(std::string_view name) {
  auto decoded = from_base64(text(name));
  ok_ = ok_ && decoded.has_value();
  return decoded ? std::move(*decoded) : Bytes{};
}

Recipient ObjectReader::recipient(std::string_view name) {
  const auto parsed = Recipient::parse(text(name));
  ok_ = ok_ && parsed.has_value();
  return parsed.value_or(Recipient{});
}

VerifyKey ObjectReader::verify_key(std::string_view name) {
  const auto parsed = VerifyKey::parse(text(name));
  ok_ = ok_ && parsed.has_value();
  return parsed.value_or(VerifyKey{});
}

const json& ObjectReader::object(std::string_view name) {
  const json* value = find(name);
  if (value != nullptr && value->is_object()) return *value;
  ok_ = false;
  return kEmptyObject;
}

const json& ObjectReader::array(std::string_view name) {
  const json* value = find(name);
  if (value != nullptr && value->is_array()) return *value;
  ok_ = false;
  return kEmptyArray;
}

bool ObjectReader::complete() const {
  if (!ok_) return false;
  return std::all_of(object_.items().begin(), object_.items().end(),
                     [this](const auto& item) { return read_.contains(item.key()); });
}

}  // namespace crypto
