#include "cli/app.h"
#include "cli/store/commands.h"

int main(int argc, char** argv) { return cli::run(argc, argv, cli::add_store_commands); }
