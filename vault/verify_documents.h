// The part of a store's verification that knows documents: that the sealed bytes of every version
// are there, and are those that its record describes.
#pragma once

#include "vault/verify.h"

namespace vault {

// Reads every payload whole (the checksums of its extents, its root), so that it
// takes as long as the disk does. Findings are named `DOCUMENT VERSION`. Errors: io_failure,
// corrupt.
Result<void> verify_documents(const ReadTxn& txn, const BlobStore& blobs, const Found& found);

}  // namespace vault
