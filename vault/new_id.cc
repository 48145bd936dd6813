#include "vault/new_id.h"

#include "vault/keys.h"

namespace vault {

Result<void> check_new_id(const ReadTxn& txn, const Id& id) {
  if (id.is_nil()) return tl::unexpected(Errc::invalid);
  for (const Kind kind : {Kind::access_key, Kind::agency, Kind::case_file, Kind::document}) {
    const auto taken = txn.get(Key(kind).id(id));
    if (!taken) return tl::unexpected(taken.error());
    if (*taken) return tl::unexpected(Errc::conflict);
  }
  return {};
}

}  // namespace vault
