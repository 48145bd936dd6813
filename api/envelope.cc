#include "api/envelope.h"

namespace api {
namespace {

using crypto::Manifest;
using crypto::age::Binding;
using crypto::age::Kind;

Failure manifest_wrong() { return {"manifest-wrong", 500}; }

Outcome<crypto::FileKey> unwrap_for(KeyRing& ring, const SealedVersion& version,
                                    const Bytes& header_bytes, Kind kind) {
  const auto opener = ring.opener(version.header.holder);
  if (!opener) return tl::unexpected(opener.error());
  const auto header = crypto::age::parse_header(header_bytes);
  if (!header) return tl::unexpected(manifest_wrong());
  auto key = crypto::age::unwrap(
      *header, **opener, Binding{kind, version.document, version.version, version.generation});
  if (!key) return tl::unexpected(manifest_wrong());
  return std::move(*key);
}

// The size too: whoever signs a smaller one would have a reader take a part for the whole.
bool agrees(const Manifest& manifest, const SealedVersion& version) {
  const auto size = crypto::age::plain_size(version.size);
  return size && manifest.size == *size && manifest.payload_nonce == version.payload_nonce &&
         manifest.document == version.document && manifest.version == version.version &&
         manifest.case_id == version.case_id && manifest.generation == version.generation &&
         manifest.label == version.label && manifest.depositor == version.depositor &&
         manifest.payload_root == version.payload_root;
}

}  // namespace

Envelope make_envelope(const KeyRing& ring, Manifest manifest, const crypto::FileKey& payload_key,
                       const std::vector<crypto::Holder>& holders) {
  manifest.depositor = ring.key();
  manifest.via = ring.via();
  manifest.commitment = crypto::age::commitment(payload_key);
  const crypto::Statement statement = manifest.to_statement();
  const std::string note = ring.sign(statement);
  const auto manifest_key = crypto::FileKey::random();

  Envelope envelope;
  envelope.manifest = crypto::age::seal_payload(crypto::as_bytes(note), manifest_key);
  envelope.manifest_digest = statement.digest();
  const Binding document{Kind::document, manifest.document, manifest.version, manifest.generation};
  const Binding sealed{Kind::manifest, manifest.document, manifest.version, manifest.generation};
  for (const crypto::Holder& holder : holders) {
    envelope.headers.push_back({holder,
                                crypto::age::make_header(payload_key, holder.recipient, document),
                                crypto::age::make_header(manifest_key, holder.recipient, sealed)});
  }
  return envelope;
}

Outcome<Manifest> open_manifest(KeyRing& ring, GraphPort& port, const SealedVersion& version) {
  const auto key = unwrap_for(ring, version, version.header.manifest_header, Kind::manifest);
  if (!key) return tl::unexpected(key.error());
  const auto note = crypto::age::open_payload(version.manifest, *key);
  if (!note) return tl::unexpected(manifest_wrong());
  const auto statement = crypto::Statement::parse(note->expose_text());
  if (!statement) return tl::unexpected(manifest_wrong());
  auto manifest = Manifest::from(*statement);
  if (!manifest || !agrees(*manifest, version)) return tl::unexpected(manifest_wrong());

  const auto depositor = port.access_key(manifest->depositor);
  if (!depositor) return tl::unexpected(depositor.error());
  if (!statement->verify(manifest->depositor, depositor->signing)) {
    return tl::unexpected(manifest_wrong());
  }
  return std::move(*manifest);
}

Outcome<crypto::FileKey> open_file_key(KeyRing& ring, const SealedVersion& version,
                                       const Manifest& manifest) {
  auto key = unwrap_for(ring, version, version.header.payload_header, Kind::document);
  if (!key) return tl::unexpected(key.error());
  // One ciphertext can be made to open under two keys; the manifest says which one was meant.
  if (crypto::age::commitment(*key) != manifest.commitment) return tl::unexpected(manifest_wrong());
  return key;
}

}  // namespace api
