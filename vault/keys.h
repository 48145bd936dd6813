// Keys of the meta store: the first byte says what kind of record it is (FORMAT.md, "Keys").
//
// Numbers are big-endian, so that bytewise order is numeric order, and most keys begin with a
// number or an id that grows with time: the store then writes few pages a commit.
#pragma once

#include <cstdint>
#include <optional>

#include "vault/meta_store.h"

namespace vault {

enum class Kind : std::uint8_t {
  // The log's own tables, written by the committer alone. 0x01 to 0x0f are kept for them: a change
  // cannot touch them, and they stand in no change record.
  log_head = 0x01,             // (nothing)     -> the checkpoint, a signed note
  log_entry = 0x02,            // index u64     -> the line
  log_nodes = 0x03,            // index u64     -> the hashes of the subtrees that this leaf ends
  log_case = 0x04,             // case, seq u64 -> index u64
  change_record = 0x05,        // index u64, part u16 -> what the entry's change wrote
  pending_destruction = 0x06,  // slot u64      -> index u64 of the entry that destroyed it
  slot_count = 0x07,           // (nothing)     -> u64: every slot that a record names is below it

  // Domain records, from 0x20: each one's digest stands in the change record of its entry.
  founding = 0x20,        // (nothing)                  -> StatementRecord
  agency = 0x21,          // agency                     -> StatementRecord
  access_key = 0x22,      // key                        -> StatementRecord
  by_recipient = 0x23,    // X25519 key (32)            -> key
  agency_key = 0x24,      // agency, key                -> (nothing)
  generation = 0x25,      // node, generation u64       -> StatementRecord
  added_holder = 0x26,    // node, generation, holder   -> StatementRecord
  lockbox = 0x27,         // holder, node, generation   -> WrappedRecord (of an age file)
  case_file = 0x30,       // case                       -> CaseRecord
  case_code = 0x31,       // code                       -> case
  member = 0x32,          // case, key                  -> MemberRecord
  member_case = 0x33,     // key, case                  -> (nothing)
  agency_case = 0x34,     // agency, case               -> (nothing): owned or accepted
  share = 0x35,           // share                      -> ShareCaseRecord
  case_share = 0x36,      // case, share                -> (nothing)
  agency_share = 0x37,    // receiving agency, share    -> (nothing): waits for acceptance
  order = 0x40,           // order                      -> OrderCaseRecord
  open_order = 0x41,      // node or nil, order         -> (nothing)
  rotation = 0x42,        // rotation                   -> RotationCaseRecord
  document = 0x50,        // document                   -> DocumentRecord
  case_document = 0x51,   // case, document             -> (nothing)
  version = 0x52,         // document, version u64      -> VersionRecord
  inline_payload = 0x53,  // document, version u64      -> the sealed payload, to 60 KiB
  header = 0x54,          // document, version, holder  -> WrappedRecord (of a HeaderRecord)
  blob = 0x55,            // blob                       -> document, version u64
};

// Below this, a key belongs to the log.
inline constexpr std::uint8_t kFirstDomainKind = 0x20;

// Builds a key part by part.
class Key {
 public:
  explicit Key(Kind kind) : bytes_{static_cast<std::uint8_t>(kind)} {}

  Key& u8(std::uint8_t value) { return number(value, 1); }
  Key& u16(std::uint16_t value) { return number(value, 2); }
  Key& u32(std::uint32_t value) { return number(value, 4); }
  Key& u64(std::uint64_t value) { return number(value, 8); }
  Key& id(const Id& id) { return bytes(id.bytes); }
  // Of variable length: only as the last part, or another key could read the same.
  Key& bytes(ByteView part) {
    crypto::append(bytes_, part);
    return *this;
  }

  // Valid as long as the Key.
  operator ByteView() const& { return bytes_; }  // NOLINT(google-explicit-constructor)
  const Bytes& raw() const { return bytes_; }
  // The end of the range of keys that begin with this one, for scan().
  Bytes end() const {
    Bytes end = bytes_;
    while (!end.empty() && end.back() == 0xff) end.pop_back();
    if (!end.empty()) ++end.back();
    return end;
  }

 private:
  Key& number(std::uint64_t value, unsigned size) {
    for (unsigned i = size; i-- > 0;) {
      bytes_.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
    }
    return *this;
  }
  Bytes bytes_;
};

// A big-endian number of exactly `bytes`; nothing if that is longer than eight.
inline std::optional<std::uint64_t> read_number(ByteView bytes) {
  if (bytes.size() > 8) return std::nullopt;
  std::uint64_t value = 0;
  for (const std::uint8_t byte : bytes) value = value << 8 | byte;
  return value;
}

inline std::optional<std::uint64_t> read_u64(ByteView bytes) {
  return bytes.size() == 8 ? read_number(bytes) : std::nullopt;
}

}  // namespace vault
