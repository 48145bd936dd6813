// The domain's records: what stands in `meta` besides the log's own tables (FORMAT.md, "Records").
//
// A record is a CBOR array: its format number, then its fields in the order of fields() below,
// which serves writing and reading alike. A format above the known one is refused, not guessed;
// bytes that do not decode to exactly one record are corrupt. Where a record names its own id,
// place() is the key that it belongs under.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "crypto/bytes.h"
#include "crypto/id.h"
#include "crypto/keys.h"
#include "crypto/lockbox.h"
#include "crypto/manifest.h"
#include "vault/clock.h"
#include "vault/error.h"
#include "vault/keys.h"
#include "vault/meta_store.h"

namespace vault {

using crypto::Block;
using crypto::Digest;

// A signed statement as it was handed in, and when it was entered (its log index is the clock of
// validity).
struct StatementRecord {
  static constexpr std::uint64_t kFormat = 1;
  std::string note;
  std::uint64_t entry = 0;
  Time entered = 0;
  template <typename Archive>
  void fields(Archive& archive) {
    archive(note, entry, entered);
  }
};

// What is wrapped under an erase key: a lockbox, or the headers of a document for one holder.
struct WrappedRecord {
  static constexpr std::uint64_t kFormat = 1;
  std::uint64_t slot = 0;  // in erase.keys
  Bytes wrapped;
  template <typename Archive>
  void fields(Archive& archive) {
    archive(slot, wrapped);
  }
};

struct CaseRecord {
  static constexpr std::uint64_t kFormat = 1;
  Id id;
  std::string code;
  Id agency;  // that owns it
  std::string category;
  std::vector<std::string> flags;
  bool minor = false;
  Id creator;
  Time created = 0;
  std::string note;  // the `case` statement: agency and label, signed by the creator
  Key place() const { return Key(Kind::case_file).id(id); }
  template <typename Archive>
  void fields(Archive& archive) {
    archive(id, code, agency, category, flags, minor, creator, created, note);
  }
};

// One person's place in a case's team. A PENERIMA has no lockbox: she deposits and reads nothing
// back.
struct MemberRecord {
  static constexpr std::uint64_t kFormat = 1;
  Id case_id;
  Id key;
  Id agency;
  std::string role;
  Id by;
  Time since = 0;
  Key place() const { return Key(Kind::member).id(case_id).id(key); }
  template <typename Archive>
  void fields(Archive& archive) {
    archive(case_id, key, agency, role, by, since);
  }
};

enum class ShareState : std::uint64_t { sent = 1, accepted = 2 };

struct ShareCaseRecord {
  static constexpr std::uint64_t kFormat = 1;
  Id id;
  Id case_id;
  Id agency;  // that receives
  Id by;
  Time created = 0;
  std::uint64_t state = static_cast<std::uint64_t>(ShareState::sent);
  std::string holder_note;      // signed holder record, in force once accepted
  std::string acceptance_note;  // signed by the receiving custodian; empty until then
  Key place() const { return Key(Kind::share).id(id); }
  template <typename Archive>
  void fields(Archive& archive) {
    archive(id, case_id, agency, by, created, state, holder_note, acceptance_note);
  }
};

enum class OrderState : std::uint64_t { open = 1, done = 2 };

// What waits: a second administrator's signature under a statement, or a custodian's rotation.
struct OrderCaseRecord {
  static constexpr std::uint64_t kFormat = 1;
  Id id;
  std::string kind;  // "approve" or "rotate"
  Id node;           // rotate: the agency; approve: nil
  std::string note;  // the statement that waits, or the signed order
  std::uint64_t state = static_cast<std::uint64_t>(OrderState::open);
  Time created = 0;
  Key place() const { return Key(Kind::order).id(id); }
  template <typename Archive>
  void fields(Archive& archive) {
    archive(id, kind, node, note, state, created);
  }
};

struct RotationCaseRecord {
  static constexpr std::uint64_t kFormat = 1;
  Id id;
  Id node;
  Id order;  // nil: a custodian's own decision
  std::uint64_t from = 0;
  std::uint64_t to = 0;
  std::uint64_t replaced = 0;  // nodes below it so far
  Id cursor;                   // the last case done; the run goes on behind it
  bool complete = false;
  std::string statement;
  Key place() const { return Key(Kind::rotation).id(id); }
  template <typename Archive>
  void fields(Archive& archive) {
    archive(id, node, order, from, to, replaced, cursor, complete, statement);
  }
};

struct DocumentRecord {
  static constexpr std::uint64_t kFormat = 1;
  Id id;
  Id case_id;
  std::uint64_t versions = 0;
  Key place() const { return Key(Kind::document).id(id); }
  template <typename Archive>
  void fields(Archive& archive) {
    archive(id, case_id, versions);
  }
};

struct VersionRecord {
  static constexpr std::uint64_t kFormat = 1;
  Id document;
  std::uint64_t version = 1;
  Id case_id;
  std::uint64_t generation = 1;  // of the case, at the deposit
  std::string type;
  std::string classification;
  bool minor = false;
  Id depositor;
  Time created = 0;
  Bytes manifest;          // an age payload (nonce and chunks); its headers stand with the holders'
  std::uint64_t size = 0;  // of the sealed payload, nonce included
  crypto::Block<16> payload_nonce{};
  Digest payload_root{};
  Digest
      manifest_digest{};  // of the signed statement; nothing of its content can be guessed from it
  bool inline_payload = false;
  Id blob;  // nil when the payload stands inline
  Key place() const { return Key(Kind::version).id(document).u64(version); }
  template <typename Archive>
  void fields(Archive& archive) {
    archive(document, version, case_id, generation, type, classification, minor, depositor, created,
            manifest, size, payload_nonce, payload_root, manifest_digest, inline_payload, blob);
  }
  crypto::Label label() const { return {type, classification, minor}; }
};

// The two headers of a document version for one holder; stored wrapped.
struct HeaderRecord {
  static constexpr std::uint64_t kFormat = 1;
  std::uint64_t kind = 0;  // crypto::HolderKind
  std::uint64_t generation = 0;
  Bytes payload_header;
  Bytes manifest_header;
  template <typename Archive>
  void fields(Archive& archive) {
    archive(kind, generation, payload_header, manifest_header);
  }
};

template <typename Record>
Bytes encode(const Record& record);
// Errors: newer_format, corrupt.
template <typename Record>
Result<Record> decode(ByteView bytes);

// A record as it was found under `key`. Errors: those of decode(); corrupt: it says that it belongs
// under another key.
template <typename Record>
Result<Record> decode_at(ByteView key, ByteView bytes) {
  auto record = decode<Record>(bytes);
  // A record that was moved under another's key would be taken for that one, whole and well.
  if constexpr (requires { record->place(); }) {
    if (record && !std::ranges::equal(record->place().raw(), key)) {
      return tl::unexpected(Errc::corrupt);
    }
  }
  return record;
}

// Reads one record by key. No value: there is none. Errors: those of get() and decode_at().
template <typename Record, typename Txn>
Result<std::optional<Record>> load(const Txn& txn, ByteView key) {
  const auto bytes = txn.get(key);
  if (!bytes) return tl::unexpected(bytes.error());
  if (!*bytes) return std::optional<Record>{};
  auto record = decode_at<Record>(key, **bytes);
  if (!record) return tl::unexpected(record.error());
  return std::optional<Record>(std::move(*record));
}

// The same where its absence is an error of the caller's naming.
template <typename Record, typename Txn>
Result<Record> require(const Txn& txn, ByteView key, Errc missing = Errc::not_found) {
  auto record = load<Record>(txn, key);
  if (!record) return tl::unexpected(record.error());
  if (!*record) return tl::unexpected(missing);
  return std::move(**record);
}

}  // namespace vault
