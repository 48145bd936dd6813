#include "cli/store/commands.h"

#include "cli/store/init.h"
#include "cli/store/verify_store.h"

namespace cli {

void add_store_commands(CLI::App& app, Context& context) {
  add_init(app, context);
  add_verify_store(app, context);
}

}  // namespace cli
