// Who has which place in a case: the team's records say who is in it, and the signed records of the
// key graph who holds. Whether a key opens a thing is a matter of lockboxes; this is the service's
// half, asked first (rules marked S in SECURITY.md).
#pragma once

#include "vault/actor.h"
#include "vault/error.h"
#include "vault/meta_store.h"

namespace vault {

enum class Place {
  none,       // cannot tell the case from one that does not exist
  depositor,  // in the team, and no holder: deposits, reads nothing back
  member,     // in the team, and holds the case
  custodian,  // holds the key of an agency that holds the case, without being in the team: each
              // opening is an entry of its own
};

// Whether the actor is a custodian who holds her agency's key: her role and her agency are one
// administrator's word, who must never become a reader by it. Errors: corrupt, newer_format,
// io_failure.
Result<bool> is_custodian(const ReadTxn& txn, const Actor& actor, const Id& agency);
// Errors: forbidden (she is not), and is_custodian()'s.
Result<void> check_custodian(const ReadTxn& txn, const Actor& actor, const Id& agency);

// Errors: corrupt, newer_format, io_failure.
Result<Place> place_in(const ReadTxn& txn, const Actor& actor, const Id& case_id);

// Whether the place reaches the case's secret.
inline bool holds(Place place) { return place == Place::member || place == Place::custodian; }

}  // namespace vault
