// Verifies a store without any key: the log against its signed head, and every record against the
// log. It reads one snapshot, changes nothing, and names what it finds.
//
// What it rests on: the log's verifier key, and a head that somebody remembers. Whoever has the
// log's key can sign another log, but not one that continues a remembered head.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "crypto/checkpoint.h"
#include "crypto/note.h"
#include "vault/blob_store.h"
#include "vault/error.h"
#include "vault/meta_store.h"

namespace vault {

enum class Damage {
  head_missing,    // entries without a head, or nothing where a head is remembered
  head_untrusted,  // not signed by the log's key
  head_differs,    // the entries do not give the signed root
  log_cut,         // shorter than the remembered head
  log_rewritten,   // not the log that the remembered head was of
  entry_missing,
  entry_altered,    // not the line that was hashed, or one that no log has
  entry_misplaced,  // an entry of another place
  entry_extra,      // behind the head
  time_goes_back,
  chain_broken,    // of a case
  hashes_wrong,    // the stored hashes are not those of the entries
  change_missing,  // an entry names a change record that is not there
  change_altered,
  change_extra,
  record_missing,      // its change is in the log, and it is not there
  record_altered,      // it never had this value
  record_rolled_back,  // it has a value of an earlier change
  record_extra,        // no change made it, or a later one erased it
  mark_wrong,          // a pending destruction that names no entry
  row_unknown,         // of no kind this release knows
  // Of vault/verify_erase_keys.
  mark_of_living,    // a pending destruction of a slot that a record names
  slot_missing,      // erase.keys is not there, or ends before a record's slot
  slot_wrong,        // a wrapped record does not open with its slot
  slot_count_wrong,  // the stored count of slots is not above what records name, or above the file
  record_untrusted,  // of vault/verify_chain: a signed record that nobody entitled has signed
  // Of vault/verify_documents.
  payload_missing,  // a document version without its sealed bytes
  payload_altered,  // of another size or payload root than its record says, or a checksum is wrong
  document_incomplete,  // records of one document contradict each other
};
const char* to_text(Damage damage);

struct StoreFinding {
  Damage damage{};
  std::string id;  // number of the entry, key of the record in hex, or document and version
  bool operator==(const StoreFinding&) const = default;
};

struct StoreReport {
  std::uint64_t entries = 0;
  std::uint64_t records = 0;  // domain records
  std::uint64_t pending = 0;  // destructions that the next start will make good: no damage
  std::optional<crypto::Checkpoint> head;
  std::vector<StoreFinding> findings;  // at most kMaxFindings
  bool more_findings = false;
  bool sound() const { return findings.empty(); }
};
inline constexpr std::size_t kMaxFindings = 1000;

using Found = std::function<void(Damage damage, std::string id)>;
// A check of the domain's own, in the same snapshot (the blobs that documents name, and so on).
// Errors: io_failure, corrupt.
using DomainCheck =
    std::function<Result<void>(const ReadTxn& txn, const BlobStore& blobs, const Found& found)>;

struct VerifyOptions {
  crypto::NoteVerifier log;
  std::optional<crypto::Checkpoint> remembered;  // its signature is the caller's to check
  std::vector<DomainCheck> checks;
};

// Keeps about 150 bytes a record in memory. Errors: io_failure, corrupt (the engine cannot read its
// own pages).
Result<StoreReport> verify_store(const MetaStore& meta, const BlobStore& blobs,
                                 const VerifyOptions& options);

}  // namespace vault
