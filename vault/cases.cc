#include "vault/cases.h"

#include <algorithm>

#include "vault/actions.h"
#include "vault/case_code.h"
#include "vault/case_label.h"
#include "vault/directory.h"
#include "vault/keys.h"
#include "vault/new_id.h"
#include "vault/reading.h"

namespace vault {
namespace {

constexpr std::size_t kMaxFlags = 14;

// The case, to those who have a place in it.
Result<CaseView> visible_case(const ReadTxn& txn, const Actor& actor, const Id& case_id) {
  const auto place = place_in(txn, actor, case_id);
  if (!place) return tl::unexpected(place.error());
  if (*place == Place::none) return tl::unexpected(Errc::forbidden);
  auto record = read_case(txn, case_id);
  if (!record) return tl::unexpected(record.error());
  return CaseView{std::move(*record), *place};
}

Result<std::vector<Id>> ids_behind(const ReadTxn& txn, const Key& range, const Id& after,
                                   std::size_t limit) {
  std::vector<Id> ids;
  Key first = range;
  first.id(after);
  const auto scanned = txn.scan(first, range.end(), [&](ByteView key, ByteView) {
    const auto id = Id::from(key.last(16));
    if (id && *id != after) ids.push_back(*id);
    return ids.size() < limit;
  });
  if (!scanned) return tl::unexpected(scanned.error());
  return ids;
}

Result<std::vector<ShareCaseRecord>> shares_in(const ReadTxn& txn, const Key& range) {
  const auto ids = ids_behind(txn, range, Id{}, 1000);
  if (!ids) return tl::unexpected(ids.error());
  std::vector<ShareCaseRecord> shares;
  for (const Id& id : *ids) {
    auto share = require<ShareCaseRecord>(txn, Key(Kind::share).id(id), Errc::corrupt);
    if (!share) return tl::unexpected(share.error());
    shares.push_back(std::move(*share));
  }
  return shares;
}

void put_member(ChangeTxn& txn, const MemberRecord& member) {
  txn.put(member.place(), encode(member));
  txn.put(Key(Kind::member_case).id(member.key).id(member.case_id), {});
}

}  // namespace

Result<void> Cases::check_label(const CaseLabel& label) const {
  if (policy_.category(label.category) == nullptr || label.flags.size() > kMaxFlags) {
    return tl::unexpected(Errc::invalid);
  }
  auto flags = label.flags;
  std::sort(flags.begin(), flags.end());
  const bool twice = std::adjacent_find(flags.begin(), flags.end()) != flags.end();
  const bool known = std::all_of(flags.begin(), flags.end(), Policy::is_flag);
  if (twice || !known) return tl::unexpected(Errc::invalid);
  return {};
}

Result<CaseView> Cases::create(const Actor& actor, const CaseLabel& label, const std::string& note,
                               const GenerationSubmission& submission) {
  if (auto known = check_label(label); !known) return tl::unexpected(known.error());
  if (!is_signed_via(note, actor.via)) return tl::unexpected(Errc::untrusted);
  auto prepared = graph_.prepare(actor, submission);
  if (!prepared) return tl::unexpected(prepared.error());
  const auto& generation = prepared->record;
  const auto founding = reading(meta_, [](const ReadTxn& txn) { return read_founding(txn); });
  if (!founding) return tl::unexpected(founding.error());

  CaseRecord record{generation.node,
                    make_case_code(founding->prefix),
                    actor.agency,
                    label.category,
                    label.flags,
                    label.minor,
                    actor.key,
                    0,
                    note};
  EntryDraft entry = actor.draft(action::kCaseCreate);
  entry.case_id = record.id;
  const auto committed = committer_.commit(
      [&](ChangeTxn& txn) -> Result<void> {
        const auto agency = read_agency(txn, actor.agency);
        if (!agency) return tl::unexpected(agency.error());
        const PolicyRow* row = policy_.agency(agency->code);
        if (row == nullptr || row->at("own") != "yes") return tl::unexpected(Errc::forbidden);
        const auto node = read_node(txn, actor.agency, 0);
        if (!node)
          return tl::unexpected(node.error() == Errc::not_found ? Errc::stale : node.error());
        const auto me = read_access_key(txn, actor.key);
        if (!me) return tl::unexpected(me.error());
        if (!is_signed_so(record, *me)) return tl::unexpected(Errc::untrusted);

        const std::vector<Holder> wanted = {
            {HolderKind::node, actor.agency, node->record.generation, node->record.recipient},
            {HolderKind::access_key, actor.key, 0, me->recipient}};
        if (generation.kind != crypto::NodeKind::case_file || generation.agency != actor.agency ||
            generation.holders.size() != 2) {
          return tl::unexpected(Errc::untrusted);
        }
        for (const Holder& holder : wanted) {
          const auto& given = generation.holders;
          if (std::find(given.begin(), given.end(), holder) == given.end()) {
            return tl::unexpected(Errc::stale);
          }
        }
        // Entries of a case with the nil id would stand in no case's chain.
        if (auto unused = check_new_id(txn, record.id); !unused) return unused;
        if (auto first = prepared->check_first(txn); !first) return first;
        const auto taken = txn.get(Key(Kind::case_code).bytes(crypto::as_bytes(record.code)));
        if (!taken) return tl::unexpected(taken.error());
        if (*taken) return tl::unexpected(Errc::conflict);

        record.created = txn.time();
        txn.put(Key(Kind::case_file).id(record.id), encode(record));
        txn.put(Key(Kind::case_code).bytes(crypto::as_bytes(record.code)), record.id.bytes);
        txn.put(Key(Kind::agency_case).id(actor.agency).id(record.id), {});
        put_member(txn, {record.id, actor.key, actor.agency, actor.role, actor.key, txn.time()});
        prepared->put(txn);
        return {};
      },
      entry);
  if (!committed) return tl::unexpected(committed.error());
  return CaseView{record, Place::member};
}

Result<std::vector<CaseView>> Cases::list(const Actor& actor, const Id& after,
                                          std::size_t limit) const {
  return reading(meta_, [&](const ReadTxn& txn) -> Result<std::vector<CaseView>> {
    auto ids = ids_behind(txn, Key(Kind::member_case).id(actor.key), after, limit);
    if (!ids) return tl::unexpected(ids.error());
    const auto custodian = is_custodian(txn, actor, actor.agency);
    if (!custodian) return tl::unexpected(custodian.error());
    if (*custodian) {
      const auto held = ids_behind(txn, Key(Kind::agency_case).id(actor.agency), after, limit);
      if (!held) return tl::unexpected(held.error());
      ids->insert(ids->end(), held->begin(), held->end());
      std::sort(ids->begin(), ids->end());
      ids->erase(std::unique(ids->begin(), ids->end()), ids->end());
      ids->resize(std::min(ids->size(), limit));
    }
    std::vector<CaseView> cases;
    for (const Id& id : *ids) {
      auto view = visible_case(txn, actor, id);
      // An index that leads nowhere is damage, and no reason to say that there is no list.
      if (!view && (view.error() == Errc::forbidden || view.error() == Errc::not_found)) {
        return tl::unexpected(Errc::corrupt);
      }
      if (!view) return tl::unexpected(view.error());
      cases.push_back(std::move(*view));
    }
    return cases;
  });
}

Result<CaseView> Cases::get(const Actor& actor, const Id& case_id) const {
  return reading(meta_, [&](const ReadTxn& txn) { return visible_case(txn, actor, case_id); });
}

Result<Id> Cases::find(const Actor& actor, std::string_view code) const {
  return reading(meta_, [&](const ReadTxn& txn) -> Result<Id> {
    const auto stored = txn.get(Key(Kind::case_code).bytes(crypto::as_bytes(code)));
    if (!stored) return tl::unexpected(stored.error());
    if (!*stored) return tl::unexpected(Errc::not_found);
    const auto id = Id::from(**stored);
    if (!id) return tl::unexpected(Errc::corrupt);
    // A code that was turned to another case would have people put things into that one.
    const auto record = require<CaseRecord>(txn, Key(Kind::case_file).id(*id), Errc::corrupt);
    if (!record) return tl::unexpected(record.error());
    if (record->code != code) return tl::unexpected(Errc::corrupt);
    const auto place = place_in(txn, actor, *id);
    if (!place) return tl::unexpected(place.error());
    if (*place == Place::none) return tl::unexpected(Errc::forbidden);
    return *id;
  });
}

Result<void> Cases::check_exists(const Id& case_id) const {
  return meta_.read([&](const ReadTxn& txn) -> Result<void> {
    const auto record = require<CaseRecord>(txn, Key(Kind::case_file).id(case_id));
    if (!record) return tl::unexpected(record.error());
    return {};
  });
}

Result<std::vector<MemberRecord>> Cases::team(const Actor& actor, const Id& case_id) const {
  return reading(meta_, [&](const ReadTxn& txn) -> Result<std::vector<MemberRecord>> {
    const auto view = visible_case(txn, actor, case_id);
    if (!view) return tl::unexpected(view.error());
    const Key range = Key(Kind::member).id(case_id);
    std::vector<MemberRecord> members;
    Result<void> sound;
    const auto scanned = txn.scan(range, range.end(), [&](ByteView key, ByteView value) {
      auto member = decode_at<MemberRecord>(key, value);
      if (!member) {
        sound = tl::unexpected(member.error());
        return false;
      }
      members.push_back(std::move(*member));
      return true;
    });
    if (!scanned) return tl::unexpected(scanned.error());
    if (!sound) return tl::unexpected(sound.error());
    return members;
  });
}

Result<Committed> Cases::add_member(const Actor& actor, const Id& case_id, const Id& key,
                                    const std::optional<HolderSubmission>& holder) {
  std::optional<PreparedHolder> prepared;
  if (holder) {
    auto made = graph_.prepare(actor, *holder);
    if (!made) return tl::unexpected(made.error());
    prepared = std::move(*made);
    const auto& record = prepared->record;
    if (record.node != case_id || record.holder.id != key ||
        record.holder.kind != HolderKind::access_key) {
      return tl::unexpected(Errc::invalid);
    }
  }
  EntryDraft entry = actor.draft(action::kCaseTeam);
  entry.case_id = case_id;
  entry.subject = key.text();
  return committer_.commit(
      [&](ChangeTxn& txn) -> Result<void> {
        const auto view = visible_case(txn, actor, case_id);
        if (!view) return tl::unexpected(view.error());
        if (!holds(view->place)) return tl::unexpected(Errc::forbidden);
        const auto person = read_access_key(txn, key);
        if (!person) return tl::unexpected(person.error());
        // Each agency assigns its own people: who joins from another comes through its custodian.
        if (person->agency != actor.agency || person->role == "KUSTODIAN") {
          return tl::unexpected(Errc::forbidden);
        }
        const auto taken = txn.get(Key(Kind::member).id(case_id).id(key));
        if (!taken) return tl::unexpected(taken.error());
        if (*taken) return tl::unexpected(Errc::conflict);
        const bool reads = policy_.grants(person->role, "read_content");
        if (reads != prepared.has_value()) return tl::unexpected(Errc::invalid);
        if (prepared) {
          if (auto fits = prepared->check(txn); !fits) return fits;
          prepared->put(txn);
        }
        put_member(txn, {case_id, key, person->agency, person->role, actor.key, txn.time()});
        return {};
      },
      entry);
}

Result<std::vector<ShareCaseRecord>> Cases::shares(const Actor& actor, const Id& case_id) const {
  return reading(meta_, [&](const ReadTxn& txn) -> Result<std::vector<ShareCaseRecord>> {
    const auto view = visible_case(txn, actor, case_id);
    if (!view) return tl::unexpected(view.error());
    return shares_in(txn, Key(Kind::case_share).id(case_id));
  });
}

Result<ShareCaseRecord> Cases::share(const Actor& actor, const Id& case_id, const Id& agency,
                                     const HolderSubmission& holder) {
  auto prepared = graph_.prepare(actor, holder);
  if (!prepared) return tl::unexpected(prepared.error());
  if (prepared->record.node != case_id || prepared->record.holder.id != agency ||
      prepared->record.holder.kind != HolderKind::node) {
    return tl::unexpected(Errc::invalid);
  }
  ShareCaseRecord share{Id::make(system_now()), case_id, agency, actor.key, 0, {}, holder.note, {}};
  share.state = static_cast<std::uint64_t>(ShareState::sent);
  EntryDraft entry = actor.draft(action::kCaseShare);
  entry.case_id = case_id;
  entry.subject = agency.text();
  const auto committed = committer_.commit(
      [&](ChangeTxn& txn) -> Result<void> {
        const auto view = visible_case(txn, actor, case_id);
        if (!view) return tl::unexpected(view.error());
        // Only the owner shares: a case does not travel on from where it was shared to.
        if (view->place != Place::member || view->record.agency != actor.agency) {
          return tl::unexpected(Errc::forbidden);
        }
        const auto receiver = read_agency(txn, agency);
        if (!receiver) return tl::unexpected(receiver.error());
        const auto earlier = shares_in(txn, Key(Kind::case_share).id(case_id));
        if (!earlier) return tl::unexpected(earlier.error());
        const bool offered = std::any_of(earlier->begin(), earlier->end(),
                                         [&](const auto& one) { return one.agency == agency; });
        if (offered || agency == actor.agency) return tl::unexpected(Errc::conflict);
        if (auto fits = prepared->check(txn); !fits) return fits;

        share.created = txn.time();
        txn.put(Key(Kind::share).id(share.id), encode(share));
        txn.put(Key(Kind::case_share).id(case_id).id(share.id), {});
        txn.put(Key(Kind::agency_share).id(agency).id(share.id), {});
        prepared->put(txn);
        return {};
      },
      entry);
  if (!committed) return tl::unexpected(committed.error());
  return share;
}

Result<Committed> Cases::accept(const Actor& actor, const Id& share, const std::string& note) {
  const auto statement = crypto::Statement::parse(note);
  if (!statement) return tl::unexpected(Errc::invalid);
  const auto record = crypto::record_of<crypto::ShareRecord>(*statement);
  if (!record || record->share != share) return tl::unexpected(Errc::invalid);
  if (record->signer != actor.key || record->via != actor.via)
    return tl::unexpected(Errc::untrusted);

  EntryDraft entry = actor.draft(action::kCaseShareAccept);
  entry.case_id = record->case_id;
  entry.subject = share.text();
  return committer_.commit(
      [&](ChangeTxn& txn) -> Result<void> {
        auto stored = require<ShareCaseRecord>(txn, Key(Kind::share).id(share));
        if (!stored) return tl::unexpected(stored.error());
        if (auto may = check_custodian(txn, actor, stored->agency); !may) return may;
        if (record->case_id != stored->case_id || record->agency != stored->agency) {
          return tl::unexpected(Errc::untrusted);
        }
        const auto me = read_access_key(txn, actor.key);
        if (!me) return tl::unexpected(me.error());
        if (!statement->verify(actor.key, me->signing)) return tl::unexpected(Errc::untrusted);
        if (stored->state != static_cast<std::uint64_t>(ShareState::sent)) {
          return tl::unexpected(Errc::conflict);
        }
        stored->state = static_cast<std::uint64_t>(ShareState::accepted);
        stored->acceptance_note = note;
        txn.put(Key(Kind::share).id(share), encode(*stored));
        txn.put(Key(Kind::agency_case).id(stored->agency).id(stored->case_id), {});
        txn.erase(Key(Kind::agency_share).id(stored->agency).id(share));
        return {};
      },
      entry);
}

Result<std::vector<ShareCaseRecord>> Cases::offered(const Actor& actor) const {
  return reading(meta_, [&](const ReadTxn& txn) -> Result<std::vector<ShareCaseRecord>> {
    const auto custodian = is_custodian(txn, actor, actor.agency);
    if (!custodian) return tl::unexpected(custodian.error());
    if (!*custodian) return std::vector<ShareCaseRecord>{};
    return shares_in(txn, Key(Kind::agency_share).id(actor.agency));
  });
}

}  // namespace vault
