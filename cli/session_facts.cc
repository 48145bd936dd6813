#include "cli/session_facts.h"

#include <nlohmann/json.hpp>

namespace cli {

Result<SessionFacts> SessionFacts::ask(Remote& remote) {
  const auto answer = remote.get("/v1/session");
  if (!answer) return tl::unexpected(answer.error());
  const auto key = id_of(*answer, "key");
  if (!key) return tl::unexpected(key.error());
  const auto agency = id_of(*answer, "agency");
  if (!agency) return tl::unexpected(agency.error());
  return SessionFacts{*key, *agency, text_of(*answer, "role"), text_of(*answer, "via"),
                      text_of(*answer, "expires")};
}

void SessionFacts::show(Output& output, const std::string& server) const {
  output.show({
      {"key", Text::label_access_key, key.text()},
      {"agency", Text::label_agency, agency.is_nil() ? std::string() : agency.text()},
      {"role", Text::label_role, role},
      {"via", Text::label_via, via},
      {"expires", Text::label_expires, expires},
      {"server", Text::label_server, server},
  });
}

}  // namespace cli
