// A document's envelope: the headers for its holders and the signed, sealed manifest.
#pragma once

#include <string>
#include <vector>

#include "api/keyring.h"
#include "crypto/age.h"
#include "crypto/manifest.h"
#include "crypto/submission.h"

namespace api {

struct Envelope {
  Bytes manifest;  // sealed: an age payload
  crypto::Digest manifest_digest{};
  std::vector<crypto::HeaderSubmission> headers;
};

// Seals a payload's file key and its manifest for `holders`. The manifest's depositor, way,
// commitment are filled in; everything else is the caller's.
Envelope make_envelope(const KeyRing& ring, crypto::Manifest manifest,
                       const crypto::FileKey& payload_key,
                       const std::vector<crypto::Holder>& holders);

// A document version as it is handed out: sealed, with the headers for one holder the reader
// reaches.
struct SealedVersion {
  Id document;
  std::uint64_t version = 1;
  std::uint64_t versions = 1;
  Id case_id;
  std::uint64_t generation = 1;
  crypto::Label label;
  Id depositor;
  std::int64_t created = 0;
  std::uint64_t size = 0;  // of the sealed payload
  crypto::age::PayloadNonce payload_nonce{};
  crypto::Digest payload_root{};
  Bytes manifest;
  crypto::HeaderSubmission header;
};

// Opens and checks the manifest: signed by its depositor, of this document, version and case, with
// the label of the record, and the size, nonce and root of its payload. Failures: manifest-wrong
// (what differs is not told: it is a sign of tampering), and the ring's.
Outcome<crypto::Manifest> open_manifest(KeyRing& ring, GraphPort& port,
                                        const SealedVersion& version);
// The payload's file key, checked against the manifest's commitment.
Outcome<crypto::FileKey> open_file_key(KeyRing& ring, const SealedVersion& version,
                                       const crypto::Manifest& manifest);

}  // namespace api
