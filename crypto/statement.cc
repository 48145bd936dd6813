#include "crypto/statement.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "crypto/hash.h"
#include "crypto/strict_json.h"

namespace crypto {
namespace {

constexpr std::string_view kDomain = "segel/v1/";
constexpr std::string_view kSigner = "segel/";

bool is_type(std::string_view type) {
  return !type.empty() && type.size() <= 32 && std::all_of(type.begin(), type.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || c == '-';
  });
}

}  // namespace

std::string signer_name(const Id& key) { return std::string(kSigner) + key.text(); }

Statement::Statement(std::string_view type, const nlohmann::json& body) : type_(type) {
  note_.text = std::string(kDomain) + type_ + '\n' + body.dump() + '\n';
}

Result<Statement> Statement::parse(std::string_view encoded) {
  const auto malformed = tl::unexpected(Errc::malformed);
  if (encoded.size() > kMaxStatement) return malformed;
  auto note = Note::parse(encoded);
  if (!note) return tl::unexpected(note.error());

  const std::string_view text = note->text;
  const auto line_end = text.find('\n');
  if (!text.starts_with(kDomain) || line_end == std::string_view::npos) return malformed;
  Statement statement;
  statement.type_ = text.substr(kDomain.size(), line_end - kDomain.size());
  if (!is_type(statement.type_)) return malformed;

  std::string_view line = text.substr(line_end + 1);
  if (line.empty() || line.find('\n') != line.size() - 1) return malformed;
  line.remove_suffix(1);
  const auto body = parse_json(line);
  // One meaning, one text: two readers of other spellings could differ over what was signed.
  if (!body || !body->is_object() || body->dump() != line) return malformed;
  statement.note_ = std::move(*note);
  return statement;
}

nlohmann::json Statement::body() const {
  const std::string_view text = note_.text;
  // Canonical already, by construction or by parse().
  return nlohmann::json::parse(text.substr(text.find('\n') + 1));
}

Digest Statement::digest() const { return sha256(as_bytes(note_.text)); }

void Statement::sign(const Id& key, const SigningKey& signing) {
  note_.sign(signer_name(key), signing);
}

Result<void> Statement::verify(const Id& key, const VerifyKey& verify_key) const {
  return note_.verify({signer_name(key), verify_key});
}

std::vector<Id> Statement::signers() const {
  std::vector<Id> ids;
  for (const NoteSignature& signature : note_.signatures) {
    if (!signature.name.starts_with(kSigner)) continue;
    const auto id = Id::parse(std::string_view(signature.name).substr(kSigner.size()));
    if (id && std::find(ids.begin(), ids.end(), *id) == ids.end()) ids.push_back(*id);
  }
  return ids;
}

}  // namespace crypto
