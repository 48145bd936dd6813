// Whom the log's signatures are checked against, and the head that somebody remembers.
#pragma once

#include <filesystem>
#include <string>

#include "cli/context.h"
#include "crypto/checkpoint.h"
#include "crypto/note.h"

namespace CLI {
class App;
}

namespace cli {

struct LogKeyOptions {
  std::string key;   // a C2SP vkey
  std::string file;  // that has one
};
void add_log_key_options(CLI::App& command, Context& context, LogKeyOptions& options);

// Of the options, else of the profile. Errors: log_key_not_given, log_key_malformed, those of
// open_profile and read_file.
Result<crypto::NoteVerifier> log_key(const LogKeyOptions& options, Context& context);

// A signed head; `where` it came from stands in the failure. Errors: head_malformed,
// head_untrusted.
Result<crypto::Checkpoint> open_head(std::string_view note, const std::string& where,
                                     const crypto::NoteVerifier& log);
// One kept from `segel log checkpoint`. Errors: as open_head, and those of read_file.
Result<crypto::Checkpoint> read_head(const std::filesystem::path& path,
                                     const crypto::NoteVerifier& log);

}  // namespace cli
