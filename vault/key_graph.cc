#include "vault/key_graph.h"

#include <algorithm>
#include <set>

#include "crypto/age.h"
#include "vault/access.h"
#include "vault/actions.h"
#include "vault/directory.h"
#include "vault/keys.h"
#include "vault/reading.h"
#include "vault/records.h"

namespace vault {
namespace {

using crypto::GenerationRecord;
using crypto::HolderRecord;
using crypto::Statement;

bool same_holders(std::vector<Holder> a, std::vector<Holder> b) {
  const auto by_id = [](const Holder& x, const Holder& y) { return x.id < y.id; };
  std::sort(a.begin(), a.end(), by_id);
  std::sort(b.begin(), b.end(), by_id);
  return a == b;
}

// The record that the actor signed in her own name and way. What she hands in was signed by nobody
// else.
template <typename Record>
Result<Record> own_record(const MetaStore& meta, const Actor& actor, const Statement& statement) {
  const auto record = crypto::record_of<Record>(statement);
  if (!record) return tl::unexpected(Errc::invalid);
  if (record->signer != actor.key || record->via != actor.via)
    return tl::unexpected(Errc::untrusted);
  const auto key =
      reading(meta, [&](const ReadTxn& txn) { return read_access_key(txn, actor.key); });
  if (!key) return tl::unexpected(key.error());
  if (!statement.verify(actor.key, key->signing)) return tl::unexpected(Errc::untrusted);
  return *record;
}

// A lockbox as the store takes it: one header, bound to this node and generation, and one
// recipient.
bool is_lockbox(ByteView sealed, crypto::age::Kind kind, const Id& node, std::uint64_t generation) {
  const auto header = crypto::age::parse_header(sealed);
  if (!header || header->stanzas.size() != 2 || sealed.size() > 4096) return false;
  const auto binding = crypto::age::Binding::parse(header->stanzas[0]);
  return binding && *binding == crypto::age::Binding{kind, node, 0, generation} &&
         header->stanzas[1].type == "X25519";
}

}  // namespace

Result<std::pair<Bytes, Bytes>> KeyGraph::wrap_lockbox(const Id& holder, const Id& node,
                                                       std::uint64_t generation, ByteView sealed,
                                                       crypto::age::Kind kind) {
  if (!is_lockbox(sealed, kind, node, generation)) return tl::unexpected(Errc::invalid);
  const Key key = Key(Kind::lockbox).id(holder).id(node).u64(generation);
  const auto slot = erase_keys_.take();
  if (!slot) return tl::unexpected(slot.error());
  auto wrapped = erase_keys_.wrap(*slot, key, sealed);
  if (!wrapped) return tl::unexpected(wrapped.error());
  return std::pair{key.raw(), encode(WrappedRecord{*slot, std::move(*wrapped)})};
}

Result<PreparedGeneration> KeyGraph::prepare(const Actor& actor,
                                             const GenerationSubmission& submission) {
  const auto statement = Statement::parse(submission.note);
  if (!statement) return tl::unexpected(Errc::invalid);
  auto record = own_record<GenerationRecord>(meta_, actor, *statement);
  if (!record) return tl::unexpected(record.error());

  PreparedGeneration prepared;
  prepared.note_ = submission.note;
  std::set<Id> named;
  for (const Holder& holder : record->holders) named.insert(holder.id);
  std::set<Id> given;
  for (const auto& [holder, sealed] : submission.lockboxes) {
    if (!named.contains(holder) || !given.insert(holder).second)
      return tl::unexpected(Errc::invalid);
    auto row =
        wrap_lockbox(holder, record->node, record->generation, sealed, crypto::age::Kind::lockbox);
    if (!row) return tl::unexpected(row.error());
    prepared.puts_.push_back(std::move(*row));
  }
  // A holder without a lockbox, or one named twice, would hold in name only.
  if (given.size() != record->holders.size()) return tl::unexpected(Errc::invalid);
  if (submission.previous) {
    if (record->generation < 2) return tl::unexpected(Errc::invalid);
    auto row = wrap_lockbox(record->node, record->node, record->generation - 1,
                            *submission.previous, crypto::age::Kind::previous);
    if (!row) return tl::unexpected(row.error());
    prepared.puts_.push_back(std::move(*row));
  }
  prepared.record = std::move(*record);
  return prepared;
}

Result<PreparedHolder> KeyGraph::prepare(const Actor& actor, const HolderSubmission& submission) {
  const auto statement = Statement::parse(submission.note);
  if (!statement) return tl::unexpected(Errc::invalid);
  auto record = own_record<HolderRecord>(meta_, actor, *statement);
  if (!record) return tl::unexpected(record.error());
  auto row = wrap_lockbox(record->holder.id, record->node, record->generation, submission.lockbox,
                          crypto::age::Kind::lockbox);
  if (!row) return tl::unexpected(row.error());
  PreparedHolder prepared;
  prepared.note_ = submission.note;
  prepared.row_ = std::move(*row);
  prepared.record = std::move(*record);
  return prepared;
}

Result<void> PreparedGeneration::check_first(const ReadTxn& txn) const {
  const auto latest = latest_generation(txn, record.node);
  if (!latest) return tl::unexpected(latest.error());
  if (*latest != 0 || record.generation != 1) return tl::unexpected(Errc::conflict);
  return {};
}

Result<void> PreparedGeneration::check_successor(const ReadTxn& txn) const {
  const auto before = read_node(txn, record.node, 0);
  if (!before) return tl::unexpected(before.error());
  if (record.generation != before->record.generation + 1 || record.previous != before->digest) {
    return tl::unexpected(Errc::conflict);
  }
  if (record.kind != before->record.kind || record.agency != before->record.agency) {
    return tl::unexpected(Errc::untrusted);
  }
  // Nobody comes in by way of a new generation, and nobody is left out of it without an order.
  if (!same_holders(record.holders, before->successors)) {
    return tl::unexpected(same_holders(record.holders, before->holders) ? Errc::stale
                                                                        : Errc::untrusted);
  }
  return {};
}

void PreparedGeneration::put(ChangeTxn& txn) const {
  txn.put(Key(Kind::generation).id(record.node).u64(record.generation),
          encode(StatementRecord{note_, txn.index(), txn.time()}));
  for (const auto& [key, value] : puts_) txn.put(key, value);
}

Result<void> PreparedHolder::check(const ReadTxn& txn) const {
  const auto state = read_node(txn, record.node, 0);
  if (!state) return tl::unexpected(state.error());
  if (record.generation != state->record.generation) return tl::unexpected(Errc::stale);
  const bool held = std::any_of(state->holders.begin(), state->holders.end(),
                                [&](const Holder& one) { return one.id == record.holder.id; });
  if (held) return tl::unexpected(Errc::conflict);

  // The public key sealed to must be the one that the directory or the graph knows for this id.
  if (record.holder.kind == HolderKind::access_key) {
    const auto key = read_access_key(txn, record.holder.id);
    if (!key) return tl::unexpected(key.error());
    if (key->recipient != record.holder.recipient) return tl::unexpected(Errc::untrusted);
    return {};
  }
  const auto node = read_node(txn, record.holder.id, 0);
  if (!node) return tl::unexpected(node.error());
  if (node->record.generation != record.holder.generation) return tl::unexpected(Errc::stale);
  if (node->record.recipient != record.holder.recipient) return tl::unexpected(Errc::untrusted);
  return {};
}

void PreparedHolder::put(ChangeTxn& txn) const {
  txn.put(Key(Kind::added_holder).id(record.node).u64(record.generation).id(record.holder.id),
          encode(StatementRecord{note_, txn.index(), txn.time()}));
  txn.put(row_.first, row_.second);
}

Result<Committed> KeyGraph::add_first_of_agency(const Actor& actor,
                                                const GenerationSubmission& submission) {
  auto prepared = prepare(actor, submission);
  if (!prepared) return tl::unexpected(prepared.error());
  const GenerationRecord& record = prepared->record;
  EntryDraft entry = actor.draft(action::kNodeGeneration);
  entry.subject = record.node.text();
  entry.detail = "generation=" + std::to_string(record.generation);
  return committer_.commit(
      [&](ChangeTxn& txn) -> Result<void> {
        const auto agency = read_agency(txn, record.node);
        if (!agency) return tl::unexpected(agency.error());
        // The agency statement, signed by the administrators, names the one who may.
        if (agency->custodian.key != actor.key) return tl::unexpected(Errc::forbidden);
        const Holder only{HolderKind::access_key, actor.key, 0, agency->custodian.recipient};
        if (record.kind != crypto::NodeKind::agency || record.agency != record.node ||
            record.holders != std::vector<Holder>{only}) {
          return tl::unexpected(Errc::untrusted);
        }
        if (auto first = prepared->check_first(txn); !first) return first;
        prepared->put(txn);
        return {};
      },
      entry);
}

Result<Committed> KeyGraph::add_successor(const Actor& actor,
                                          const GenerationSubmission& submission) {
  auto prepared = prepare(actor, submission);
  if (!prepared) return tl::unexpected(prepared.error());
  const GenerationRecord& record = prepared->record;
  EntryDraft entry = actor.draft(action::kNodeGeneration);
  entry.subject = record.node.text();
  entry.detail = "generation=" + std::to_string(record.generation);
  if (record.kind == crypto::NodeKind::case_file) entry.case_id = record.node;
  return committer_.commit(
      [&](ChangeTxn& txn) -> Result<void> {
        // An agency is rotated by its custodian's order (vault/rotation), never by the way.
        if (record.kind != crypto::NodeKind::case_file) return tl::unexpected(Errc::forbidden);
        const auto place = place_in(txn, actor, record.node);
        if (!place) return tl::unexpected(place.error());
        // A depositor who holds nothing may sign what the service drew in guarded memory; in a
        // sealed session she would have drawn, and kept, a secret that is not hers.
        const bool may = holds(*place) || (*place == Place::depositor && record.via == "opened");
        if (!may) return tl::unexpected(Errc::forbidden);
        if (auto next = prepared->check_successor(txn); !next) return next;
        // Nobody draws a case a new secret unless a holder's change asks for one.
        const auto before = read_node(txn, record.node, 0);
        if (!before) return tl::unexpected(before.error());
        if (!before->stale) return tl::unexpected(Errc::conflict);
        prepared->put(txn);
        return {};
      },
      entry);
}

Result<Committed> KeyGraph::add_custodian(const Actor& actor, const HolderSubmission& submission) {
  auto prepared = prepare(actor, submission);
  if (!prepared) return tl::unexpected(prepared.error());
  const HolderRecord& record = prepared->record;
  EntryDraft entry = actor.draft(action::kNodeHolder);
  entry.subject = record.holder.id.text();
  entry.detail = "node=" + record.node.text();
  return committer_.commit(
      [&](ChangeTxn& txn) -> Result<void> {
        if (auto may = check_custodian(txn, actor, record.node); !may) return may;
        if (record.holder.kind != HolderKind::access_key) return tl::unexpected(Errc::untrusted);
        const auto key = read_access_key(txn, record.holder.id);
        if (!key) return tl::unexpected(key.error());
        if (key->role != "KUSTODIAN" || key->agency != actor.agency) {
          return tl::unexpected(Errc::untrusted);
        }
        if (auto fits = prepared->check(txn); !fits) return fits;
        prepared->put(txn);
        return {};
      },
      entry);
}

Result<Committed> KeyGraph::add_previous(const Actor& actor, const Id& node,
                                         std::uint64_t generation, ByteView sealed) {
  const auto row = wrap_lockbox(node, node, generation, sealed, crypto::age::Kind::previous);
  if (!row) return tl::unexpected(row.error());
  EntryDraft entry = actor.draft(action::kNodePrevious);
  entry.subject = node.text();
  entry.case_id = node;
  entry.detail = "generation=" + std::to_string(generation);
  return committer_.commit(
      [&](ChangeTxn& txn) -> Result<void> {
        const auto place = place_in(txn, actor, node);
        if (!place) return tl::unexpected(place.error());
        if (!holds(*place)) return tl::unexpected(Errc::forbidden);
        const auto latest = latest_generation(txn, node);
        if (!latest) return tl::unexpected(latest.error());
        const auto there = txn.get(row->first);
        if (!there) return tl::unexpected(there.error());
        if (*there || generation == 0 || generation >= *latest) {
          return tl::unexpected(Errc::conflict);
        }
        txn.put(row->first, row->second);
        return {};
      },
      entry);
}

}  // namespace vault
