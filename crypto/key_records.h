// The signed records of the key graph (FORMAT.md, "Signed records"): who holds what, on whose word.
//
// Each is the body of a signed statement (crypto/statement.h). Whether its signer was entitled is
// judged in vault/chain.cc; here is only what a record says and how it is written.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "crypto/bytes.h"
#include "crypto/error.h"
#include "crypto/id.h"
#include "crypto/keys.h"
#include "crypto/lockbox.h"
#include "crypto/statement.h"

namespace crypto {

// A person's public keys and what they are for. The person stands in it as a salted digest only.
struct AccessKeyRecord {
  Id key;
  Id agency;  // nil: of no agency (administrator)
  std::string role;
  Recipient recipient;
  VerifyKey signing;
  Digest person{};     // SHA-256 over salt, name and office; the words are in the enrolment file
  Digest enrolment{};  // of the self-signed enrolment
  static constexpr std::string_view kType = "access-key";
};

// The first record: whose word counts, how many of them it takes, and the log it is entered in.
struct FoundingRecord {
  Id vault;
  std::string prefix;        // of case codes
  std::uint64_t quorum = 2;  // administrators that must sign; 1 only in a trial vault
  std::string log_verifier;  // C2SP vkey
  std::vector<AccessKeyRecord> administrators;
  static constexpr std::string_view kType = "founding";
};

// An agency and its first custodian, who makes its first generation when she first logs in.
struct AgencyRecord {
  Id agency;
  std::string code;  // of agencies.csv
  std::string name;  // of the office, which is public
  AccessKeyRecord custodian;
  static constexpr std::string_view kType = "agency";
};

enum class HolderKind { access_key, node };

// Who a lockbox is sealed to: an access key, or one generation of another node.
struct Holder {
  HolderKind kind = HolderKind::access_key;
  Id id;
  std::uint64_t generation = 0;  // 0 for an access key
  Recipient recipient;
  bool operator==(const Holder&) const = default;
};

// One generation of a node: its public keys and the holders it was sealed to when it was made.
struct GenerationRecord {
  Id node;
  NodeKind kind = NodeKind::agency;
  Id agency;  // that owns it; the node itself for an agency
  std::uint64_t generation = 1;
  Recipient recipient;
  VerifyKey signing;
  std::optional<Digest> previous;  // digest of the record before it; none for the first
  std::vector<Holder> holders;
  Id signer;
  std::string via;  // "opened" or "sealed": where the signing key was when it signed
  static constexpr std::string_view kType = "generation";
};

// A holder added to a generation that exists, on the word of one who holds it.
struct HolderRecord {
  Id node;
  std::uint64_t generation = 1;
  Holder holder;
  Id signer;
  std::string via;
  static constexpr std::string_view kType = "holder";
};

// The label of a case, on the word of who made it: what the policy judges its documents by.
struct CaseLabelRecord {
  Id case_id;
  Id agency;  // that owns it
  std::string category;
  std::vector<std::string> flags;
  bool minor = false;
  Id signer;
  std::string via;
  static constexpr std::string_view kType = "case";
};

// What an administrator wants done and a holder must do: she takes away, she never gives.
struct OrderRecord {
  Id order;
  std::string verb;  // "rotate"
  Id node;
  Id signer;
  std::string via;
  static constexpr std::string_view kType = "order";
};

// The receiving custodian's word that her agency takes a share.
struct ShareRecord {
  Id share;
  Id case_id;
  Id agency;  // that receives
  Id signer;
  std::string via;
  static constexpr std::string_view kType = "share";
};

// How a rotation ended: what is new, and what the old key still opens.
struct RotationRecord {
  Id rotation;
  Id node;
  std::uint64_t from = 0;  // generation
  std::uint64_t to = 0;
  std::uint64_t nodes = 0;      // replaced below it, itself not counted
  std::uint64_t documents = 0;  // whose bytes are still sealed under what the old key opens
  Id signer;
  std::string via;
  static constexpr std::string_view kType = "rotation";
};

// The statement that carries a record, not yet signed.
Statement to_statement(const AccessKeyRecord&);
Statement to_statement(const FoundingRecord&);
Statement to_statement(const AgencyRecord&);
Statement to_statement(const GenerationRecord&);
Statement to_statement(const HolderRecord&);
Statement to_statement(const CaseLabelRecord&);
Statement to_statement(const OrderRecord&);
Statement to_statement(const ShareRecord&);
Statement to_statement(const RotationRecord&);

// Reads a record out of a parsed statement. Errors: malformed (another type, a field missing,
// unknown or out of bounds).
template <typename Record>
Result<Record> record_of(const Statement& statement);

}  // namespace crypto
