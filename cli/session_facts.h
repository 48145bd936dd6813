// Who is logged in here, as the service knows it.
#pragma once

#include <string>

#include "cli/output.h"
#include "cli/remote.h"
#include "crypto/id.h"

namespace cli {

struct SessionFacts {
  crypto::Id key;
  crypto::Id agency;  // nil: of no agency
  std::string role;   // of roles.csv
  std::string via;    // "sealed" or "opened"
  std::string expires;

  // Errors: as Remote::get.
  static Result<SessionFacts> ask(Remote& remote);
  void show(Output& output, const std::string& server) const;
};

}  // namespace cli
