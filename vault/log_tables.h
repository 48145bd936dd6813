// Reads of the log's own tables within a transaction (FORMAT.md, "Log"), shared by those who append
// to the log, read it and verify it.
#pragma once

#include <cstdint>
#include <string>

#include "crypto/merkle.h"
#include "vault/error.h"
#include "vault/meta_store.h"

namespace vault {

using crypto::Digest;

// The number as a value of the log's tables: eight bytes, big-endian.
Bytes number_value(std::uint64_t number);

// Errors: corrupt (no such row), io_failure.
Result<std::string> read_line(const ReadTxn& txn, std::uint64_t index);

// The hash of the perfect subtree of 2^level leaves that begins at leaf index * 2^level. It stands
// in the row of its last leaf, so that all hashes of a commit go to the same page.
// Errors: corrupt (no such row, or one of another length), io_failure.
Result<Digest> read_node(const ReadTxn& txn, unsigned level, std::uint64_t index);

// read_node() for crypto::merkle. Valid as long as `txn`; out_of_range stands for all errors.
crypto::merkle::NodeReader node_reader(const ReadTxn& txn);

// The tree of the first `size` leaves, ready to be continued. Errors: as read_node().
Result<crypto::merkle::Tree> read_tree(const ReadTxn& txn, std::uint64_t size);

struct CasePlace {
  std::uint64_t seq = 0;  // 0: the case has no entry
  std::uint64_t index = 0;
};
// The last entry of a case. Errors: corrupt, io_failure.
Result<CasePlace> last_of_case(const ReadTxn& txn, const crypto::Id& case_id);

}  // namespace vault
