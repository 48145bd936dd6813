// Takes a document's bytes from a connection into sealed storage, in one pass.
//
// Plain bytes are hashed and sealed chunk by chunk as they arrive and never touch the disk; at most
// a few chunks are in memory, and wiped. Bytes that come sealed already pass through, their grammar
// and payload root noted.
#pragma once

#include "api/body.h"
#include "api/failure.h"
#include "crypto/age.h"
#include "vault/documents.h"

namespace api {

struct TakenPayload {
  vault::StoredPayload stored;
  crypto::age::PayloadNonce nonce{};
  std::uint64_t plain_size = 0;
  crypto::Digest sha256{};  // of the plain bytes; zeros for a sealed body
};

// The plain bytes of `body`, sealed under `key`. Failures: those of the body (`cut-short`,
// `bad-request`, `timed-out`) and of the store (`no-space`, `unavailable`); nothing is kept then.
Outcome<TakenPayload> take_plain(vault::Documents& documents, BodyReader& body,
                                 const crypto::FileKey& key);
// A payload that its depositor sealed: nonce and chunks. Failures: also `invalid` (no payload has
// this length).
Outcome<TakenPayload> take_sealed(vault::Documents& documents, BodyReader& body);

}  // namespace api
