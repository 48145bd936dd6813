#include "cli/case_ref.h"

#include <nlohmann/json.hpp>

namespace cli {

Result<crypto::Id> find_case(Remote& remote, const std::string& named) {
  if (const auto id = crypto::Id::parse(named)) return *id;
  const auto answer = remote.get("/v1/cases?code=" + encoded(named));
  if (!answer) return tl::unexpected(answer.error());
  const nlohmann::json& items = items_of(*answer);
  return id_of(items.empty() ? nlohmann::json::object() : items.front(), "id");
}

}  // namespace cli
