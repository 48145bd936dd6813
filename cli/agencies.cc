#include "cli/agencies.h"

#include <nlohmann/json.hpp>

namespace cli {

Result<std::vector<Agency>> list_agencies(Remote& remote) {
  const auto answer = remote.get("/v1/agencies");
  if (!answer) return tl::unexpected(answer.error());
  std::vector<Agency> agencies;
  for (const nlohmann::json& item : items_of(*answer)) {
    const auto id = id_of(item, "id");
    if (!id) return tl::unexpected(id.error());
    const auto custodian = id_of(item, "custodian");
    if (!custodian) return tl::unexpected(custodian.error());
    Agency agency{*id, text_of(item, "code"),     text_of(item, "name"), *custodian,
                  0,   text_of(item, "recipient")};
    const auto generation = item.find("generation");
    if (generation != item.end() && generation->is_number_unsigned()) {
      agency.generation = generation->get<std::uint64_t>();
    }
    agencies.push_back(std::move(agency));
  }
  return agencies;
}

Result<Agency> find_agency(Remote& remote, const std::string& called) {
  auto agencies = list_agencies(remote);
  if (!agencies) return tl::unexpected(agencies.error());
  std::erase_if(*agencies, [&](const Agency& one) {
    return one.id.text() != called && one.code != called && one.name != called;
  });
  if (agencies->empty()) {
    return refuse(Message(Text::agency_unknown, called), Text::agency_list_advice);
  }
  if (agencies->size() > 1) {
    return refuse(Message(Text::agency_ambiguous, called), Text::agency_list_advice);
  }
  return std::move(agencies->front());
}

}  // namespace cli
