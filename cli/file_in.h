// Reading small files whole: settings, keys, enrolments.
#pragma once

#include <filesystem>

#include "cli/failure.h"
#include "crypto/bytes.h"
#include "crypto/secret.h"

namespace cli {

inline constexpr std::size_t kMaxSmallFile = std::size_t{1} << 20;

// `-` is standard input. Errors: file_unreadable, file_too_large.
Result<crypto::Bytes> read_file(const std::filesystem::path& path,
                                std::size_t limit = kMaxSmallFile);
// The same for what must not lie about in memory. Errors: as read_file.
Result<crypto::SecretBytes> read_secret_file(const std::filesystem::path& path,
                                             std::size_t limit = kMaxSmallFile / 16);

}  // namespace cli
