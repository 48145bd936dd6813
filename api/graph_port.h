// What the procedures of a holder (api/keyring, api/envelope, api/rotation_run) ask of the vault.
//
// Two implementations: over HTTP in the command line (a sealed session: the key stays with its
// owner), and straight to the vault in the service (an opened session: the owner lent it). The
// procedures are the same.
#pragma once

#include <vector>

#include "api/failure.h"
#include "crypto/key_records.h"
#include "crypto/submission.h"

namespace api {

using crypto::Bytes;
using crypto::Id;

// A rotation as it stands.
struct RotationState {
  Id id;
  Id node;
  std::uint64_t from = 0;
  std::uint64_t to = 0;
  std::uint64_t replaced = 0;
  std::uint64_t documents = 0;
  bool complete = false;
  std::vector<crypto::NodeState> next;  // whose successors are to be made
};

class GraphPort {
 public:
  virtual ~GraphPort() = default;
  virtual Outcome<crypto::AccessKeyRecord> access_key(const Id& key) = 0;
  virtual Outcome<crypto::NodeState> node(const Id& node,
                                          std::uint64_t generation) = 0;  // 0: latest
  virtual Outcome<std::vector<crypto::LockboxRef>> lockboxes(const Id& node) = 0;
  virtual Outcome<Bytes> lockbox(const Id& node, std::uint64_t generation, const Id& holder) = 0;
  virtual Outcome<void> add_generation(const Id& node, const crypto::GenerationSubmission&) = 0;
  // A generation's secret, sealed to the next one.
  virtual Outcome<void> add_previous(const Id& node, std::uint64_t generation,
                                     const Bytes& sealed) = 0;
};

class RotationPort {
 public:
  virtual ~RotationPort() = default;
  virtual Outcome<RotationState> start(const Id& node, const crypto::GenerationSubmission&) = 0;
  virtual Outcome<RotationState> batch(const Id& rotation,
                                       const std::vector<crypto::GenerationSubmission>&) = 0;
  virtual Outcome<void> complete(const Id& rotation, const std::string& note) = 0;
};

}  // namespace api
