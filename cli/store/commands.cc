#include "cli/store/commands.h"

#include "cli/store/init.h"

namespace cli {

void add_store_commands(CLI::App& app, Context& context) { add_init(app, context); }

}  // namespace cli
