// The part of a store's verification that knows whose word a record stands on.
#pragma once

#include "crypto/note.h"
#include "vault/verify.h"

namespace vault {

// Judges every signed record up to the founding set, and the founding set by the log's key. A
// record whose chain does not hold is named by its key; added holders by their generation's.
DomainCheck verify_chain(const crypto::NoteVerifier& log);

}  // namespace vault
