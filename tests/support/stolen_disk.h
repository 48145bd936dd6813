// A copy of a data folder in the hands of one who knows all that FORMAT.md says.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>

#include "crypto/keys.h"
#include "support/temp_dir.h"
#include "vault/keys.h"

namespace support {

class StolenDisk {
 public:
  // REQUIRES: nothing writes to `data` meanwhile.
  explicit StolenDisk(const std::filesystem::path& data);

  std::filesystem::path data() const { return dir_ / "data"; }
  void lose_erase_keys() { slots_.assign(slots_.size(), 0); }

  // What opens, from one key on, by any way that there is.
  struct Loot {
    std::set<crypto::Id> nodes;     // whose secret of any generation opens
    std::set<crypto::Id> contents;  // documents
    std::set<crypto::Id> manifests;
  };
  Loot loot_of(const crypto::Identity& stolen) const;

  // Exchanges what stands under two keys; `rewrapped`: by one who has the erase keys, so that each
  // is wrapped anew for its new place.
  // REQUIRES: both are there.
  void swap(const crypto::Bytes& a, const crypto::Bytes& b, bool rewrapped);
  // Changes what stands under a key. REQUIRES: it is there.
  void edit(const crypto::Bytes& key, const std::function<void(crypto::Bytes&)>& change);

 private:
  using Rows = std::map<crypto::Bytes, crypto::Bytes>;
  Rows rows(vault::Kind kind) const;
  std::optional<crypto::Bytes> unwrap(const crypto::Bytes& key, const crypto::Bytes& value) const;
  crypto::Bytes wrap(const crypto::Bytes& key, const crypto::Bytes& like,
                     const crypto::Bytes& record) const;
  crypto::EraseKey slot(std::uint64_t number) const;
  void plunder(const crypto::Identity& key, Loot& loot) const;

  TempDir dir_;
  crypto::Bytes slots_;
  Rows rows_;
};

}  // namespace support
