// What an actor sees of the key graph: nodes, and the lockboxes that lie on her ways to them.
#include "vault/access.h"
#include "vault/erase_slots.h"
#include "vault/key_graph.h"
#include "vault/keys.h"
#include "vault/reading.h"
#include "vault/records.h"

namespace vault {
namespace {

Result<void> check_visible(const ReadTxn& txn, const Actor& actor, const Id& node) {
  const auto agency = txn.get(Key(Kind::agency).id(node));
  if (!agency) return tl::unexpected(agency.error());
  if (*agency) return {};
  const auto place = place_in(txn, actor, node);
  if (!place) return tl::unexpected(place.error());
  if (*place == Place::none) return tl::unexpected(Errc::forbidden);
  return {};
}

}  // namespace

Result<NodeState> KeyGraph::node(const Actor& actor, const Id& node,
                                 std::uint64_t generation) const {
  return reading(meta_, [&](const ReadTxn& txn) -> Result<NodeState> {
    if (auto seen = check_visible(txn, actor, node); !seen) return tl::unexpected(seen.error());
    return read_node(txn, node, generation);
  });
}

Result<std::vector<LockboxRef>> KeyGraph::lockboxes(const Actor& actor, const Id& node) const {
  return reading(meta_, [&](const ReadTxn& txn) -> Result<std::vector<LockboxRef>> {
    if (auto seen = check_visible(txn, actor, node); !seen) return tl::unexpected(seen.error());
    std::vector<LockboxRef> refs;
    const auto latest = latest_generation(txn, node);
    if (!latest) return tl::unexpected(latest.error());
    for (std::uint64_t generation = 1; generation <= *latest; ++generation) {
      const auto state = read_node(txn, node, generation);
      if (!state) return tl::unexpected(state.error());
      for (const Holder& holder : state->holders) {
        const bool hers = holder.id == actor.key;
        const bool by_agency = actor.role == "KUSTODIAN" && holder.id == actor.agency;
        if (hers || by_agency) refs.push_back({generation, holder});
      }
      const auto previous = txn.get(Key(Kind::lockbox).id(node).id(node).u64(generation));
      if (!previous) return tl::unexpected(previous.error());
      if (*previous) refs.push_back({generation, {HolderKind::node, node, generation + 1, {}}});
    }
    return refs;
  });
}

Result<Bytes> KeyGraph::lockbox(const Actor& actor, const Id& node, std::uint64_t generation,
                                const Id& holder) const {
  const Key key = Key(Kind::lockbox).id(holder).id(node).u64(generation);
  const auto record = reading(meta_, [&](const ReadTxn& txn) -> Result<WrappedRecord> {
    if (auto seen = check_visible(txn, actor, node); !seen) return tl::unexpected(seen.error());
    const bool on_her_way = holder == actor.key || holder == node ||
                            (actor.role == "KUSTODIAN" && holder == actor.agency);
    if (!on_her_way) return tl::unexpected(Errc::forbidden);
    return require<WrappedRecord>(txn, key);
  });
  if (!record) return tl::unexpected(record.error());
  return unwrap_stored(erase_keys_, key, *record);
}

}  // namespace vault
