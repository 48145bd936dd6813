#include "vault/rotations.h"

#include <algorithm>
#include <set>

#include "vault/access.h"
#include "vault/actions.h"
#include "vault/keys.h"
#include "vault/reading.h"

namespace vault {
namespace {

using crypto::Statement;

constexpr auto kOpen = static_cast<std::uint64_t>(OrderState::open);
constexpr auto kDone = static_cast<std::uint64_t>(OrderState::done);

std::vector<Id> ids_in(const ReadTxn& txn, const Key& range, const Id& after, std::size_t limit,
                       Result<void>& scanned) {
  std::vector<Id> ids;
  Key first = range;
  first.id(after);
  scanned = txn.scan(first, range.end(), [&](ByteView key, ByteView) {
    if (const auto id = Id::from(key.last(16)); id && *id != after) ids.push_back(*id);
    return ids.size() < limit;
  });
  return ids;
}

// Whether the agency holds the node by an earlier generation than the rotation's.
bool is_left(const NodeState& state, const RotationCaseRecord& rotation) {
  return std::any_of(state.holders.begin(), state.holders.end(), [&](const Holder& holder) {
    return holder.id == rotation.node && holder.generation < rotation.to;
  });
}

// The cases behind `after` that the agency owns or has accepted, and holds by an earlier generation
// than its latest. What is merely offered to it is not its to see, nor to renew.
Result<std::vector<NodeState>> cases_left(const ReadTxn& txn, const RotationCaseRecord& rotation,
                                          Id after, std::size_t limit) {
  constexpr std::size_t kPage = 256;
  std::vector<NodeState> left;
  const Key range = Key(Kind::agency_case).id(rotation.node);
  while (left.size() < limit) {
    Result<void> scanned;
    const auto ids = ids_in(txn, range, after, kPage, scanned);
    if (!scanned) return tl::unexpected(scanned.error());
    for (const Id& id : ids) {
      auto state = read_node(txn, id, 0);
      if (!state) return tl::unexpected(state.error());
      if (is_left(*state, rotation)) left.push_back(std::move(*state));
      if (left.size() == limit) break;
    }
    if (ids.size() < kPage) break;
    after = ids.back();
  }
  return left;
}

// Versions of one document that were sealed under an earlier generation than the case's present
// one.
Result<std::uint64_t> versions_below(const ReadTxn& txn, const Id& document,
                                     std::uint64_t generation) {
  const auto record = require<DocumentRecord>(txn, Key(Kind::document).id(document), Errc::corrupt);
  if (!record) return tl::unexpected(record.error());
  std::uint64_t below = 0;
  for (std::uint64_t number = 1; number <= record->versions; ++number) {
    const Key key = Key(Kind::version).id(document).u64(number);
    const auto version = require<VersionRecord>(txn, key, Errc::corrupt);
    if (!version) return tl::unexpected(version.error());
    if (version->generation < generation) ++below;
  }
  return below;
}

// Documents of the agency's cases whose bytes are still sealed under generations that the old key
// opens.
Result<std::uint64_t> documents_below(const ReadTxn& txn, const Id& node) {
  std::uint64_t documents = 0;
  Result<void> scanned;
  for (const Id& id : ids_in(txn, Key(Kind::agency_case).id(node), Id{}, SIZE_MAX, scanned)) {
    const auto generation = latest_generation(txn, id);
    if (!generation) return tl::unexpected(generation.error());
    const Key range = Key(Kind::case_document).id(id);
    Result<void> listed;
    for (const Id& document : ids_in(txn, range, Id{}, SIZE_MAX, listed)) {
      const auto below = versions_below(txn, document, *generation);
      if (!below) return tl::unexpected(below.error());
      documents += *below;
    }
    if (!listed) return tl::unexpected(listed.error());
  }
  if (!scanned) return tl::unexpected(scanned.error());
  return documents;
}

// The one open rotation order of a node, if there is one.
Result<std::optional<OrderCaseRecord>> open_order_of(const ReadTxn& txn, const Id& node) {
  Result<void> scanned;
  const auto ids = ids_in(txn, Key(Kind::open_order).id(node), Id{}, 1, scanned);
  if (!scanned) return tl::unexpected(scanned.error());
  if (ids.empty()) return std::optional<OrderCaseRecord>{};
  auto order = require<OrderCaseRecord>(txn, Key(Kind::order).id(ids[0]), Errc::corrupt);
  if (!order) return tl::unexpected(order.error());
  return std::optional(std::move(*order));
}

}  // namespace

Result<Id> Rotations::order(const Actor& actor, const Id& node, const std::string& note) {
  const auto statement = Statement::parse(note);
  if (!statement) return tl::unexpected(Errc::invalid);
  const auto record = crypto::record_of<crypto::OrderRecord>(*statement);
  if (!record || record->node != node || record->verb != "rotate" || record->order.is_nil()) {
    return tl::unexpected(Errc::invalid);
  }
  if (record->signer != actor.key || record->via != actor.via)
    return tl::unexpected(Errc::untrusted);

  EntryDraft entry = actor.draft(action::kRotationOrder);
  entry.subject = node.text();
  const auto committed = committer_.commit(
      [&](ChangeTxn& txn) -> Result<void> {
        const auto me = read_access_key(txn, actor.key);
        if (!me) return tl::unexpected(me.error());
        if (!statement->verify(actor.key, me->signing)) return tl::unexpected(Errc::untrusted);
        const auto agency = read_agency(txn, node);
        if (!agency) return tl::unexpected(agency.error());
        const auto latest = latest_generation(txn, node);
        if (!latest) return tl::unexpected(latest.error());
        if (*latest == 0) return tl::unexpected(Errc::not_found);
        const auto open = open_order_of(txn, node);
        if (!open) return tl::unexpected(open.error());
        const auto taken = txn.get(Key(Kind::order).id(record->order));
        if (!taken) return tl::unexpected(taken.error());
        if (*open || *taken) return tl::unexpected(Errc::conflict);
        txn.put(Key(Kind::order).id(record->order),
                encode(OrderCaseRecord{record->order, "rotate", node, note, kOpen, txn.time()}));
        txn.put(Key(Kind::open_order).id(node).id(record->order), {});
        return {};
      },
      entry);
  if (!committed) return tl::unexpected(committed.error());
  return record->order;
}

Result<RotationView> Rotations::start(const Actor& actor, const Id& node,
                                      const GenerationSubmission& submission) {
  auto prepared = graph_.prepare(actor, submission);
  if (!prepared) return tl::unexpected(prepared.error());
  if (prepared->record.node != node) return tl::unexpected(Errc::invalid);
  const Id id = Id::make(system_now());
  EntryDraft entry = actor.draft(action::kNodeGeneration);
  entry.subject = node.text();
  entry.detail =
      "generation=" + std::to_string(prepared->record.generation) + " rotation=" + id.text();
  const auto committed = committer_.commit(
      [&](ChangeTxn& txn) -> Result<void> {
        if (auto may = check_custodian(txn, actor, node); !may) return may;
        const auto before = read_node(txn, node, 0);
        if (!before) return tl::unexpected(before.error());
        if (auto next = prepared->check_successor(txn); !next) return next;
        auto order = open_order_of(txn, node);
        if (!order) return tl::unexpected(order.error());

        RotationCaseRecord rotation{
            id, node, {}, before->record.generation, prepared->record.generation, 0, {}, false, {}};
        if (*order) {
          rotation.order = (*order)->id;
          (*order)->state = kDone;
          txn.put(Key(Kind::order).id((*order)->id), encode(**order));
          txn.erase(Key(Kind::open_order).id(node).id((*order)->id));
        }
        txn.put(Key(Kind::rotation).id(id), encode(rotation));
        prepared->put(txn);
        return {};
      },
      entry);
  if (!committed) return tl::unexpected(committed.error());
  return get(actor, id);
}

Result<RotationView> Rotations::view_in(const ReadTxn& txn, const Actor& actor,
                                        const Id& rotation) const {
  auto record = require<RotationCaseRecord>(txn, Key(Kind::rotation).id(rotation));
  if (!record) return tl::unexpected(record.error());
  const auto custodian = is_custodian(txn, actor, record->node);
  if (!custodian) return tl::unexpected(custodian.error());
  if (!*custodian && actor.role != "ADMIN") return tl::unexpected(Errc::forbidden);
  RotationView view;
  view.record = std::move(*record);
  if (view.record.complete) return view;
  auto left = cases_left(txn, view.record, view.record.cursor, kBatch);
  // A share that was accepted meanwhile may stand before the cursor.
  if (left && left->empty()) left = cases_left(txn, view.record, Id{}, kBatch);
  if (!left) return tl::unexpected(left.error());
  view.next = std::move(*left);
  if (view.next.empty()) {
    const auto documents = documents_below(txn, view.record.node);
    if (!documents) return tl::unexpected(documents.error());
    view.documents = *documents;
  }
  return view;
}

Result<RotationView> Rotations::get(const Actor& actor, const Id& rotation) const {
  auto view = reading(meta_, [&](const ReadTxn& txn) { return view_in(txn, actor, rotation); });
  // Which cases an agency holds is for those who hold it.
  if (view && actor.role == "ADMIN") view->next.clear();
  return view;
}

Result<RotationView> Rotations::batch(const Actor& actor, const Id& rotation,
                                      const std::vector<GenerationSubmission>& submissions) {
  if (submissions.empty() || submissions.size() > kBatch) return tl::unexpected(Errc::invalid);
  std::vector<PreparedGeneration> prepared;
  std::set<Id> named;
  for (const auto& submission : submissions) {
    auto one = graph_.prepare(actor, submission);
    if (!one) return tl::unexpected(one.error());
    if (!named.insert(one->record.node).second) return tl::unexpected(Errc::invalid);
    prepared.push_back(std::move(*one));
  }
  EntryDraft entry = actor.draft(action::kRotationBatch);
  entry.subject = rotation.text();
  entry.detail = "nodes=" + std::to_string(prepared.size());
  const auto committed = committer_.commit(
      [&](ChangeTxn& txn) -> Result<void> {
        auto record = require<RotationCaseRecord>(txn, Key(Kind::rotation).id(rotation));
        if (!record) return tl::unexpected(record.error());
        if (auto may = check_custodian(txn, actor, record->node); !may) return may;
        if (record->complete) return tl::unexpected(Errc::conflict);
        for (const auto& one : prepared) {
          const auto held = txn.get(Key(Kind::agency_case).id(record->node).id(one.record.node));
          if (!held) return tl::unexpected(held.error());
          if (!*held) return tl::unexpected(Errc::forbidden);
          // Renewed already, by an earlier batch or by whoever put something in: the statement's
          // figure counts a case once.
          const auto before = read_node(txn, one.record.node, 0);
          if (!before) return tl::unexpected(before.error());
          if (!is_left(*before, *record)) return tl::unexpected(Errc::conflict);
          if (auto next = one.check_successor(txn); !next) return next;
        }
        // The cursor moves over a batch that leaves nothing behind it, so that a run reads each
        // case once.
        const auto left = cases_left(txn, *record, record->cursor, prepared.size());
        if (!left) return tl::unexpected(left.error());
        const bool in_order = std::all_of(left->begin(), left->end(), [&](const NodeState& state) {
          return std::any_of(prepared.begin(), prepared.end(),
                             [&](const auto& one) { return one.record.node == state.record.node; });
        });
        if (in_order && !left->empty()) record->cursor = left->back().record.node;
        for (const auto& one : prepared) one.put(txn);
        record->replaced += prepared.size();
        txn.put(Key(Kind::rotation).id(rotation), encode(*record));
        return {};
      },
      entry);
  if (!committed) return tl::unexpected(committed.error());
  return get(actor, rotation);
}

Result<Committed> Rotations::complete(const Actor& actor, const Id& rotation,
                                      const std::string& note) {
  const auto statement = Statement::parse(note);
  if (!statement) return tl::unexpected(Errc::invalid);
  const auto claimed = crypto::record_of<crypto::RotationRecord>(*statement);
  if (!claimed || claimed->rotation != rotation) return tl::unexpected(Errc::invalid);
  if (claimed->signer != actor.key || claimed->via != actor.via) {
    return tl::unexpected(Errc::untrusted);
  }
  EntryDraft entry = actor.draft(action::kRotationComplete);
  entry.subject = rotation.text();
  entry.detail = "generation=" + std::to_string(claimed->to) +
                 " nodes=" + std::to_string(claimed->nodes) +
                 " documents=" + std::to_string(claimed->documents);
  return committer_.commit(
      [&](ChangeTxn& txn) -> Result<void> {
        const auto me = read_access_key(txn, actor.key);
        if (!me) return tl::unexpected(me.error());
        if (!statement->verify(actor.key, me->signing)) return tl::unexpected(Errc::untrusted);
        auto view = view_in(txn, actor, rotation);
        if (!view) return tl::unexpected(view.error());
        RotationCaseRecord& record = view->record;
        if (auto may = check_custodian(txn, actor, record.node); !may) return may;
        if (record.complete) return tl::unexpected(Errc::conflict);
        if (!view->next.empty()) return tl::unexpected(Errc::stale);
        const bool true_figures = claimed->node == record.node && claimed->from == record.from &&
                                  claimed->to == record.to && claimed->nodes == record.replaced &&
                                  claimed->documents == view->documents;
        if (!true_figures) return tl::unexpected(Errc::untrusted);
        record.complete = true;
        record.statement = note;
        txn.put(Key(Kind::rotation).id(rotation), encode(record));
        return {};
      },
      entry);
}

Result<std::vector<Waiting>> Rotations::waiting(const Actor& actor) const {
  return reading(meta_, [&](const ReadTxn& txn) -> Result<std::vector<Waiting>> {
    std::vector<Waiting> waiting;
    const bool custodian = actor.role == "KUSTODIAN";
    if (!custodian && actor.role != "ADMIN") return waiting;
    const Id node = custodian ? actor.agency : Id{};
    if (custodian) {
      const auto latest = latest_generation(txn, node);
      if (!latest) return tl::unexpected(latest.error());
      const auto agency = read_agency(txn, node);
      if (!agency) return tl::unexpected(agency.error());
      if (*latest == 0 && agency->custodian.key == actor.key) {
        waiting.push_back({"first-generation", node, node, {}, 0});
      }
      // The rest is for those who could do it: which case is offered is not for others.
      const auto holder = is_custodian(txn, actor, node);
      if (!holder) return tl::unexpected(holder.error());
      if (!*holder) return waiting;
    }

    Result<void> scanned;
    for (const Id& id : ids_in(txn, Key(Kind::open_order).id(node), Id{}, 1000, scanned)) {
      const auto order = require<OrderCaseRecord>(txn, Key(Kind::order).id(id), Errc::corrupt);
      if (!order) return tl::unexpected(order.error());
      waiting.push_back({order->kind, order->id, order->node, order->note, order->created});
    }
    if (!scanned) return tl::unexpected(scanned.error());
    if (!custodian) return waiting;

    for (const Id& id : ids_in(txn, Key(Kind::agency_share).id(node), Id{}, 1000, scanned)) {
      const auto share = require<ShareCaseRecord>(txn, Key(Kind::share).id(id), Errc::corrupt);
      if (!share) return tl::unexpected(share.error());
      waiting.push_back({"share", share->id, share->case_id, {}, share->created});
    }
    if (!scanned) return tl::unexpected(scanned.error());
    return waiting;
  });
}

}  // namespace vault
