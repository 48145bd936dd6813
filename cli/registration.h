// An administrator registers somebody: her signed statement goes to the service, with the person's
// own signed enrolment.
#pragma once

#include <string>

#include "cli/enrolment_file.h"
#include "cli/sealed_session.h"
#include "crypto/statement.h"

namespace cli {

// An enrolment file whose fingerprint was compared (cli/fingerprint_check.h). Errors: those of
// both.
Result<EnrolmentFile> read_compared(const Context& context, const std::string& path,
                                    const std::string& fingerprint);
// Signs, sends, and shows what came of it: registered, or waiting for a second administrator.
Result<void> register_statement(Context& context, SealedSession& session, const std::string& target,
                                const crypto::Statement& statement, const EnrolmentFile& person);
// Shows an answer of the kind `registered` (api/openapi.yaml).
void show_registered(Output& output, const nlohmann::json& answer, const std::string& fingerprint);

}  // namespace cli
