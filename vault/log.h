// The access log: one line of JSON an entry, a Merkle tree over the lines (RFC 6962), a signed
// head.
//
// Entries are appended by the committer only, inside the transaction of the change they answer for.
// Everything here reads; thread-safe. FORMAT.md, "Log", has the bytes.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/bytes.h"
#include "crypto/checkpoint.h"
#include "crypto/id.h"
#include "crypto/merkle.h"
#include "crypto/merkle_range.h"
#include "vault/clock.h"
#include "vault/error.h"
#include "vault/meta_store.h"

namespace vault {

using crypto::Digest;

// What an entry says, before it has a place. Ids and codes only: no name, title or free text.
struct EntryDraft {
  std::string action;         // of the closed list in vault/actions.h
  Id actor;                   // access key; nil: the service itself, or a stranger
  Id agency;                  // nil: none
  Id case_id;                 // nil: concerns no case. Else the entry is also in that case's chain
  Id document;                // nil: none
  std::uint64_t version = 0;  // 0: none
  std::string
      subject;  // id or code of another thing it concerns (a key, a share, an order); may be empty
  std::string basis;  // policy code; may be empty
  std::string outcome = "ok";
  std::string via;      // "opened", "sealed", "cli", or empty
  std::string request;  // request id; may be empty
  std::string origin;   // network address; may be empty
  std::string content;  // base64 of SHA-256(salt ‖ SHA-256(original)) of a deposit; may be empty
  std::string
      detail;  // digits, ranges and codes of the action ("bytes=0-1023 complete"); may be empty
};

struct LogHead {
  std::uint64_t size = 0;
  Digest root{};
  std::string checkpoint;  // the signed note
};

class Log {
 public:
  explicit Log(const MetaStore& meta) : meta_(meta) {}

  // The last committed head. Errors: io_failure, corrupt.
  Result<LogHead> head() const;
  // The line of one entry, without newline. Errors: not_found.
  Result<std::string> line(std::uint64_t index) const;
  // Lines [from, to) in order until `visit` says false; no transaction is held while `visit` runs.
  using VisitLine = std::function<bool(std::uint64_t index, std::string_view line)>;
  Result<void> lines(std::uint64_t from, std::uint64_t to, const VisitLine& visit) const;
  // Indexes of a case's entries, in order, from its entry number `from_seq`; at most `limit`.
  Result<std::vector<std::uint64_t>> of_case(const Id& case_id, std::uint64_t from_seq,
                                             std::size_t limit) const;
  // Errors: invalid (not index < size <= head, from <= to <= head).
  Result<crypto::merkle::Proof> prove_inclusion(std::uint64_t index, std::uint64_t size) const;
  Result<crypto::merkle::Proof> prove_consistency(std::uint64_t from, std::uint64_t to) const;
  // That [from, to) are in the tree of `size` and complete. Errors: as above.
  Result<crypto::merkle::RangeProof> prove_range(std::uint64_t from, std::uint64_t to,
                                                 std::uint64_t size) const;

 private:
  const MetaStore& meta_;
};

}  // namespace vault
