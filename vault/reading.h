// Runs a read transaction that gives a value.
#pragma once

#include <optional>
#include <utility>

#include "vault/meta_store.h"

namespace vault {

// `work(const ReadTxn&)` returns Result<T>; its errors come out as they are.
template <typename Work>
auto reading(const MetaStore& meta, const Work& work)
    -> decltype(work(std::declval<const ReadTxn&>())) {
  using Value = typename decltype(work(std::declval<const ReadTxn&>()))::value_type;
  std::optional<Value> value;
  const auto done = meta.read([&](const ReadTxn& txn) -> Result<void> {
    auto got = work(txn);
    if (!got) return tl::unexpected(got.error());
    value.emplace(std::move(*got));
    return {};
  });
  if (!done) return tl::unexpected(done.error());
  return std::move(*value);
}

}  // namespace vault
