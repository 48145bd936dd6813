// Access-key files (FORMAT.md): an age identity file, by default sealed with a passphrase as `age
// -p` does, so that `age -d -i` and `age-keygen -y` of any age take it.
#pragma once

#include <cstdint>
#include <filesystem>

#include "cli/failure.h"
#include "cli/terminal.h"
#include "crypto/keys.h"
#include "crypto/secret.h"

namespace cli {

// What `age` uses for passphrases: about a second of work and 256 MiB a guess.
inline constexpr unsigned kPassphraseWork = 18;

// The text of an age identity file, as `age-keygen` writes it. `now`: milliseconds since 1970.
crypto::SecretBytes identity_file(const crypto::Identity& identity, std::int64_t now);

// Writes `identity` to a new file of mode 0600, armored and sealed if there is a `passphrase`.
// `now`: milliseconds since 1970, for the file's comment. Errors: file_exists, file_unwritable.
Result<void> write_key_file(const std::filesystem::path& path, const crypto::Identity& identity,
                            const crypto::SecretBytes* passphrase, std::int64_t now);

// The first key of what write_key_file, `age-keygen` or `age -p` wrote; asks for the passphrase if
// the file is sealed. Errors: as read_identities.
Result<crypto::Identity> open_key_file(const std::filesystem::path& path, const Terminal& terminal);

}  // namespace cli
