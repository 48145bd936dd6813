#include "vault/access.h"

#include "vault/chain.h"
#include "vault/key_graph.h"
#include "vault/keys.h"
#include "vault/records.h"

namespace vault {
namespace {

// A node that has no generation yet has no holders.
Result<std::vector<Holder>> present_holders(const ReadTxn& txn, const Id& node) {
  auto state = read_node(txn, node, 0);
  if (!state && state.error() == Errc::not_found) return std::vector<Holder>{};
  if (!state) return tl::unexpected(state.error());
  return std::move(state->holders);
}

// Whether the actor's key is among the node's present holders, or is among those of her agency
// while the agency, in whichever generation, is among the node's.
Result<bool> is_holder(const ReadTxn& txn, const Actor& actor, const Id& node) {
  const auto holders = present_holders(txn, node);
  if (!holders) return tl::unexpected(holders.error());
  if (names(*holders, HolderKind::access_key, actor.key)) return true;
  // The generation does not matter: between an agency's next one and the node's successor the node
  // names the one before, whose secret is sealed to the next.
  if (!names(*holders, HolderKind::node, actor.agency)) return false;
  const auto custodians = present_holders(txn, actor.agency);
  if (!custodians) return tl::unexpected(custodians.error());
  return names(*custodians, HolderKind::access_key, actor.key);
}

}  // namespace

Result<bool> is_custodian(const ReadTxn& txn, const Actor& actor, const Id& agency) {
  if (actor.role != "KUSTODIAN" || actor.agency.is_nil() || actor.agency != agency) return false;
  return is_holder(txn, actor, agency);
}

Result<void> check_custodian(const ReadTxn& txn, const Actor& actor, const Id& agency) {
  const auto custodian = is_custodian(txn, actor, agency);
  if (!custodian) return tl::unexpected(custodian.error());
  if (!*custodian) return tl::unexpected(Errc::forbidden);
  return {};
}

Result<Place> place_in(const ReadTxn& txn, const Actor& actor, const Id& case_id) {
  const auto member = load<MemberRecord>(txn, Key(Kind::member).id(case_id).id(actor.key));
  if (!member) return tl::unexpected(member.error());
  if (!*member) {
    if (actor.role != "KUSTODIAN" || actor.agency.is_nil()) return Place::none;
    const auto held = txn.get(Key(Kind::agency_case).id(actor.agency).id(case_id));
    if (!held) return tl::unexpected(held.error());
    if (!*held) return Place::none;
  }
  const auto holder = is_holder(txn, actor, case_id);
  if (!holder) return tl::unexpected(holder.error());
  if (*member) return *holder ? Place::member : Place::depositor;
  return *holder ? Place::custodian : Place::none;
}

}  // namespace vault
