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

// Errors: corrupt, newer_format, io_failure.
Result<Place> place_in(const ReadTxn& txn, const Actor& actor, const Id& case_id);

// Whether the place reaches the case's secret.
inline bool holds(Place place) { return place == Place::member || place == Place::custodian; }

}  // namespace vault
