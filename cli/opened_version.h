// A document version as its reader meets it: sealed as the service has it, and the manifest opened
// and checked here.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "api/envelope.h"
#include "cli/sealed_session.h"

namespace cli {

struct OpenedVersion {
  api::SealedVersion sealed;
  crypto::Manifest manifest;

  // In the words of manifest and label, for `--json`.
  nlohmann::json describe() const;
};

// An id as a person types it. Errors: document_id_malformed (misused).
Result<crypto::Id> parse_document(const std::string& text);

// `version` 0: the latest. Errors: of the service; sealed_wrong (the manifest is not what its
// depositor signed for this document), no_way.
Result<OpenedVersion> open_version(SealedSession& session, const crypto::Id& document,
                                   std::uint64_t version);
// All versions, from the first. Errors: as open_version.
Result<std::vector<OpenedVersion>> open_versions(SealedSession& session,
                                                 const crypto::Id& document);
// One that the service listed. Errors: as open_version.
Result<OpenedVersion> open_listed(SealedSession& session, const nlohmann::json& item);

}  // namespace cli
