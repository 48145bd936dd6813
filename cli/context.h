// What every command is handed: the person's language, her terminal, her profile, and where
// results go.
#pragma once

#include <functional>
#include <optional>

#include "cli/output.h"
#include "cli/profile.h"
#include "cli/remote.h"
#include "cli/terminal.h"
#include "crypto/keys.h"

namespace cli {

struct Context {
  explicit Context(Language spoken)
      : language(spoken), terminal(spoken), output(spoken, stdout, stderr) {}
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  std::string say(Text text) const { return std::string(text_in(language, text)); }

  // Read at the first call. Errors: as Profile::open.
  Result<Profile*> open_profile();
  // The person's access key: of --key, SEGEL_KEY or the profile; asks for its passphrase if it has
  // one. Errors: key_not_given, and those of open_profile and open_key_file.
  Result<crypto::Identity> open_key();
  // The service, with the session of the profile. Errors: not_logged_in, and those of open_profile
  // and Remote::open.
  Result<Remote> open_remote();

  Language language;
  Terminal terminal;
  Output output;
  ProfileFlags profile_flags;
  std::function<Result<void>()> chosen;  // what the arguments ask for, set while they are parsed

 private:
  std::optional<Profile> profile_;
};

}  // namespace cli
