// MetaStore in one LMDB environment (`meta/` in the data directory), default sync flags.
#pragma once

#include <filesystem>
#include <memory>

#include "vault/meta_store.h"

namespace vault {

struct LmdbOptions {
  std::uint64_t map_size = std::uint64_t{1}
                           << 40;  // address space, not disk; 1 TiB at most under TSan
};

// Opens or makes the environment. Open it after any fork, and once in a process.
// Errors: io_failure, corrupt, no_space.
Result<std::unique_ptr<MetaStore>> open_lmdb_meta(const std::filesystem::path& directory,
                                                  const LmdbOptions& options = {});

}  // namespace vault
