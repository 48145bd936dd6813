// Who acts: the person behind a session, as every operation of the vault gets it.
#pragma once

#include <string>
#include <string_view>

#include "crypto/id.h"
#include "vault/log.h"

namespace vault {

struct Actor {
  Id key;            // access key
  Id agency;         // nil for administrators and auditors
  std::string role;  // of roles.csv
  std::string via;   // "opened" or "sealed"
  std::string request;
  std::string origin;

  // The beginnings of a log entry for something this actor does.
  EntryDraft draft(std::string_view action) const {
    EntryDraft entry;
    entry.action = action;
    entry.actor = key;
    entry.agency = agency;
    entry.via = via;
    entry.request = request;
    entry.origin = origin;
    return entry;
  }
};

}  // namespace vault
