// A document's content as it is sent: opened, or as the stock age file it is stored as; any range
// of it.
#pragma once

#include <memory>

#include "api/body.h"
#include "api/failure.h"
#include "crypto/age.h"
#include "vault/documents.h"

namespace api {

// The plain bytes [begin, end) of a version. Each byte is verified before it is handed out, and the
// last chunk of the payload before the first, so that the length is known to be true. Failures:
// `damaged` (the stored bytes are not what was sealed), `unavailable`.
Outcome<std::unique_ptr<BodySource>> open_content(vault::Documents& documents,
                                                  const vault::VersionRecord& record,
                                                  const crypto::FileKey& key, std::uint64_t begin,
                                                  std::uint64_t end);

// The bytes [begin, end) of the age file: header, then payload.
std::unique_ptr<BodySource> sealed_content(vault::Documents& documents,
                                           const vault::VersionRecord& record, Bytes header,
                                           std::uint64_t begin, std::uint64_t end);

}  // namespace api
