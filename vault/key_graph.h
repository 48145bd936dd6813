// The key graph: nodes (agencies and cases), their generations, and the lockboxes that carry a
// generation's secret to its holders.
//
// The service never needs a node's secret: records are signed and lockboxes sealed by whoever holds
// them, and judged here by what is public. Adding a holder takes a holder; a new generation's
// holders are those of the one before it.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "crypto/age.h"
#include "crypto/key_records.h"
#include "crypto/submission.h"
#include "vault/actor.h"
#include "vault/committer.h"
#include "vault/error.h"
#include "vault/meta_store.h"

namespace vault {

using crypto::Holder;
using crypto::HolderKind;

using crypto::GenerationSubmission;
using crypto::HolderSubmission;
using crypto::LockboxRef;
using crypto::NodeState;

// Reads, inside a transaction. Errors: not_found; corrupt, newer_format, io_failure.
Result<std::uint64_t> latest_generation(const ReadTxn& txn, const Id& node);  // 0: none yet
Result<NodeState> read_node(const ReadTxn& txn, const Id& node,
                            std::uint64_t generation);  // 0: latest

// A checked submission, its records wrapped and ready: made outside the committer, put inside.
class PreparedGeneration {
 public:
  crypto::GenerationRecord record;
  // Whether it may follow what is there now: compare-and-swap on (node, generation).
  // Errors: conflict, untrusted, stale (a holder has moved on).
  Result<void> check_first(const ReadTxn& txn) const;
  Result<void> check_successor(const ReadTxn& txn) const;
  void put(ChangeTxn& txn) const;

 private:
  friend class KeyGraph;
  std::string note_;
  std::vector<std::pair<Bytes, Bytes>> puts_;  // lockbox rows
};

class PreparedHolder {
 public:
  crypto::HolderRecord record;
  // Errors: conflict (the generation is not the latest, or holds it already), stale, untrusted.
  Result<void> check(const ReadTxn& txn) const;
  void put(ChangeTxn& txn) const;

 private:
  friend class KeyGraph;
  std::string note_;
  std::pair<Bytes, Bytes> row_;
};

class KeyGraph {
 public:
  KeyGraph(const MetaStore& meta, Committer& committer, EraseKeys& erase_keys)
      : meta_(meta), committer_(committer), erase_keys_(erase_keys) {}

  // Parses and judges what can be judged without the store's state: grammar, that the actor signed
  // it and how, a lockbox for each holder and each bound to this node and generation; wraps them.
  // Errors: invalid, untrusted; io_failure, no_space.
  Result<PreparedGeneration> prepare(const Actor& actor, const GenerationSubmission& submission);
  Result<PreparedHolder> prepare(const Actor& actor, const HolderSubmission& submission);

  // The first generation of an agency, by its first custodian. Errors: forbidden, conflict, and
  // prepare()'s.
  Result<Committed> add_first_of_agency(const Actor& actor, const GenerationSubmission& submission);
  // A case's successor, where one is due: by a holder, or by a depositor in an opened session.
  // Errors: forbidden, conflict (the case is not stale, or has moved on), prepare()'s.
  Result<Committed> add_successor(const Actor& actor, const GenerationSubmission& submission);
  // A further custodian of the actor's agency. Errors: forbidden, and PreparedHolder::check()'s.
  Result<Committed> add_custodian(const Actor& actor, const HolderSubmission& submission);

  // The secret of a case's generation, sealed to the one after it, where that one's maker did not
  // hold it: who joins later opens what is older by it. Errors: forbidden, conflict (it is there,
  // or nothing comes after), invalid.
  Result<Committed> add_previous(const Actor& actor, const Id& node, std::uint64_t generation,
                                 ByteView sealed);

  // What an actor may see of a node: an agency is public to every session, a case to those who have
  // a place in it. Errors: forbidden, not_found.
  Result<NodeState> node(const Actor& actor, const Id& node, std::uint64_t generation) const;
  // The lockboxes of a node that lie on the actor's ways to it, oldest generation first.
  Result<std::vector<LockboxRef>> lockboxes(const Actor& actor, const Id& node) const;
  // One of them, as a sealed age file. Errors: not_found, forbidden, corrupt (its slot is
  // destroyed).
  Result<Bytes> lockbox(const Actor& actor, const Id& node, std::uint64_t generation,
                        const Id& holder) const;

 private:
  Result<std::pair<Bytes, Bytes>> wrap_lockbox(const Id& holder, const Id& node,
                                               std::uint64_t generation, ByteView sealed,
                                               crypto::age::Kind kind);
  const MetaStore& meta_;
  Committer& committer_;
  EraseKeys& erase_keys_;
};

}  // namespace vault
