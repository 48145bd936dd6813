// The procedures' port straight to the vault: what an opened session's key ring works through.
//
// It acts for one actor, who is set before each call's work; one thread at a time.
#pragma once

#include "api/graph_port.h"
#include "vault/vault.h"

namespace api {

// A rotation as the API tells it.
RotationState state_of(const vault::RotationView& view);

// Hands a generation in where it belongs: an agency's first, or a successor. `node` is the one the
// caller names; a submission about another is invalid.
vault::Result<vault::Committed> add_generation(vault::KeyGraph& graph, const vault::Actor& actor,
                                               const Id& node,
                                               const crypto::GenerationSubmission& submission);

class VaultPort : public GraphPort, public RotationPort {
 public:
  explicit VaultPort(vault::Vault& vault) : vault_(vault) {}
  void act_for(const vault::Actor& actor) { actor_ = actor; }

  Outcome<crypto::AccessKeyRecord> access_key(const Id& key) override;
  Outcome<crypto::NodeState> node(const Id& node, std::uint64_t generation) override;
  Outcome<std::vector<crypto::LockboxRef>> lockboxes(const Id& node) override;
  Outcome<Bytes> lockbox(const Id& node, std::uint64_t generation, const Id& holder) override;
  Outcome<void> add_generation(const Id& node, const crypto::GenerationSubmission&) override;
  Outcome<void> add_previous(const Id& node, std::uint64_t generation,
                             const Bytes& sealed) override;

  Outcome<RotationState> start(const Id& node, const crypto::GenerationSubmission&) override;
  Outcome<RotationState> batch(const Id& rotation,
                               const std::vector<crypto::GenerationSubmission>&) override;
  Outcome<void> complete(const Id& rotation, const std::string& note) override;

 private:
  vault::Vault& vault_;
  vault::Actor actor_;
};

}  // namespace api
