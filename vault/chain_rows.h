// Rows of signed records as they stand in the store, and which of them were judged already.
// Of vault/chain alone.
#pragma once

#include <optional>
#include <utility>

#include "vault/chain.h"
#include "vault/records.h"

namespace vault {

inline tl::unexpected<Errc> broken() { return tl::unexpected(Errc::corrupt); }
// A signer or node that a record names and that is not there breaks its chain.
inline tl::unexpected<Errc> broken(Errc error) {
  return tl::unexpected(error == Errc::not_found || error == Errc::untrusted ? Errc::corrupt
                                                                             : error);
}

// Whether a row was judged and holds, by its name; for as long as the process lives. Thread-safe.
bool is_judged(const Digest& row);
void set_judged(const Digest& row);

// Names a row by what it says, where, and under which founding set: what held in one vault says
// nothing in another.
Result<Digest> name_of_row(const ReadTxn& txn, ByteView key, ByteView value);

template <typename Record>
struct Row {
  Signed<Record> read;
  Digest name{};
  bool holds() const { return is_judged(name); }
};

// A row as it stands, not yet judged. `pick` takes the record out of the statement.
template <typename Record, typename Pick>
Result<Row<Record>> read_row(const ReadTxn& txn, ByteView key, ByteView value, const Pick& pick) {
  auto stored = decode<StatementRecord>(value);
  if (!stored) return tl::unexpected(stored.error());
  auto statement = crypto::Statement::parse(stored->note);
  if (!statement) return broken();
  auto record = pick(*statement);
  if (!record) return broken();
  const auto name = name_of_row(txn, key, value);
  if (!name) return tl::unexpected(name.error());
  return Row<Record>{
      {std::move(*record), std::move(*statement), std::move(stored->note), stored->entry}, *name};
}

template <typename Record, typename Pick>
Result<Row<Record>> get_row(const ReadTxn& txn, ByteView key, const Pick& pick) {
  const auto value = txn.get(key);
  if (!value) return tl::unexpected(value.error());
  if (!*value) return tl::unexpected(Errc::not_found);
  return read_row<Record>(txn, key, **value, pick);
}

// The record that names `id` as its own, by the field at `own`.
template <typename Record>
auto picking(Id Record::*own, const Id& id) {
  return [own, id](const crypto::Statement& statement) -> std::optional<Record> {
    auto record = crypto::record_of<Record>(statement);
    if (!record || (*record).*own != id) return std::nullopt;
    return std::move(*record);
  };
}

}  // namespace vault
