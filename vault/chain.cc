#include "vault/chain.h"

#include <algorithm>

#include "vault/chain_walk.h"
#include "vault/keys.h"

namespace vault {
namespace {

using crypto::AccessKeyRecord;
using crypto::AgencyRecord;
using crypto::FoundingRecord;
using crypto::GenerationRecord;
using crypto::Holder;
using crypto::HolderKind;
using crypto::HolderRecord;
using crypto::Statement;

// Administrators who were registered by administrators, and so on. A forged store could make that
// endless; an office does not come near it.
constexpr int kMaxDepth = 64;

// The access keys that a statement is about: its own, its agency's first, or the founders'.
std::vector<AccessKeyRecord> keys_in(const Statement& statement) {
  if (const auto own = crypto::record_of<AccessKeyRecord>(statement)) return {*own};
  if (const auto agency = crypto::record_of<AgencyRecord>(statement)) return {agency->custodian};
  const auto founding = crypto::record_of<FoundingRecord>(statement);
  return founding ? founding->administrators : std::vector<AccessKeyRecord>{};
}

}  // namespace

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
  set_judged(row->name);
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
  set_judged(row->name);
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
  set_judged(row->name);
  return std::move(row->read);
}

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
