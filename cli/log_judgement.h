// What an export of the log is worth, in a person's words.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "cli/context.h"
#include "crypto/log_verify.h"

namespace cli {

nlohmann::json json_of(const crypto::LogExportReport& report);
// For a person: what the export says it is, as far as it could be read.
void show_export(const crypto::LogExportReport& report, Context& context);
// The first bad line. REQUIRES: report.bad.
Failure explain_bad(const crypto::LogExportReport& report);

}  // namespace cli
