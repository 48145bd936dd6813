// The generations of nodes, and who holds them, as far as their signatures lead.
#include <algorithm>

#include "vault/chain_walk.h"
#include "vault/keys.h"
#include "vault/policy.h"

namespace vault {
namespace {

using crypto::AccessKeyRecord;
using crypto::GenerationRecord;
using crypto::Holder;
using crypto::HolderKind;
using crypto::HolderRecord;
using crypto::NodeKind;
using crypto::Statement;

// Those who deposit and read nothing back sign what the service drew for them.
bool deposits_for(const AccessKeyRecord& signer, const std::vector<Holder>& holders) {
  if (signer.agency.is_nil() || Policy::standard().grants(signer.role, "read_content"))
    return false;
  return names(holders, HolderKind::node, signer.agency);
}

}  // namespace

// The public key sealed to must be the one that the directory or the graph knows for this id.
Result<void> Chain::judge_holder(const Holder& holder, std::uint64_t before) const {
  if (holder.kind == HolderKind::access_key) {
    const auto key = access_key(holder.id);
    if (!key) return broken(key.error());
    if (holder.generation != 0 || key->record.recipient != holder.recipient ||
        key->entry >= before) {
      return broken();
    }
    return {};
  }
  // Agencies hold cases, and people agencies: nothing goes round in a circle.
  const auto row = generation_row(holder.id, holder.generation);
  if (!row) return broken(row.error());
  if (row->read.record.kind != NodeKind::agency) return broken();
  const auto node = generation(holder.id, holder.generation);
  if (!node) return broken(node.error());
  if (node->record.recipient != holder.recipient || node->entry >= before) return broken();
  return {};
}

Result<Row<GenerationRecord>> Chain::generation_row(const Id& node, std::uint64_t number) const {
  return get_row<GenerationRecord>(
      txn_, Key(Kind::generation).id(node).u64(number),
      [&](const Statement& statement) -> std::optional<GenerationRecord> {
        auto record = crypto::record_of<GenerationRecord>(statement);
        if (!record || record->node != node || record->generation != number) return std::nullopt;
        return std::move(*record);
      });
}

Result<Signed<GenerationRecord>> Chain::generation(const Id& node, std::uint64_t number) const {
  auto row = generation_row(node, number);
  if (!row) return tl::unexpected(row.error());
  if (row->holds()) return std::move(row->read);
  // From the first one that is known, upwards: the length of a history is no depth of calls.
  std::uint64_t next = number;
  std::optional<Signed<GenerationRecord>> before;
  while (next > 1 && !before) {
    auto older = generation_row(node, next - 1);
    if (!older) return broken(older.error());
    if (older->holds()) {
      before = std::move(older->read);
    } else {
      --next;
    }
  }
  for (; next <= number; ++next) {
    auto one = generation_row(node, next);
    if (!one) return broken(one.error());
    const auto signer = signer_of(one->read);
    if (!signer) return tl::unexpected(signer.error());
    const auto judgement =
        before ? judge_successor(one->read, *signer, *before) : judge_first(one->read, *signer);
    if (!judgement) return tl::unexpected(judgement.error());
    set_judged(one->name);
    before = std::move(one->read);
  }
  if (!before) return broken();
  return std::move(*before);
}

Result<void> Chain::judge_first(const Signed<GenerationRecord>& one,
                                const AccessKeyRecord& signer) const {
  const GenerationRecord& record = one.record;
  if (record.generation != 1 || record.previous) return broken();
  if (record.kind == NodeKind::agency) {
    const auto owner = agency(record.node);
    if (!owner) return broken(owner.error());
    const AccessKeyRecord& custodian = owner->record.custodian;
    const std::vector<Holder> only{{HolderKind::access_key, custodian.key, 0, custodian.recipient}};
    if (record.agency != record.node || custodian.key != signer.key || record.holders != only) {
      return broken();
    }
    return {};
  }
  // A case is its owner's, by one of hers, and held by these two.
  if (signer.agency.is_nil() || record.agency != signer.agency || record.holders.size() != 2) {
    return broken();
  }
  bool hers = false;
  bool owners = false;
  for (const Holder& holder : record.holders) {
    const bool person = holder.kind == HolderKind::access_key;
    (person ? hers : owners) = holder.id == (person ? signer.key : record.agency);
    if (auto fits = judge_holder(holder, one.entry); !fits) return fits;
  }
  return hers && owners ? Result<void>{} : broken();
}

Result<void> Chain::judge_successor(const Signed<GenerationRecord>& one,
                                    const AccessKeyRecord& signer,
                                    const Signed<GenerationRecord>& before) const {
  const GenerationRecord& record = one.record;
  if (record.previous != before.statement.digest() || record.kind != before.record.kind ||
      record.agency != before.record.agency || before.entry >= one.entry) {
    return broken();
  }
  const auto held = held_before(before, one.entry);
  if (!held) return tl::unexpected(held.error());
  const auto may = reaches(signer, *held, one.entry);
  if (!may) return tl::unexpected(may.error());
  const bool draws = record.kind != NodeKind::agency && deposits_for(signer, *held);
  if (!(*may || draws) || record.holders.size() != held->size()) return broken();
  // Nobody comes in by way of a new generation, and nobody is left out of it: nodes move on.
  for (const Holder& old : *held) {
    const auto now = std::find_if(record.holders.begin(), record.holders.end(),
                                  [&](const Holder& holder) { return holder.id == old.id; });
    if (now == record.holders.end() || now->kind != old.kind || now->generation < old.generation) {
      return broken();
    }
    if (auto fits = judge_holder(*now, one.entry); !fits) return fits;
  }
  return {};
}

Result<std::vector<Holder>> Chain::held_before(const Signed<GenerationRecord>& of,
                                               std::uint64_t entry) const {
  std::vector<Holder> held = of.record.holders;
  const auto added = holders(of);
  if (!added) return tl::unexpected(added.error());
  for (const auto& holder : *added) {
    if (holder.entry < entry) held.push_back(holder.record.holder);
  }
  return held;
}

// Whoever holds a node: by her own key, or because she holds the agency that does, in the
// generation named or a later one. Her role alone is one administrator's word.
Result<bool> Chain::reaches(const AccessKeyRecord& signer, const std::vector<Holder>& holders,
                            std::uint64_t before) const {
  if (names(holders, HolderKind::access_key, signer.key)) return true;
  const auto hers = std::find_if(holders.begin(), holders.end(), [&](const Holder& one) {
    return one.kind == HolderKind::node && one.id == signer.agency;
  });
  if (hers == holders.end()) return false;
  for (std::uint64_t number = hers->generation;; ++number) {
    const auto agency = generation(hers->id, number);
    if (!agency && agency.error() == Errc::not_found) return false;
    if (!agency) return tl::unexpected(agency.error());
    if (agency->entry >= before) return false;
    const auto custodians = held_before(*agency, before);
    if (!custodians) return tl::unexpected(custodians.error());
    if (names(*custodians, HolderKind::access_key, signer.key)) return true;
  }
}

Result<std::vector<Signed<HolderRecord>>> Chain::holders(const Signed<GenerationRecord>& of) const {
  const GenerationRecord& to = of.record;
  const Key range = Key(Kind::added_holder).id(to.node).u64(to.generation);
  std::vector<Row<HolderRecord>> rows;
  Result<void> read;
  const auto scanned = txn_.scan(range, range.end(), [&](ByteView key, ByteView value) {
    auto row = read_row<HolderRecord>(
        txn_, key, value, [&](const Statement& statement) -> std::optional<HolderRecord> {
          auto record = crypto::record_of<HolderRecord>(statement);
          if (!record || record->node != to.node || record->generation != to.generation ||
              Id::from(key.last(16)) != record->holder.id) {
            return std::nullopt;
          }
          return std::move(*record);
        });
    if (row) {
      rows.push_back(std::move(*row));
    } else {
      read = tl::unexpected(row.error());
    }
    return read.has_value();
  });
  if (!scanned) return tl::unexpected(scanned.error());
  if (!read) return tl::unexpected(read.error());

  // In the order in which they were entered, since one that was added may have added another.
  std::vector<const Row<HolderRecord>*> in_order;
  for (const auto& row : rows) in_order.push_back(&row);
  std::sort(in_order.begin(), in_order.end(),
            [](const auto* a, const auto* b) { return a->read.entry < b->read.entry; });
  std::vector<Holder> held = to.holders;
  for (const auto* row : in_order) {
    if (!row->holds()) {
      if (auto fits = judge_added(row->read, of, held); !fits) return tl::unexpected(fits.error());
      set_judged(row->name);
    }
    held.push_back(row->read.record.holder);
  }
  std::vector<Signed<HolderRecord>> added;
  for (auto& row : rows) added.push_back(std::move(row.read));
  return added;
}

Result<void> Chain::judge_added(const Signed<HolderRecord>& one, const Signed<GenerationRecord>& to,
                                const std::vector<Holder>& held) const {
  const auto signer = signer_of(one);
  if (!signer) return tl::unexpected(signer.error());
  const Holder& holder = one.record.holder;
  const bool twice = std::any_of(held.begin(), held.end(),
                                 [&](const Holder& other) { return other.id == holder.id; });
  if (twice || to.entry >= one.entry) return broken();
  const bool of_agency = to.record.kind == NodeKind::agency;
  const auto may = reaches(*signer, held, one.entry);
  if (!may) return tl::unexpected(may.error());
  // A holder brings in her own agency's people; another agency only where her own has the case.
  if (!*may ||
      (holder.kind == HolderKind::node && (of_agency || signer->agency != to.record.agency))) {
    return broken();
  }
  if (holder.kind == HolderKind::access_key) {
    const auto person = access_key(holder.id);
    if (!person) return broken(person.error());
    if (person->record.agency != signer->agency ||
        (person->record.role == "KUSTODIAN") != of_agency) {
      return broken();
    }
  }
  return judge_holder(holder, one.entry);
}

}  // namespace vault
