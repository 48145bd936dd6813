#include "crypto/log_export.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "crypto/encoding.h"
#include "crypto/log_entry.h"
#include "crypto/merkle.h"

namespace crypto::log_export {
namespace {

using nlohmann::json;

constexpr std::string_view kFormat = "segel/v1/log";
constexpr std::string_view kAnyFormat = "segel/";

std::string json_string(std::string_view text) {
  return json(text).dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string list(const std::vector<Digest>& hashes) {
  std::string text = "[";
  for (const Digest& hash : hashes) {
    if (text.size() > 1) text += ',';
    text += '"' + base64(hash) + '"';
  }
  return text + ']';
}

// The line as JSON, or null: fields are then missing, and the line is malformed.
json parsed(std::string_view line) { return json::parse(line, nullptr, false); }

std::uint64_t number(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_number_unsigned() ? found->get<std::uint64_t>() : 0;
}

std::string text(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Digest digest(const json& value) {
  Digest hash{};
  if (!value.is_string()) return hash;
  const auto bytes = from_base64(value.get_ref<const std::string&>());
  if (bytes && bytes->size() == hash.size()) std::copy(bytes->begin(), bytes->end(), hash.begin());
  return hash;
}

std::vector<Digest> digests(const json& object, const char* key) {
  std::vector<Digest> hashes;
  const auto found = object.find(key);
  if (found == object.end() || !found->is_array()) return hashes;
  for (const json& value : *found) hashes.push_back(digest(value));
  return hashes;
}

// What was read loosely counts only if it encodes to the very line: so there is one spelling.
template <typename Line>
Result<Line> checked(Line line, std::string_view text) {
  if (line.encode() != text) return tl::unexpected(Errc::malformed);
  return line;
}

}  // namespace

std::string Header::encode() const {
  const std::string of_case =
      case_id.is_nil() ? std::string() : fmt::format("\"case\":\"{}\",", case_id.text());
  return fmt::format("{{\"export\":\"{}\",\"origin\":{},{}\"from\":{},\"to\":{}}}", kFormat,
                     json_string(origin), of_case, from, to);
}

Result<Header> Header::parse(std::string_view line) {
  const json object = parsed(line);
  if (!object.is_object()) return tl::unexpected(Errc::malformed);
  const std::string format = text(object, "export");
  if (format != kFormat) {
    return tl::unexpected(format.starts_with(kAnyFormat) ? Errc::unsupported : Errc::malformed);
  }
  Header header{text(object, "origin"), {}, number(object, "from"), number(object, "to")};
  if (const auto id = Id::parse(text(object, "case"))) header.case_id = *id;
  if (header.from > header.to) return tl::unexpected(Errc::malformed);
  return checked(std::move(header), line);
}

std::string Leaves::encode() const {
  return fmt::format("{{\"leaves\":{},\"hashes\":{}}}", first, list(hashes));
}

Result<Leaves> Leaves::parse(std::string_view line) {
  const json object = parsed(line);
  if (!object.is_object()) return tl::unexpected(Errc::malformed);
  Leaves leaves{number(object, "leaves"), digests(object, "hashes")};
  if (leaves.hashes.empty() || leaves.hashes.size() > kAtMost) {
    return tl::unexpected(Errc::malformed);
  }
  return checked(std::move(leaves), line);
}

std::string RangeLine::encode() const {
  return fmt::format("{{\"range\":{},\"to\":{},\"size\":{},\"left\":{},\"right\":{}}}", from, to,
                     size, list(proof.left), list(proof.right));
}

Result<RangeLine> RangeLine::parse(std::string_view line) {
  const json object = parsed(line);
  if (!object.is_object()) return tl::unexpected(Errc::malformed);
  RangeLine range{number(object, "range"),
                  number(object, "to"),
                  number(object, "size"),
                  {digests(object, "left"), digests(object, "right")}};
  if (range.from > range.to || range.to > range.size) return tl::unexpected(Errc::malformed);
  return checked(std::move(range), line);
}

std::string Inclusion::encode() const {
  return fmt::format("{{\"inclusion\":{},\"leaf\":\"{}\",\"path\":{}}}", index, base64(leaf),
                     list(path));
}

Result<Inclusion> Inclusion::parse(std::string_view line) {
  const json object = parsed(line);
  if (!object.is_object()) return tl::unexpected(Errc::malformed);
  Inclusion inclusion{number(object, "inclusion"), {}, digests(object, "path")};
  if (const auto leaf = object.find("leaf"); leaf != object.end()) inclusion.leaf = digest(*leaf);
  return checked(std::move(inclusion), line);
}

std::string Head::encode() const { return "{\"checkpoint\":" + json_string(note) + '}'; }

Result<Head> Head::parse(std::string_view line) {
  const json object = parsed(line);
  if (!object.is_object()) return tl::unexpected(Errc::malformed);
  return checked(Head{text(object, "checkpoint")}, line);
}

LineKind kind_of(std::string_view line) {
  if (line.starts_with("{\"format\":")) return LineKind::entry;
  if (line.starts_with("{\"leaves\":")) return LineKind::leaves;
  if (line.starts_with("{\"range\":")) return LineKind::range;
  if (line.starts_with("{\"inclusion\":")) return LineKind::inclusion;
  if (line.starts_with("{\"checkpoint\":")) return LineKind::head;
  return LineKind::unknown;
}

Writer::Writer(Sink sink, Header header) : sink_(std::move(sink)), header_(std::move(header)) {}

bool Writer::begin() { return line(header_.encode()); }

bool Writer::entry(std::string_view text) {
  leaves_.push_back(merkle::leaf_hash(as_bytes(text)));
  return line(text);
}

bool Writer::finish(std::uint64_t size, const merkle::RangeProof& proof,
                    std::string_view checkpoint) {
  for (std::size_t at = 0; at < leaves_.size(); at += Leaves::kAtMost) {
    const auto begin = leaves_.begin() + static_cast<std::ptrdiff_t>(at);
    const std::size_t count = std::min(Leaves::kAtMost, leaves_.size() - at);
    const Leaves leaves{header_.from + at, {begin, begin + static_cast<std::ptrdiff_t>(count)}};
    if (!line(leaves.encode())) return false;
  }
  const RangeLine range{header_.from, header_.to, size, proof};
  return line(range.encode()) && line(Head{std::string(checkpoint)}.encode());
}

bool Writer::finish_case(const std::vector<Inclusion>& inclusions, std::string_view checkpoint) {
  for (const Inclusion& inclusion : inclusions) {
    if (!line(inclusion.encode())) return false;
  }
  return line(Head{std::string(checkpoint)}.encode());
}

bool Writer::line(std::string_view text) {
  std::string whole(text);
  whole += '\n';
  return sink_(whole);
}

}  // namespace crypto::log_export
