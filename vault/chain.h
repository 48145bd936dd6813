// On whose word a stored record stands: its signers, theirs, and so on up to the founding set,
// which the log's key signed. Whoever edits the store has none of these keys.
//
// Every signed record is read through here, and one that nobody entitled has signed is corrupt for
// whoever asks. What was judged once is known by the digest of its row for as long as the process
// lives: then a read costs one hash and one look-up. Thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "crypto/key_records.h"
#include "crypto/note.h"
#include "vault/error.h"
#include "vault/meta_store.h"

namespace vault {

// A record with the statement that carries it.
template <typename Record>
struct Signed {
  Record record;
  crypto::Statement statement;
  std::string note;
  std::uint64_t entry = 0;  // of the log
};

// Errors of all: not_found; corrupt (it does not read, or its chain does not hold), newer_format,
// io_failure. The founding's own signature is that of the log key it names: whether that is this
// log's is for whoever opens the vault to compare.
Result<Signed<crypto::FoundingRecord>> signed_founding(const ReadTxn& txn);
Result<Signed<crypto::AgencyRecord>> signed_agency(const ReadTxn& txn, const Id& agency);
Result<Signed<crypto::AccessKeyRecord>> signed_access_key(const ReadTxn& txn, const Id& key);
Result<Signed<crypto::GenerationRecord>> signed_generation(const ReadTxn& txn, const Id& node,
                                                           std::uint64_t generation);
// The holders that were added to a generation, in the order of their ids.
Result<std::vector<Signed<crypto::HolderRecord>>> signed_holders(
    const ReadTxn& txn, const Signed<crypto::GenerationRecord>& generation);

bool names(const std::vector<crypto::Holder>& holders, crypto::HolderKind kind, const Id& id);

// What a registration adds, and how many administrators it takes.
struct Registration {
  std::optional<crypto::AgencyRecord> agency;
  crypto::AccessKeyRecord key;  // of the person, or of the agency's first custodian
  bool by_quorum = true;        // of the founding set; else one
  Id id() const { return agency ? agency->agency : key.key; }
};
// Errors: invalid (no registration, or one whose role and agency do not go together).
Result<Registration> registration_of(const crypto::Statement& statement);

inline constexpr std::uint64_t kAnyEntry = ~std::uint64_t{0};
// The administrators whose signatures stand under the statement, each once and each verified, of
// those that were entered before entry `before`. Errors: untrusted (a line that names one of them
// and does not verify), corrupt, newer_format, io_failure.
Result<std::vector<Id>> administrators_under(const ReadTxn& txn, const crypto::Statement& statement,
                                             std::uint64_t before = kAnyEntry);

}  // namespace vault
