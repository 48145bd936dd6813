// Rotations of an agency: ordered by an administrator, performed by a custodian.
//
// The first step makes the agency's next generation; then every case it holds gets a successor
// generation, in batches with a durable cursor; the last step enters the custodian's signed
// statement. Readers and writers go on throughout; no payload and no document header is touched.
#pragma once

#include <string>
#include <vector>

#include "vault/actor.h"
#include "vault/committer.h"
#include "vault/directory.h"
#include "vault/key_graph.h"
#include "vault/records.h"

namespace vault {

struct RotationView {
  RotationCaseRecord record;
  std::vector<NodeState>
      next;  // cases still held by an earlier generation, oldest first, to kBatch
  std::uint64_t documents = 0;  // versions of an earlier generation than their case's present one;
                                // counted once nothing is left
};

// What waits for the actor: a signature, a rotation, a share to take, a first generation to make.
struct Waiting {
  std::string kind;  // "approve", "rotate", "share", "first-generation"
  Id id;             // of the order or share; of the agency for a first generation
  Id node;           // agency, or the case of a share; nil for approve
  std::string note;  // the statement to sign, or the signed order; may be empty
  Time created = 0;
};

class Rotations {
 public:
  static constexpr std::size_t kBatch = 64;

  Rotations(const MetaStore& meta, Committer& committer, KeyGraph& graph)
      : meta_(meta), committer_(committer), graph_(graph) {}

  // An administrator's signed order. Errors: not_found (no such agency, or no generation yet),
  // conflict (one is open), untrusted, invalid.
  Result<Id> order(const Actor& actor, const Id& node, const std::string& note);
  // The custodian's first step. An open order is carried out by it. While another rotation of the
  // node runs, this one takes all cases to its later generation, and that one finds none left.
  // Errors: forbidden, and those of the generation.
  Result<RotationView> start(const Actor& actor, const Id& node,
                             const GenerationSubmission& submission);
  // Errors: not_found, forbidden.
  Result<RotationView> get(const Actor& actor, const Id& rotation) const;
  // Successors of some of `next`, each node once. One that is renewed already is a conflict and
  // harmless: ask get() again. Errors: not_found, forbidden, invalid, conflict, and prepare()'s.
  Result<RotationView> batch(const Actor& actor, const Id& rotation,
                             const std::vector<GenerationSubmission>& submissions);
  // The signed statement, whose figures must be those of get(). Errors: stale (cases are left),
  // untrusted.
  Result<Committed> complete(const Actor& actor, const Id& rotation, const std::string& note);

  Result<std::vector<Waiting>> waiting(const Actor& actor) const;

 private:
  Result<RotationView> view_in(const ReadTxn& txn, const Actor& actor, const Id& rotation) const;
  const MetaStore& meta_;
  Committer& committer_;
  KeyGraph& graph_;
};

}  // namespace vault
