// The log's signing key: a 0600 file outside the data directory, readable by the service.
//
// One line, as the reference implementation of signed notes writes it:
// PRIVATE+KEY+name+hash+base64, where base64 is the algorithm byte 0x01 and the 32-byte seed. The
// name is the log's origin.
#pragma once

#include <filesystem>
#include <string>

#include "crypto/keys.h"
#include "crypto/note.h"
#include "vault/error.h"

namespace vault {

struct LogKey {
  std::string origin;
  crypto::SigningKey key;
  crypto::NoteVerifier verifier() const { return {origin, key.verify_key()}; }
};

// Makes a key and writes it; the file is on disk on return. Errors: conflict (it exists),
// io_failure.
Result<LogKey> create_log_key(const std::filesystem::path& file, const std::string& origin);
// Errors: not_found, invalid (not such a file, or readable by others), io_failure.
Result<LogKey> read_log_key(const std::filesystem::path& file);

}  // namespace vault
