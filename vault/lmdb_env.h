// One LMDB environment and its transactions, for the engines (vault/lmdb_*.cc) alone.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <utility>

#include "vault/error.h"
#include "vault/lmdb_meta.h"
#include "vault/lmdb_tree.h"

struct MDB_env;
struct MDB_txn;

namespace vault {

// What an LMDB return code other than 0 means in the vault.
Errc errc_of_lmdb(int code);
inline tl::unexpected<Errc> lmdb_failure(int code) { return tl::unexpected(errc_of_lmdb(code)); }

// How many bytes the disk of this environment has left for us; none when it does not say.
std::optional<std::uint64_t> room_on_disk(MDB_env* env);

// An open environment. The folder is 0700, its files 0600, and both belong to who opens them.
class LmdbEnv {
 public:
  // Makes the folder (not its parents) if it is missing; its name is on disk on return. Read-only,
  // it makes and changes nothing. Errors: locked (this process has it open), forbidden (another
  // user's folder), not_found, io_failure, corrupt, newer_format, no_space.
  // `runs`: what is read of large values while its pages are judged.
  static Result<std::unique_ptr<LmdbEnv>> open(const std::filesystem::path& directory,
                                               const LmdbOptions& options, Runs runs);
  ~LmdbEnv();
  LmdbEnv(const LmdbEnv&) = delete;
  LmdbEnv& operator=(const LmdbEnv&) = delete;

  MDB_env* get() const { return env_; }
  unsigned dbi() const { return dbi_; }  // the one unnamed table

 private:
  using Folder = std::pair<std::uint64_t, std::uint64_t>;  // device, inode
  explicit LmdbEnv(Folder folder) : folder_(folder) {}
  int start(const std::filesystem::path& directory, const LmdbOptions& options);
  Result<void> judge_beside_writer(const std::filesystem::path& file,
                                   const LmdbOptions& options) const;

  Folder folder_;
  MDB_env* env_ = nullptr;
  unsigned dbi_ = 0;
};

// A transaction that is aborted at the end of its scope unless it was committed.
class LmdbTxn {
 public:
  // `flags`: 0 or MDB_RDONLY.
  static Result<LmdbTxn> begin(const LmdbEnv& env, unsigned flags);
  LmdbTxn(LmdbTxn&& other) noexcept : txn_(std::exchange(other.txn_, nullptr)) {}
  LmdbTxn& operator=(LmdbTxn&&) = delete;
  ~LmdbTxn();

  MDB_txn* get() const { return txn_; }
  Result<void> commit() &&;

 private:
  explicit LmdbTxn(MDB_txn* txn) : txn_(txn) {}
  MDB_txn* txn_;
};

}  // namespace vault
