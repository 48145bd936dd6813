#include "crypto/manifest.h"

#include <nlohmann/json.hpp>

#include "crypto/encoding.h"
#include "crypto/hash.h"
#include "crypto/strict_json.h"

namespace crypto {

Statement Manifest::to_statement() const {
  nlohmann::json body{
      {"document", document.text()},
      {"version", version},
      {"case", case_id.text()},
      {"generation", generation},
      {"title", title},
      {"file_name", file_name},
      {"media_type", media_type},
      {"size", size},
      {"sha256", to_hex(sha256)},
      {"salt", base64(salt)},
      {"label", {{"type", label.type}, {"class", label.classification}, {"minor", label.minor}}},
      {"depositor", depositor.text()},
      {"via", via},
      {"created", created},
      {"payload_nonce", base64(payload_nonce)},
      {"commitment", base64(commitment)},
      {"payload_root", base64(payload_root)}};
  if (previous) body["previous"] = base64(*previous);
  return {kType, body};
}

Result<Manifest> Manifest::from(const Statement& statement) {
  const auto malformed = tl::unexpected(Errc::malformed);
  if (statement.type() != kType) return malformed;
  const nlohmann::json body = statement.body();
  ObjectReader in(body);
  Manifest manifest;
  manifest.document = in.id("document");
  manifest.version = in.number("version");
  manifest.case_id = in.id("case");
  manifest.generation = in.number("generation");
  manifest.title = in.text("title");
  manifest.file_name = in.text("file_name");
  manifest.media_type = in.text("media_type");
  manifest.size = in.number("size");
  // Hex, as sha256sum prints it: a court compares it by eye.
  const auto digest = from_hex(in.text("sha256"));
  if (!digest || digest->size() != manifest.sha256.size()) return malformed;
  std::copy(digest->begin(), digest->end(), manifest.sha256.begin());
  manifest.salt = in.block<32>("salt");
  ObjectReader label(in.object("label"));
  manifest.label = {label.text("type"), label.text("class"), label.flag("minor")};
  if (!label.complete()) return malformed;
  manifest.depositor = in.id("depositor");
  manifest.via = in.text("via");
  const std::uint64_t created = in.number("created");
  if (created > static_cast<std::uint64_t>(INT64_MAX)) return malformed;
  manifest.created = static_cast<std::int64_t>(created);
  manifest.payload_nonce = in.block<age::kNonceSize>("payload_nonce");
  manifest.commitment = in.block<32>("commitment");
  manifest.payload_root = in.block<32>("payload_root");
  if (in.has("previous")) manifest.previous = in.block<32>("previous");
  if (!in.complete() || manifest.version == 0) return malformed;
  if (manifest.previous.has_value() != (manifest.version > 1)) return malformed;
  return manifest;
}

Digest Manifest::content_digest() const { return crypto::sha256({salt, sha256}); }

}  // namespace crypto
