// Reads a node's generations, and says who holds them and whether a holder has moved on.
#include "vault/chain.h"
#include "vault/key_graph.h"
#include "vault/keys.h"

namespace vault {
namespace {

// The holder as of now: a person's key stays as it is, a node moves to its latest generation.
Result<Holder> current(const ReadTxn& txn, const Holder& holder) {
  if (holder.kind == HolderKind::access_key) return holder;
  const auto latest = latest_generation(txn, holder.id);
  if (!latest) return tl::unexpected(latest.error());
  if (*latest == holder.generation) return holder;
  const auto now = signed_generation(txn, holder.id, *latest);
  if (!now) {
    return tl::unexpected(now.error() == Errc::not_found ? Errc::corrupt : now.error());
  }
  return Holder{HolderKind::node, holder.id, now->record.generation, now->record.recipient};
}

}  // namespace

Result<std::uint64_t> latest_generation(const ReadTxn& txn, const Id& node) {
  const Key range = Key(Kind::generation).id(node);
  std::uint64_t latest = 0;
  const auto scanned = txn.scan(
      range, range.end(),
      [&](ByteView key, ByteView) {
        latest = read_number(key.last(8)).value_or(0);
        return false;
      },
      Direction::backward);
  if (!scanned) return tl::unexpected(scanned.error());
  return latest;
}

Result<NodeState> read_node(const ReadTxn& txn, const Id& node, std::uint64_t generation) {
  const auto latest = latest_generation(txn, node);
  if (!latest) return tl::unexpected(latest.error());
  if (generation == 0) generation = *latest;
  auto made = signed_generation(txn, node, generation);
  if (!made) return tl::unexpected(made.error());
  auto added = signed_holders(txn, *made);
  if (!added) return tl::unexpected(added.error());

  NodeState state;
  state.digest = made->statement.digest();
  state.latest = generation == *latest;
  state.holders = made->record.holders;
  for (auto& one : *added) {
    state.holders.push_back(one.record.holder);
    state.holder_notes.push_back(std::move(one.note));
  }
  state.record = std::move(made->record);
  state.note = std::move(made->note);
  for (const Holder& holder : state.holders) {
    const auto now = current(txn, holder);
    if (!now) return tl::unexpected(now.error());
    state.stale = state.stale || *now != holder;
    state.successors.push_back(*now);
  }
  return state;
}

}  // namespace vault
