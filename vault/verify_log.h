// The part of verify_store() that walks the log: entries, hashes, chains, change records. What it
// learns of the records is handed on as it goes.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>

#include "crypto/log_entry.h"
#include "crypto/merkle.h"
#include "vault/change_record.h"
#include "vault/verify.h"

namespace vault {

using Report = std::function<void(Damage damage, std::string id)>;
// One item of the change of entry `index`, in the order in which they took effect.
using Changed = std::function<void(std::uint64_t index, const ChangeItem& item)>;

class LogWalk {
 public:
  LogWalk(const ReadTxn& txn, const VerifyOptions& options, Report report, Changed changed)
      : txn_(txn), options_(options), report_(std::move(report)), changed_(std::move(changed)) {}

  // Errors: io_failure, corrupt.
  Result<void> run();
  const std::optional<crypto::Checkpoint>& head() const { return head_; }
  std::uint64_t entries() const { return tree_.size(); }

 private:
  Result<void> read_head();
  Result<void> choose_leaves();
  Result<void> walk_entries();
  Result<void> check_place(std::uint64_t index, std::optional<std::string_view> line);
  Result<void> check_entry(std::uint64_t index, const crypto::LogEntry& entry, const Digest& leaf);
  Result<void> check_chain(const crypto::LogEntry& entry, const Digest& leaf);
  // `entry`: nothing if it is damaged and so cannot say what its change record must be.
  Result<void> check_changes(std::uint64_t index, const crypto::LogEntry* entry);
  Result<void> check_case_rows();
  Result<void> check_rows_behind();
  void check_remembered();
  void append(const Digest& leaf, Bytes& made);

  struct Chain {
    std::uint64_t seq = 0;
    std::uint64_t index = 0;
    Digest leaf{};
  };
  bool may_follow(const Chain& chain, const crypto::LogEntry& entry) const;

  const ReadTxn& txn_;
  const VerifyOptions& options_;
  Report report_;
  Changed changed_;
  std::optional<crypto::Checkpoint> head_;
  bool by_lines_ = false;  // the lines give the signed root, so that they judge the stored hashes
  bool ended_ = false;     // neither lines nor hashes go on, though the head does
  crypto::merkle::Tree tree_;
  std::int64_t last_time_ = 0;
  std::map<crypto::Id, Chain> chains_;
  std::uint64_t chained_ = 0;
  std::set<std::uint64_t> damaged_;        // entries that cannot say of which case they are
  std::optional<Digest> remembered_root_;  // of these entries, at the remembered size
};

}  // namespace vault
