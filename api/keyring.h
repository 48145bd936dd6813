// A person's keys at work: walks lockboxes to a node's secret, and makes what only a holder can
// make.
//
// Secrets once opened are kept, in the locked arena, until the key ring is trimmed or ends. One
// thread at a time.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "api/graph_port.h"
#include "crypto/keys.h"
#include "crypto/lockbox.h"
#include "crypto/submission.h"

namespace api {

class KeyRing {
 public:
  // `via`: "opened" or "sealed"; it stands in what is signed. The port outlives the ring.
  KeyRing(GraphPort& port, const Id& key, const Id& agency, const crypto::Identity& identity,
          std::string via);

  const Id& key() const { return key_; }
  const Id& agency() const { return agency_; }
  const std::string& via() const { return via_; }
  const crypto::Identity& identity() const { return identity_; }

  // The secret of a node's generation, found by way of the lockboxes that lead there, and compared
  // with the public record. Valid until trim(). Failures: no-way (no lockbox of hers leads
  // there), sealed-wrong (opens, but is not what the record says), and the port's.
  Outcome<const crypto::NodeSecret*> secret(const Id& node, std::uint64_t generation);
  // The identity that opens what is sealed to a holder: her own, or a node's.
  Outcome<const crypto::Identity*> opener(const crypto::Holder& holder);

  // Most secrets that a ring which serves many calls keeps from one to the next: the arena is
  // everybody's.
  static constexpr std::size_t kKept = 64;
  // Forgets the secrets where there are more: they are walked to again.
  void trim() {
    if (secrets_.size() > kKept) secrets_.clear();
  }

  // Signs in her name.
  std::string sign(crypto::Statement statement) const;

  // A node's first generation; its secret is kept in the ring.
  crypto::GenerationSubmission first_generation(const Id& node, crypto::NodeKind kind,
                                                const Id& agency,
                                                const std::vector<crypto::Holder>& holders);
  // The generation after `state`, for the holders as they are now; with the old secret sealed to it
  // where she can open that one.
  Outcome<crypto::GenerationSubmission> successor(const crypto::NodeState& state);
  // A further holder of `state`'s generation. What is older has to open for her too: where a
  // generation was made by somebody who did not hold the one before, that one's secret is sealed to
  // it and handed in first.
  Outcome<crypto::HolderSubmission> add_holder(const crypto::NodeState& state,
                                               const crypto::Holder& holder);
  // The node's latest generation, fresh: where it is stale its successor is made and handed in
  // first.
  Outcome<crypto::NodeState> fresh(const Id& node);

 private:
  using NodeGeneration = std::pair<Id, std::uint64_t>;
  crypto::GenerationSubmission make(const crypto::NodeSecret& secret,
                                    crypto::GenerationRecord record);
  Outcome<void> link_generations(const crypto::NodeState& latest);
  Outcome<crypto::NodeSecret> open_ref(const Id& node, const crypto::LockboxRef& ref, int depth);
  Outcome<const crypto::NodeSecret*> find(const Id& node, std::uint64_t generation, int depth);
  GraphPort& port_;
  Id key_;
  Id agency_;
  crypto::Identity identity_;
  crypto::SigningKey signing_;
  std::string via_;
  std::map<NodeGeneration, crypto::NodeSecret> secrets_;
};

}  // namespace api
