#include "vault/chain_rows.h"

#include <cstring>
#include <mutex>
#include <shared_mutex>
#include <unordered_set>

#include "crypto/hash.h"
#include "vault/keys.h"

namespace vault {
namespace {

// It has no more rows than the store had.
class Judged {
 public:
  bool holds(const Digest& row) const {
    const std::shared_lock lock(mutex_);
    return rows_.contains(row);
  }
  void add(const Digest& row) {
    const std::unique_lock lock(mutex_);
    rows_.insert(row);
  }

 private:
  struct Hash {
    std::size_t operator()(const Digest& digest) const noexcept {
      std::size_t hash = 0;
      std::memcpy(&hash, digest.data(), sizeof(hash));
      return hash;
    }
  };
  mutable std::shared_mutex mutex_;
  std::unordered_set<Digest, Hash> rows_;
};

Judged& judged() {
  static Judged rows;
  return rows;
}

}  // namespace

bool is_judged(const Digest& row) { return judged().holds(row); }
void set_judged(const Digest& row) { judged().add(row); }

Result<Digest> name_of_row(const ReadTxn& txn, ByteView key, ByteView value) {
  const auto founding = txn.get(Key(Kind::founding));
  if (!founding) return tl::unexpected(founding.error());
  if (!*founding) return broken();
  Bytes said = crypto::to_bytes(crypto::sha256(**founding));
  crypto::append(said, key);
  crypto::append(said, value);
  return crypto::sha256(said);
}

}  // namespace vault
