// Wraps a stored record under its erase key: XChaCha20-Poly1305, nonce ‖ ciphertext ‖ tag.
#pragma once

#include "crypto/bytes.h"
#include "crypto/error.h"
#include "crypto/secret.h"

namespace crypto {

// `context` (the record's key in the store) is authenticated and not stored.
Bytes wrap_record(const EraseKey& key, ByteView context, ByteView record);
// Errors: tampered (another key, another place, changed bytes).
Result<Bytes> unwrap_record(const EraseKey& key, ByteView context, ByteView wrapped);

}  // namespace crypto
