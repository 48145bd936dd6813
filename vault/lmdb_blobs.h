// BlobStore in an LMDB environment of its own (`blobs/`): extents of one fixed size, 257 pages less
// 16 bytes, each with 16 sealed chunks (1,048,832 bytes) and a CRC32C (FORMAT.md, "Extents").
#pragma once

#include <filesystem>
#include <memory>

#include "vault/blob_store.h"
#include "vault/lmdb_meta.h"

namespace vault {

// Starts the store's writer thread; the writers end before the store does. Raises malloc's trim and
// mmap thresholds for the process. Errors: those of open_lmdb_meta.
Result<std::unique_ptr<BlobStore>> open_lmdb_blobs(const std::filesystem::path& directory,
                                                   const LmdbOptions& options = {});

}  // namespace vault
