// What waits for a person, and what it means in words.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/remote.h"
#include "crypto/id.h"
#include "crypto/key_records.h"
#include "crypto/statement.h"

namespace cli {

// Who would be registered by a statement that waits for a second administrator.
struct Registration {
  crypto::AccessKeyRecord person;
  std::optional<crypto::AgencyRecord> agency;  // whose first custodian she becomes
  std::string fingerprint() const;
};

struct Order {
  std::string kind;  // "approve", "rotate", "share", "first-generation"
  crypto::Id id;
  crypto::Id node;   // of an agency or, for a share, the case; nil: of none
  std::string note;  // the statement to sign, or the signed order
  std::string created;

  // Of an approval. Errors: answer_unreadable (not a statement that takes a second
  // administrator: what is signed is judged here, not by the service that names it).
  Result<Registration> registration() const;
  // What it asks for.
  Message meaning() const;
};

Result<std::vector<Order>> list_orders(Remote& remote);
// Errors: pending_unknown, id_malformed.
Result<Order> find_order(Remote& remote, const std::string& id);

}  // namespace cli
