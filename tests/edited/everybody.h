// Everybody who is in a store uses everything there: lists, is shown, reads and deposits.
#pragma once

#include <string>
#include <vector>

#include "api/connection_handler.h"
#include "edited/cast.h"

namespace edited {

struct Seen {
  // "NAME METHOD TARGET: STATUS PROBLEM-OR-DIGEST", in order: the same as long as the store is.
  std::vector<std::string> answers;
  // What no edit may lead to: other bytes under a document's name, or a failure without a name.
  std::vector<std::string> wrong;
};

Seen use_everything(api::ConnectionHandler& service, const Cast& cast);

}  // namespace edited
