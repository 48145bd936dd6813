// A data directory, opened: the stores, the committer, and what may be done to them.
//
//   meta/  blobs/  erase.keys  store.lock      (FORMAT.md, "Data directory")
//
// One process writes: the directory is locked (flock) as long as the Vault lives. Thread-safe.
#pragma once

#include <filesystem>
#include <memory>

#include "crypto/keys.h"
#include "crypto/note.h"
#include "vault/cases.h"
#include "vault/committer.h"
#include "vault/directory.h"
#include "vault/documents.h"
#include "vault/key_graph.h"
#include "vault/lmdb_page_fault.h"
#include "vault/log.h"
#include "vault/rotations.h"

namespace vault {

struct VaultOptions {
  std::filesystem::path directory;
  std::filesystem::path log_key;  // 0600, outside the directory
  std::uint64_t map_size = std::uint64_t{1} << 40;
  Clock clock = system_now;
  OnDamagedPage on_damaged_page = {};
};

class Vault {
 public:
  // Makes an empty directory into a vault, with its log key and entry 0; nothing is left behind on
  // error. `founding.log_verifier` and `founding.vault` are filled in. Errors: conflict (not
  // empty), invalid, no_space, io_failure.
  static Result<crypto::NoteVerifier> create(const VaultOptions& options,
                                             crypto::FoundingRecord founding);
  // Errors: locked (another process has it), not_found (no vault there), corrupt, io_failure;
  // untrusted: the log key is not this vault's.
  static Result<std::unique_ptr<Vault>> open(const VaultOptions& options);
  ~Vault();

  const MetaStore& meta() const;
  const BlobStore& blobs() const;
  Committer& committer();
  // After a failed commit of either store: the process should stop, and verify at its start.
  bool stopped() const;
  const Log& log() const;
  Directory& directory();
  KeyGraph& graph();
  Cases& cases();
  Documents& documents();
  Rotations& rotations();
  const crypto::NoteVerifier& log_verifier() const;

 private:
  struct Parts;
  explicit Vault(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace vault
