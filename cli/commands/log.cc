#include "cli/commands/log.h"

#include <CLI/App.hpp>

#include "cli/commands/log_checkpoint.h"
#include "cli/commands/log_export.h"
#include "cli/commands/log_proof.h"
#include "cli/commands/log_verify.h"

namespace cli {

void add_log(CLI::App& app, Context& context) {
  CLI::App& group = add_group(app, context, "log", Text::log_about);
  add_log_checkpoint(group, context);
  add_log_proof(group, context);
  add_log_export(group, context);
  add_log_verify(group, context);
}

}  // namespace cli
