// One id stands for one thing. Keys, agencies, cases and documents have ids that whoever makes them
// chooses, and lockboxes and headers are kept by their holder's id alone, whatever it holds by.
#pragma once

#include "vault/error.h"
#include "vault/meta_store.h"

namespace vault {

// Whether a new thing may have this id; asked in the transaction that makes it. The nil id stands
// for nothing. Errors: invalid (nil), conflict (something has it); corrupt, io_failure.
Result<void> check_new_id(const ReadTxn& txn, const Id& id);

}  // namespace vault
