// What a holder hands in to the key graph: signed records with the sealed bytes that go with them.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "crypto/bytes.h"
#include "crypto/id.h"
#include "crypto/key_records.h"

namespace crypto {

// A generation as it is made: the signed record, its lockboxes (by holder), and the secret before
// it sealed to it (absent for the first, and where its maker did not hold that one).
struct GenerationSubmission {
  std::string note;
  std::vector<std::pair<Id, Bytes>> lockboxes;
  std::optional<Bytes> previous;
};

// A holder as it is added: the signed record and the lockbox.
struct HolderSubmission {
  std::string note;
  Bytes lockbox;
};

// A document version's headers for one holder.
struct HeaderSubmission {
  Holder holder;
  Bytes payload_header;
  Bytes manifest_header;
};

// Where a lockbox comes from: sealed to a person's key, to a generation of a node, or (holder and
// node the same) to the node's own next generation.
struct LockboxRef {
  std::uint64_t generation = 0;  // of the secret inside
  Holder holder;
};

// One generation of a node as it stands.
struct NodeState {
  GenerationRecord record;
  std::string note;
  Digest digest{};                        // of the record's statement
  std::vector<std::string> holder_notes;  // of holders added since
  std::vector<Holder> holders;            // all of them, as they were sealed to
  std::vector<Holder>
      successors;      // the same as a successor is sealed to: nodes in their latest generation
  bool stale = false;  // a holder has a later generation: the successor must be made first
  bool latest = true;
};

}  // namespace crypto
