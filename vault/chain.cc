#include "vault/chain.h"

#include <algorithm>
#include <cstring>
#include <mutex>
#include <shared_mutex>
#include <unordered_set>

#include "crypto/hash.h"
#include "vault/keys.h"
#include "vault/policy.h"
#include "vault/records.h"

namespace vault {
namespace {

using crypto::AccessKeyRecord;
using crypto::AgencyRecord;
using crypto::FoundingRecord;
using crypto::GenerationRecord;
using crypto::Holder;
using crypto::HolderKind;
using crypto::HolderRecord;
using crypto::NodeKind;
using crypto::Statement;

// Administrators who were registered by administrators, and so on. A forged store could make that
// endless; an office does not come near it.
constexpr int kMaxDepth = 64;

tl::unexpected<Errc> broken() { return tl::unexpected(Errc::corrupt); }
// A signer or node that a record names and that is not there breaks its chain.
tl::unexpected<Errc> broken(Errc error) {
  return tl::unexpected(error == Errc::not_found || error == Errc::untrusted ? Errc::corrupt
                                                                             : error);
}

// The rows that were judged and hold, each by a digest of what it says and where. It has no more of
// them than the store had.
class Judged {
 public:
  bool holds(const Digest& row) const {
    const std::shared_lock lock(mutex_);
    return rows_.contains(row);
  }
  void add(const Digest& row) {
    const std::unique_lock lock(mutex_);
    rows_.insert(row);
  }

 private:
  struct Hash {
    std::size_t operator()(const Digest& digest) const noexcept {
      std::size_t hash = 0;
      std::memcpy(&hash, digest.data(), sizeof(hash));
      return hash;
    }
  };
  mutable std::shared_mutex mutex_;
  std::unordered_set<Digest, Hash> rows_;
};

Judged& judged() {
  static Judged rows;
  return rows;
}

// One row, under one founding set: what held in one vault says nothing in another.
Result<Digest> name_of(const ReadTxn& txn, ByteView key, ByteView value) {
  const auto founding = txn.get(Key(Kind::founding));
  if (!founding) return tl::unexpected(founding.error());
  if (!*founding) return broken();
  Bytes said = crypto::to_bytes(crypto::sha256(**founding));
  crypto::append(said, key);
  crypto::append(said, value);
  return crypto::sha256(said);
}

// The access keys that a statement is about: its own, its agency's first, or the founders'.
std::vector<AccessKeyRecord> keys_in(const Statement& statement) {
  if (const auto own = crypto::record_of<AccessKeyRecord>(statement)) return {*own};
  if (const auto agency = crypto::record_of<AgencyRecord>(statement)) return {agency->custodian};
  const auto founding = crypto::record_of<FoundingRecord>(statement);
  return founding ? founding->administrators : std::vector<AccessKeyRecord>{};
}

template <typename Record>
struct Row {
  Signed<Record> read;
  Digest name{};
  bool holds() const { return judged().holds(name); }
};

// A row as it stands, not yet judged. `pick` takes the record out of the statement.
template <typename Record, typename Pick>
Result<Row<Record>> read_row(const ReadTxn& txn, ByteView key, ByteView value, const Pick& pick) {
  auto stored = decode<StatementRecord>(value);
  if (!stored) return tl::unexpected(stored.error());
  auto statement = Statement::parse(stored->note);
  if (!statement) return broken();
  auto record = pick(*statement);
  if (!record) return broken();
  const auto name = name_of(txn, key, value);
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
  return [own, id](const Statement& statement) -> std::optional<Record> {
    auto record = crypto::record_of<Record>(statement);
    if (!record || (*record).*own != id) return std::nullopt;
    return std::move(*record);
  };
}

class Chain {
 public:
  explicit Chain(const ReadTxn& txn, int depth = 0) : txn_(txn), depth_(depth) {}

  Result<Signed<FoundingRecord>> founding() const;
  Result<Signed<AgencyRecord>> agency(const Id& id) const;
  Result<Signed<AccessKeyRecord>> access_key(const Id& id) const;
  Result<Signed<GenerationRecord>> generation(const Id& node, std::uint64_t number) const;
  Result<std::vector<Signed<HolderRecord>>> holders(const Signed<GenerationRecord>& of) const;
  Result<std::vector<Id>> administrators(const Statement& statement, std::uint64_t before) const;

 private:
  Result<Row<GenerationRecord>> generation_row(const Id& node, std::uint64_t number) const;
  Result<void> judge_registration(const Statement& statement, std::uint64_t entry) const;
  Result<void> judge_first(const Signed<GenerationRecord>& one,
                           const AccessKeyRecord& signer) const;
  Result<void> judge_successor(const Signed<GenerationRecord>& one, const AccessKeyRecord& signer,
                               const Signed<GenerationRecord>& before) const;
  Result<void> judge_added(const Signed<HolderRecord>& one, const Signed<GenerationRecord>& to,
                           const std::vector<Holder>& held) const;
  Result<void> judge_holder(const Holder& holder, std::uint64_t before) const;
  Result<std::vector<Holder>> held_before(const Signed<GenerationRecord>& of,
                                          std::uint64_t entry) const;
  Result<bool> reaches(const AccessKeyRecord& signer, const std::vector<Holder>& holders,
                       std::uint64_t before) const;
  template <typename Record>
  Result<AccessKeyRecord> signer_of(const Signed<Record>& one) const;

  const ReadTxn& txn_;
  int depth_;
};

// Those who deposit and read nothing back sign what the service drew for them.
bool deposits_for(const AccessKeyRecord& signer, const std::vector<Holder>& holders) {
  if (signer.agency.is_nil() || Policy::standard().grants(signer.role, "read_content"))
    return false;
  return names(holders, HolderKind::node, signer.agency);
}

Result<Signed<FoundingRecord>> Chain::founding() const {
  auto row = get_row<FoundingRecord>(txn_, Key(Kind::founding), [](const Statement& statement) {
    return crypto::record_of<FoundingRecord>(statement);
  });
  if (!row) return tl::unexpected(row.error());
  if (row->holds()) return std::move(row->read);
  const FoundingRecord& record = row->read.record;
  const auto log = crypto::NoteVerifier::parse(record.log_verifier);
  if (!log || !row->read.statement.verify(record.vault, log->key) || record.quorum == 0 ||
      record.quorum > record.administrators.size()) {
    return broken();
  }
  judged().add(row->name);
  return std::move(row->read);
}

Result<std::vector<Id>> Chain::administrators(const Statement& statement,
                                              std::uint64_t before) const {
  std::vector<Id> found;
  for (const Id& signer : statement.signers()) {
    // Who came later was nobody then; and so nobody is registered on her own word.
    const auto stored = load<StatementRecord>(txn_, Key(Kind::access_key).id(signer));
    if (!stored) return tl::unexpected(stored.error());
    if (!*stored || (*stored)->entry >= before) continue;
    const auto key = Chain(txn_, depth_ + 1).access_key(signer);
    if (!key) return tl::unexpected(key.error());
    if (key->record.role != "ADMIN") continue;
    if (!statement.verify(signer, key->record.signing)) return tl::unexpected(Errc::untrusted);
    found.push_back(signer);
  }
  return found;
}

Result<void> Chain::judge_registration(const Statement& statement, std::uint64_t entry) const {
  if (depth_ > kMaxDepth) return broken();
  const auto wanted = registration_of(statement);
  if (!wanted) return broken();
  const auto founders = founding();
  if (!founders) return broken(founders.error());
  const auto signers = administrators(statement, entry);
  if (!signers) return broken(signers.error());
  if (signers->size() < (wanted->by_quorum ? founders->record.quorum : 1)) return broken();
  return {};
}

Result<Signed<AgencyRecord>> Chain::agency(const Id& id) const {
  auto row =
      get_row<AgencyRecord>(txn_, Key(Kind::agency).id(id), picking(&AgencyRecord::agency, id));
  if (!row) return tl::unexpected(row.error());
  if (row->holds()) return std::move(row->read);
  const auto judgement = judge_registration(row->read.statement, row->read.entry);
  if (!judgement) return tl::unexpected(judgement.error());
  judged().add(row->name);
  return std::move(row->read);
}

// A statement under another's key would lend that one a role, or a public key to seal to.
Result<Signed<AccessKeyRecord>> Chain::access_key(const Id& id) const {
  const auto hers = [&](const Statement& statement) -> std::optional<AccessKeyRecord> {
    for (auto& one : keys_in(statement)) {
      if (one.key == id) return std::move(one);
    }
    return std::nullopt;
  };
  auto row = get_row<AccessKeyRecord>(txn_, Key(Kind::access_key).id(id), hers);
  if (!row) return tl::unexpected(row.error());
  if (row->holds()) return std::move(row->read);
  if (row->read.statement.type() == FoundingRecord::kType) {
    const auto founders = founding();
    if (!founders) return broken(founders.error());
    if (founders->statement.digest() != row->read.statement.digest()) return broken();
  } else {
    const auto judgement = judge_registration(row->read.statement, row->read.entry);
    if (!judgement) return tl::unexpected(judgement.error());
  }
  judged().add(row->name);
  return std::move(row->read);
}

// The one whose record it is by its own word, and whose signature stands under it.
template <typename Record>
Result<AccessKeyRecord> Chain::signer_of(const Signed<Record>& one) const {
  auto signer = access_key(one.record.signer);
  if (!signer) return broken(signer.error());
  if (signer->entry >= one.entry ||
      !one.statement.verify(one.record.signer, signer->record.signing)) {
    return broken();
  }
  return std::move(signer->record);
}

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
    judged().add(one->name);
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
      judged().add(row->name);
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

}  // namespace

bool names(const std::vector<Holder>& holders, HolderKind kind, const Id& id) {
  return std::any_of(holders.begin(), holders.end(),
                     [&](const Holder& one) { return one.kind == kind && one.id == id; });
}

Result<Registration> registration_of(const Statement& statement) {
  Registration wanted;
  if (auto agency = crypto::record_of<AgencyRecord>(statement)) {
    wanted.key = agency->custodian;
    if (wanted.key.role != "KUSTODIAN" || wanted.key.agency != agency->agency) {
      return tl::unexpected(Errc::invalid);
    }
    wanted.agency = std::move(*agency);
    return wanted;
  }
  auto key = crypto::record_of<AccessKeyRecord>(statement);
  if (!key) return tl::unexpected(Errc::invalid);
  wanted.key = std::move(*key);
  // Those who watch and those who register stand outside the agencies that handle cases.
  const bool outside = wanted.key.role == "ADMIN" || wanted.key.role == "AUDITOR";
  if (outside != wanted.key.agency.is_nil()) return tl::unexpected(Errc::invalid);
  wanted.by_quorum = outside;
  return wanted;
}

Result<std::vector<Id>> administrators_under(const ReadTxn& txn, const Statement& statement,
                                             std::uint64_t before) {
  return Chain(txn).administrators(statement, before);
}

Result<Signed<FoundingRecord>> signed_founding(const ReadTxn& txn) { return Chain(txn).founding(); }
Result<Signed<AgencyRecord>> signed_agency(const ReadTxn& txn, const Id& agency) {
  return Chain(txn).agency(agency);
}
Result<Signed<AccessKeyRecord>> signed_access_key(const ReadTxn& txn, const Id& key) {
  return Chain(txn).access_key(key);
}
Result<Signed<GenerationRecord>> signed_generation(const ReadTxn& txn, const Id& node,
                                                   std::uint64_t generation) {
  return Chain(txn).generation(node, generation);
}
Result<std::vector<Signed<HolderRecord>>> signed_holders(
    const ReadTxn& txn, const Signed<GenerationRecord>& generation) {
  return Chain(txn).holders(generation);
}

}  // namespace vault
