// What one change wrote: each key with the digest of its value, or "erased", in key order
// (FORMAT.md, "Change record").
//
// Its Merkle root stands in the change's log entry, so that the log answers for every stored byte;
// verify_store() computes from all change records what each record should be, without any key.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "vault/error.h"
#include "vault/meta_store.h"

namespace vault {

using crypto::Digest;

class ChangeList {
 public:
  // The last write of a key is the one that counts.
  void put(ByteView key, ByteView value);
  void erase(ByteView key);
  bool empty() const { return changes_.empty(); }

  // REQUIRES: not empty.
  Digest root() const;
  // The list as stored, in parts of at most 60 KiB.
  std::vector<Bytes> parts() const;

 private:
  std::map<Bytes, std::optional<Digest>> changes_;
};

// One line of a change record. The views are valid within the call that hands it over.
struct ChangeItem {
  ByteView key;
  std::optional<Digest> digest;  // nothing: erased
  ByteView encoded;              // the leaf of the Merkle tree
};

// Visits the items of one part in order. Errors: corrupt, newer_format.
Result<void> decode_change_part(ByteView part, const std::function<void(const ChangeItem&)>& visit);

}  // namespace vault
