// Agencies as the service lists them, found by what people call them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/remote.h"
#include "crypto/id.h"

namespace cli {

struct Agency {
  crypto::Id id;
  std::string code;  // of agencies.csv; offices of one kind share it
  std::string name;
  crypto::Id custodian;          // the first one's access key
  std::uint64_t generation = 0;  // 0: none yet
  std::string recipient;         // of the latest generation; empty: none yet
};

Result<std::vector<Agency>> list_agencies(Remote& remote);
// By id, by code, or by name. Errors: agency_unknown, agency_ambiguous.
Result<Agency> find_agency(Remote& remote, const std::string& called);

}  // namespace cli
