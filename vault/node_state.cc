// Reads a node's generations, and says who holds them and whether a holder has moved on.
#include <algorithm>

#include "vault/directory.h"
#include "vault/key_graph.h"
#include "vault/keys.h"
#include "vault/records.h"

namespace vault {
namespace {

using crypto::GenerationRecord;
using crypto::HolderRecord;
using crypto::Statement;

// The holders that were added to this generation, in the order of their ids.
Result<void> read_added(const ReadTxn& txn, NodeState& state) {
  const Key range = Key(Kind::added_holder).id(state.record.node).u64(state.record.generation);
  bool sound = true;
  const auto scanned = txn.scan(range, range.end(), [&](ByteView key, ByteView value) {
    const auto stored = decode<StatementRecord>(value);
    if (!stored) return sound = false;
    const auto statement = Statement::parse(stored->note);
    if (!statement) return sound = false;
    const auto record = crypto::record_of<HolderRecord>(*statement);
    if (!record || record->node != state.record.node ||
        record->generation != state.record.generation ||
        Id::from(key.last(16)) != record->holder.id) {
      return sound = false;
    }
    state.holders.push_back(record->holder);
    state.holder_notes.push_back(stored->note);
    return true;
  });
  if (!scanned) return scanned;
  if (!sound) return tl::unexpected(Errc::corrupt);
  return {};
}

// The holder as of now: a person's key stays as it is, a node moves to its latest generation.
Result<Holder> current(const ReadTxn& txn, const Holder& holder) {
  if (holder.kind == HolderKind::access_key) return holder;
  const auto latest = latest_generation(txn, holder.id);
  if (!latest) return tl::unexpected(latest.error());
  if (*latest == holder.generation) return holder;
  const auto stored = require<StatementRecord>(
      txn, Key(Kind::generation).id(holder.id).u64(*latest), Errc::corrupt);
  if (!stored) return tl::unexpected(stored.error());
  const auto statement = Statement::parse(stored->note);
  if (!statement) return tl::unexpected(Errc::corrupt);
  const auto record = crypto::record_of<GenerationRecord>(*statement);
  if (!record || record->node != holder.id || record->generation != *latest) {
    return tl::unexpected(Errc::corrupt);
  }
  return Holder{HolderKind::node, holder.id, record->generation, record->recipient};
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
  const auto stored = require<StatementRecord>(txn, Key(Kind::generation).id(node).u64(generation));
  if (!stored) return tl::unexpected(stored.error());
  const auto statement = Statement::parse(stored->note);
  if (!statement) return tl::unexpected(Errc::corrupt);
  const auto record = crypto::record_of<GenerationRecord>(*statement);
  if (!record || record->node != node || record->generation != generation) {
    return tl::unexpected(Errc::corrupt);
  }

  NodeState state;
  state.record = *record;
  state.note = stored->note;
  state.digest = statement->digest();
  state.latest = generation == *latest;
  state.holders = record->holders;
  if (auto added = read_added(txn, state); !added) return tl::unexpected(added.error());
  for (const Holder& holder : state.holders) {
    const auto now = current(txn, holder);
    if (!now) return tl::unexpected(now.error());
    state.stale = state.stale || *now != holder;
    state.successors.push_back(*now);
  }
  return state;
}

}  // namespace vault
