// A sealed deposit: the payload, then headers and manifest, all made here (the service sees neither
// key nor plaintext nor title).
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "cli/opened_version.h"
#include "cli/sealing_source.h"

namespace cli {

// What is to be deposited, in its depositor's words.
struct DepositOrder {
  crypto::Id case_id;
  std::optional<OpenedVersion> previous;  // the version on top of which it goes
  std::string type;
  std::string classification;  // empty: the least that type and case allow
  bool minor = false;
  std::string title;
  std::string file_name;
  std::string media_type;
};

struct Deposited {
  crypto::Id document;
  std::uint64_t version = 1;
  crypto::Digest sha256{};
  std::uint64_t entry = 0;
};

// Seals and sends `source`, and commits it. A generation that became stale meanwhile is renewed,
// and the manifest made again: the payload is not sent twice. Errors: file_changed, deposit_differs
// (what the service took is not what was sent), no_way, and those of the service.
Result<Deposited> deposit(SealedSession& session, const DepositOrder& order, SealingSource& source,
                          Progress& progress);

}  // namespace cli
