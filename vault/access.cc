#include "vault/access.h"

#include "vault/keys.h"
#include "vault/records.h"

namespace vault {

Result<Place> place_in(const ReadTxn& txn, const Actor& actor, const Id& case_id) {
  const auto member = load<MemberRecord>(txn, Key(Kind::member).id(case_id).id(actor.key));
  if (!member) return tl::unexpected(member.error());
  if (*member) return (*member)->role == "PENERIMA" ? Place::depositor : Place::member;
  if (actor.role != "KUSTODIAN" || actor.agency.is_nil()) return Place::none;

  const auto held = txn.get(Key(Kind::agency_case).id(actor.agency).id(case_id));
  if (!held) return tl::unexpected(held.error());
  return *held ? Place::custodian : Place::none;
}

}  // namespace vault
