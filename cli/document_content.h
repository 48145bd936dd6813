// A document's content on its way from the service: its chunks, checked as they come.
#pragma once

#include <ostream>

#include "cli/opened_version.h"
#include "cli/progress.h"

namespace cli {

// Writes the plain bytes. Until the call returns they may be a prefix of the document.
// Errors: content_wrong (what came is not what was deposited), file_unwritable (`name`), and those
// of the service.
Result<void> fetch_content(SealedSession& session, const OpenedVersion& version,
                           std::ostream& plain, const std::string& name, Progress& progress);
// Writes the stock age file as it is, compared with the manifest's payload root. Errors: as
// above.
Result<void> fetch_age_file(SealedSession& session, const OpenedVersion& version,
                            std::ostream& sealed, const std::string& name, Progress& progress);

}  // namespace cli
