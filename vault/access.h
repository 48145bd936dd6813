// Who has which place in a case, by what the records say. Whether a key opens a thing is a matter
// of lockboxes; this is the service's half, asked first (rules marked S in SECURITY.md).
#pragma once

#include "vault/actor.h"
#include "vault/error.h"
#include "vault/meta_store.h"

namespace vault {

enum class Place {
  none,       // cannot tell the case from one that does not exist
  depositor,  // in the team without a lockbox: deposits, reads nothing back
  member,     // in the team
  custodian,  // holds an agency that holds the case, without being in the team: each opening is an
              // entry of its own
};

// Whether the actor's key is among the node's present holders, or is among those of her agency
// while the agency, in whichever generation, is among the node's. Signed records alone say so: a
// role and an agency are given by one administrator, who must never become a reader by it.
// Errors: corrupt, newer_format, io_failure.
Result<bool> is_holder(const ReadTxn& txn, const Actor& actor, const Id& node);
// Asked wherever somebody acts as a holder. Errors: forbidden, and is_holder()'s.
Result<void> check_holder(const ReadTxn& txn, const Actor& actor, const Id& node);

// Errors: corrupt, newer_format, io_failure.
Result<Place> place_in(const ReadTxn& txn, const Actor& actor, const Id& case_id);

// Whether one in this place reads what is in the case.
inline bool holds(Place place) { return place == Place::member || place == Place::custodian; }

}  // namespace vault
