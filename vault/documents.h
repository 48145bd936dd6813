// Documents: their sealed bytes, versions, labels and headers (FORMAT.md, "Document").
//
// The vault stores and hands out sealed bytes; sealing and opening is done by whoever holds the
// keys. Small payloads stand inline in the record store (one commit a deposit), large ones in the
// blob store.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "crypto/age.h"
#include "crypto/manifest.h"
#include "vault/access.h"
#include "vault/actor.h"
#include "vault/blob_store.h"
#include "vault/committer.h"
#include "vault/key_graph.h"
#include "vault/policy.h"
#include "vault/records.h"

namespace vault {

// A sealed payload that is on disk (or in memory, when small) and that no record names yet.
// Dropped without being deposited, it is erased.
class StoredPayload {
 public:
  std::uint64_t size = 0;  // nonce included
  crypto::age::PayloadNonce nonce{};
  Digest payload_root{};
  Bytes small;  // to kMaxInline bytes
  Id blob;      // nil when small

  StoredPayload() = default;
  StoredPayload(StoredPayload&&) noexcept;
  StoredPayload& operator=(StoredPayload&&) noexcept;
  ~StoredPayload();
  void keep() { blobs_ = nullptr; }

 private:
  friend class PayloadWriter;
  BlobStore* blobs_ = nullptr;
};

// Takes a payload's sealed bytes: the nonce, then the chunks, in any pieces.
class PayloadWriter {
 public:
  explicit PayloadWriter(BlobStore& blobs) : blobs_(blobs) {}
  // Errors: no_space, io_failure.
  Result<void> append(ByteView sealed);
  // Everything is on disk, but for a small one. `payload_root` is what the sealer or a PayloadRoot
  // computed.
  Result<StoredPayload> finish(const Digest& payload_root) &&;

 private:
  Result<void> spill();
  BlobStore& blobs_;
  Bytes small_;
  std::uint64_t size_ = 0;
  crypto::age::PayloadNonce nonce_{};
  Id blob_;
  std::unique_ptr<BlobWriter> writer_;
};

using crypto::HeaderSubmission;

// Where a deposit goes: into a case, as a document's first version or on top of another.
struct DepositPlace {
  Id case_id;
  Id document;
  std::uint64_t version = 1;
};

struct Deposit {
  Id document;
  std::uint64_t version = 1;
  Id case_id;
  std::uint64_t generation = 1;
  crypto::Label label;
  Bytes manifest;  // sealed: an age payload
  Digest manifest_digest{};
  std::vector<HeaderSubmission> headers;
  // SHA-256(salt ‖ SHA-256(original)), for the log.
  Digest content{};
};

struct DocumentView {
  VersionRecord record;
  std::uint64_t versions = 1;
  HeaderRecord header;  // of the holder by which the actor opens it
  Id holder;
  Place place = Place::none;
};

// Who a document of this type is sealed to, from the case's state and the depositor's agency; each
// fewer than the one before.
enum class Readers { case_holders, authors, author };
std::optional<Readers> readers_of(const Policy& policy, std::string_view type);

class Documents {
 public:
  static constexpr std::size_t kMaxInline = 60 * 1024;

  Documents(const MetaStore& meta, BlobStore& blobs, Committer& committer, EraseKeys& erase_keys,
            const Policy& policy)
      : meta_(meta),
        blobs_(blobs),
        committer_(committer),
        erase_keys_(erase_keys),
        policy_(policy) {}

  PayloadWriter begin() { return PayloadWriter(blobs_); }

  // Whether the actor may deposit this version here now; asked before its bytes are taken.
  // The generation is only known to be current at deposit(). Version 1 needs an id that is not
  // taken; a later one stands on the latest, which the actor must be able to open.
  // Errors: forbidden, not_found, invalid; conflict (id taken, or not the next version); narrower.
  Result<void> check_deposit(const Actor& actor, const DepositPlace& place,
                             const crypto::Label& label) const;

  // Names the payload by a record: from here on it is there, and `payload` is spent. After an error
  // it is still the caller's, to try again with. Errors: check_deposit()'s; stale (a successor
  // generation must be made first).
  Result<Committed> deposit(const Actor& actor, const Deposit& deposit, StoredPayload& payload);

  // Errors: forbidden, not_found. Version 0: the latest that the actor can open.
  Result<DocumentView> view(const Actor& actor, const Id& document, std::uint64_t version) const;
  // Those that the actor can open, from the first; never none.
  Result<std::vector<DocumentView>> versions(const Actor& actor, const Id& document) const;
  // Those of a case that the actor can open, by id behind `after`; `next` is nil at the end.
  struct Page {
    std::vector<DocumentView> items;
    Id next;
  };
  Result<Page> list(const Actor& actor, const Id& case_id, const Id& after,
                    std::size_t limit) const;

  // Fills `out` from the sealed payload (nonce and chunks). No transaction is held on return.
  // Errors: invalid (behind the end), corrupt, io_failure.
  Result<void> read(const VersionRecord& record, std::uint64_t offset, MutableBytes out) const;

  // The small payload whole, for those who read it in pieces. Errors: as read().
  Result<Bytes> small_payload(const VersionRecord& record) const;

  // Erases blobs that no record names: what a crash left of unfinished deposits. Called at start.
  Result<std::size_t> collect_orphans();

 private:
  struct WrappedHeader;
  Result<std::vector<WrappedHeader>> wrap_headers(const Deposit& deposit) const;
  Result<void> check_label(const ReadTxn& txn, const Actor& actor, const Id& case_id,
                           const crypto::Label& label) const;
  Result<void> check_place(const ReadTxn& txn, const Actor& actor, const DepositPlace& place,
                           const crypto::Label& label) const;
  Result<void> check_holders(const ReadTxn& txn, const Actor& actor, const Deposit& deposit) const;
  Result<DocumentView> view_in(const ReadTxn& txn, const Actor& actor, const Id& document,
                               std::uint64_t version) const;
  Result<DocumentView> newest_in(const ReadTxn& txn, const Actor& actor, const Id& document) const;
  const MetaStore& meta_;
  BlobStore& blobs_;
  Committer& committer_;
  EraseKeys& erase_keys_;
  const Policy& policy_;
};

}  // namespace vault
