// One judgement over a store: from a record to its signers, theirs, and so on up to the founding
// set. Registrations are judged in vault/chain.cc, nodes and their holders in vault/chain_nodes.cc.
// Of vault/chain alone.
#pragma once

#include <vector>

#include "vault/chain_rows.h"

namespace vault {

class Chain {
 public:
  explicit Chain(const ReadTxn& txn, int depth = 0) : txn_(txn), depth_(depth) {}

  Result<Signed<crypto::FoundingRecord>> founding() const;
  Result<Signed<crypto::AgencyRecord>> agency(const Id& id) const;
  Result<Signed<crypto::AccessKeyRecord>> access_key(const Id& id) const;
  Result<Signed<crypto::GenerationRecord>> generation(const Id& node, std::uint64_t number) const;
  Result<std::vector<Signed<crypto::HolderRecord>>> holders(
      const Signed<crypto::GenerationRecord>& of) const;
  Result<std::vector<Id>> administrators(const crypto::Statement& statement,
                                         std::uint64_t before) const;

 private:
  Result<Row<crypto::GenerationRecord>> generation_row(const Id& node, std::uint64_t number) const;
  Result<void> judge_registration(const crypto::Statement& statement, std::uint64_t entry) const;
  Result<void> judge_first(const Signed<crypto::GenerationRecord>& one,
                           const crypto::AccessKeyRecord& signer) const;
  Result<void> judge_successor(const Signed<crypto::GenerationRecord>& one,
                               const crypto::AccessKeyRecord& signer,
                               const Signed<crypto::GenerationRecord>& before) const;
  Result<void> judge_added(const Signed<crypto::HolderRecord>& one,
                           const Signed<crypto::GenerationRecord>& to,
                           const std::vector<crypto::Holder>& held) const;
  Result<void> judge_holder(const crypto::Holder& holder, std::uint64_t before) const;
  Result<std::vector<crypto::Holder>> held_before(const Signed<crypto::GenerationRecord>& of,
                                                  std::uint64_t entry) const;
  Result<bool> reaches(const crypto::AccessKeyRecord& signer,
                       const std::vector<crypto::Holder>& holders, std::uint64_t before) const;
  template <typename Record>
  Result<crypto::AccessKeyRecord> signer_of(const Signed<Record>& one) const;

  const ReadTxn& txn_;
  int depth_;
};

// The one whose record it is by its own word, and whose signature stands under it.
template <typename Record>
Result<crypto::AccessKeyRecord> Chain::signer_of(const Signed<Record>& one) const {
  auto signer = access_key(one.record.signer);
  if (!signer) return broken(signer.error());
  if (signer->entry >= one.entry ||
      !one.statement.verify(one.record.signer, signer->record.signing)) {
    return broken();
  }
  return std::move(signer->record);
}

}  // namespace vault
