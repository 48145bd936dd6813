#include "cli/orders.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace cli {

std::string Registration::fingerprint() const {
  return crypto::fingerprint(person.recipient, person.signing);
}

Result<Registration> Order::registration() const {
  const auto statement = crypto::Statement::parse(note);
  if (statement) {
    if (auto agency = crypto::record_of<crypto::AgencyRecord>(*statement)) {
      return Registration{agency->custodian, *agency};
    }
    // A key of an agency takes one administrator: a second one is asked for it by nobody honest.
    const auto key = crypto::record_of<crypto::AccessKeyRecord>(*statement);
    if (key && key->agency.is_nil()) {
      return Registration{*key, std::nullopt};
    }
  }
  return refuse(Text::answer_unreadable, Text::service_malformed_advice);
}

Message Order::meaning() const {
  if (kind == "share") return {Text::pending_share, node.text()};
  if (kind == "first-generation") return Text::pending_first_generation;
  if (kind == "rotate") return Text::pending_rotate;
  if (kind != "approve") return {Text::pending_other, kind};
  const auto wanted = registration();
  if (!wanted) return {Text::pending_other, kind};
  if (wanted->agency) {
    return {Text::pending_agency, wanted->agency->name, wanted->agency->code,
            wanted->fingerprint()};
  }
  return {Text::pending_key, wanted->person.role, wanted->fingerprint()};
}

Result<std::vector<Order>> list_orders(Remote& remote) {
  const auto answer = remote.get("/v1/orders");
  if (!answer) return tl::unexpected(answer.error());
  std::vector<Order> orders;
  for (const nlohmann::json& item : items_of(*answer)) {
    const auto id = id_of(item, "id");
    if (!id) return tl::unexpected(id.error());
    // An approval is of no node.
    const auto node = crypto::Id::parse(text_of(item, "node"));
    orders.push_back({text_of(item, "kind"), *id, node.value_or(crypto::Id{}),
                      text_of(item, "note"), text_of(item, "created")});
  }
  return orders;
}

Result<Order> find_order(Remote& remote, const std::string& id) {
  const auto wanted = crypto::Id::parse(id);
  if (!wanted) return misused(Message(Text::id_malformed, id));
  const auto orders = list_orders(remote);
  if (!orders) return tl::unexpected(orders.error());
  const auto found = std::find_if(orders->begin(), orders->end(),
                                  [&](const Order& one) { return one.id == *wanted; });
  if (found == orders->end()) {
    return refuse(Message(Text::pending_unknown, id), Text::pending_unknown_advice);
  }
  return *found;
}

}  // namespace cli
