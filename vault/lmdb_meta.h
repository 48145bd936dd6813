// MetaStore in one LMDB environment (`meta/` in the data directory), default sync flags.
#pragma once

#include <filesystem>
#include <memory>

#include "vault/lmdb_page_fault.h"
#include "vault/meta_store.h"

namespace vault {

struct LmdbOptions {
  std::uint64_t map_size = std::uint64_t{1}
                           << 40;  // address space, not disk; 1 TiB at most under TSan
  // Beside a process that writes: the folder must be there, nothing in it is changed, and every
  // write fails with io_failure.
  bool read_only = false;
  const OnDamagedPage* on_damaged_page = nullptr;  // for the call; may be empty
};

// Opens or makes the environment (folder 0700, files 0600). Open it after any fork. All its pages
// are judged before the engine sees them (vault/lmdb_pages.h). Errors: locked (this process has it
// open), forbidden (the folder is another user's), not_found (read-only, and nothing there),
// io_failure, corrupt, newer_format, no_space.
Result<std::unique_ptr<MetaStore>> open_lmdb_meta(const std::filesystem::path& directory,
                                                  const LmdbOptions& options = {});

}  // namespace vault
