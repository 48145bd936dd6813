#include "vault/directory.h"

#include <algorithm>

#include "crypto/enrolment.h"
#include "crypto/hash.h"
#include "vault/actions.h"
#include "vault/chain.h"
#include "vault/keys.h"
#include "vault/new_id.h"
#include "vault/reading.h"
#include "vault/records.h"

namespace vault {
namespace {

using crypto::AccessKeyRecord;
using crypto::AgencyRecord;
using crypto::FoundingRecord;
using crypto::Statement;

void put_key(ChangeTxn& txn, const AccessKeyRecord& record, const Bytes& statement) {
  txn.put(Key(Kind::access_key).id(record.key), statement);
  txn.put(Key(Kind::by_recipient).bytes(record.recipient.key), record.key.bytes);
  if (!record.agency.is_nil()) {
    txn.put(Key(Kind::agency_key).id(record.agency).id(record.key), {});
  }
}

// No id and no public key stands for two people.
Result<void> check_unused(const ReadTxn& txn, const AccessKeyRecord& record) {
  if (auto unused = check_new_id(txn, record.key); !unused) return unused;
  const auto by_key = txn.get(Key(Kind::by_recipient).bytes(record.recipient.key));
  if (!by_key) return tl::unexpected(by_key.error());
  if (*by_key) return tl::unexpected(Errc::conflict);
  return {};
}

// The person's own signed word that these keys are hers, and of the same person's digest.
Result<void> check_enrolment(const AccessKeyRecord& record, const std::string& note) {
  const auto enrolment = crypto::Enrolment::open(note);
  if (!enrolment) return tl::unexpected(Errc::untrusted);
  if (enrolment->key != record.key || enrolment->recipient != record.recipient ||
      enrolment->signing != record.signing || enrolment->person != record.person ||
      enrolment->digest != record.enrolment) {
    return tl::unexpected(Errc::untrusted);
  }
  return {};
}

// Whether this release knows the codes of what is to be registered.
Result<Registration> known_registration(const Statement& statement, const Policy& policy) {
  auto wanted = registration_of(statement);
  if (!wanted) return wanted;
  const bool known = wanted->agency ? policy.agency(wanted->agency->code) != nullptr
                                    : policy.serves_role(wanted->key.role);
  if (!known) return tl::unexpected(Errc::invalid);
  return wanted;
}

Result<void> check_registration(const ReadTxn& txn, const Registration& wanted) {
  if (auto unused = check_unused(txn, wanted.key); !unused) return unused;
  if (wanted.agency) {
    if (auto unused = check_new_id(txn, wanted.agency->agency); !unused) return unused;
    if (wanted.agency->agency == wanted.key.key) return tl::unexpected(Errc::conflict);
    const auto agencies = read_agencies(txn);
    if (!agencies) return tl::unexpected(agencies.error());
    const bool known = std::any_of(agencies->begin(), agencies->end(), [&](const auto& one) {
      return one.code == wanted.agency->code && one.name == wanted.agency->name;
    });
    if (known) return tl::unexpected(Errc::conflict);
    return {};
  }
  if (wanted.key.agency.is_nil()) return {};
  const auto agency = read_agency(txn, wanted.key.agency);
  if (!agency) return tl::unexpected(agency.error());
  return {};
}

}  // namespace

Result<FoundingRecord> read_founding(const ReadTxn& txn) {
  return signed_founding(txn).map([](auto&& one) { return std::move(one.record); });
}

Result<AgencyRecord> read_agency(const ReadTxn& txn, const Id& agency) {
  return signed_agency(txn, agency).map([](auto&& one) { return std::move(one.record); });
}

Result<AccessKeyRecord> read_access_key(const ReadTxn& txn, const Id& key) {
  return signed_access_key(txn, key).map([](auto&& one) { return std::move(one.record); });
}

Result<std::vector<AgencyRecord>> read_agencies(const ReadTxn& txn) {
  std::vector<AgencyRecord> agencies;
  Result<void> read;
  const Key all(Kind::agency);
  const auto scanned = txn.scan(all, all.end(), [&](ByteView key, ByteView) {
    const auto id = Id::from(key.subspan(1));
    auto agency = id ? read_agency(txn, *id) : tl::unexpected(Errc::corrupt);
    if (agency) {
      agencies.push_back(std::move(*agency));
    } else {
      read = tl::unexpected(agency.error());
    }
    return read.has_value();
  });
  if (!scanned) return tl::unexpected(scanned.error());
  if (!read) return tl::unexpected(read.error());
  return agencies;
}

Result<Committed> Directory::found(const Statement& founding) {
  const auto record = crypto::record_of<FoundingRecord>(founding);
  if (!record || record->quorum == 0 || record->quorum > record->administrators.size()) {
    return tl::unexpected(Errc::invalid);
  }
  EntryDraft entry;
  entry.action = action::kFounding;
  entry.subject = record->vault.text();
  entry.via = "cli";
  entry.detail =
      record->quorum == 1 ? "trial quorum=1" : "quorum=" + std::to_string(record->quorum);
  return committer_.commit(
      [&](ChangeTxn& txn) -> Result<void> {
        const auto taken = txn.get(Key(Kind::founding));
        if (!taken) return tl::unexpected(taken.error());
        if (*taken) return tl::unexpected(Errc::conflict);
        const Bytes stored = encode(StatementRecord{founding.encode(), txn.index(), txn.time()});
        txn.put(Key(Kind::founding), stored);
        for (const auto& one : record->administrators) put_key(txn, one, stored);
        return {};
      },
      entry);
}

Result<FoundingRecord> Directory::founding() const {
  return reading(meta_, [](const ReadTxn& txn) { return read_founding(txn); });
}

Result<AgencyRecord> Directory::agency(const Id& agency) const {
  return reading(meta_, [&](const ReadTxn& txn) { return read_agency(txn, agency); });
}

Result<std::vector<AgencyRecord>> Directory::agencies() const {
  return reading(meta_, [](const ReadTxn& txn) { return read_agencies(txn); });
}

Result<AccessKeyRecord> Directory::access_key(const Id& key) const {
  return reading(meta_, [&](const ReadTxn& txn) { return read_access_key(txn, key); });
}

Result<std::string> Directory::access_key_note(const Id& key) const {
  return reading(meta_, [&](const ReadTxn& txn) -> Result<std::string> {
    auto stored = signed_access_key(txn, key);
    if (!stored) return tl::unexpected(stored.error());
    return std::move(stored->note);
  });
}

Result<AccessKeyRecord> Directory::access_key_of(const crypto::Recipient& recipient) const {
  return reading(meta_, [&](const ReadTxn& txn) -> Result<AccessKeyRecord> {
    const auto id = txn.get(Key(Kind::by_recipient).bytes(recipient.key));
    if (!id) return tl::unexpected(id.error());
    if (!*id) return tl::unexpected(Errc::not_found);
    const auto key = Id::from(**id);
    if (!key) return tl::unexpected(Errc::corrupt);
    auto record = read_access_key(txn, *key);
    if (record && record->recipient != recipient) return tl::unexpected(Errc::corrupt);
    return record;
  });
}

Result<std::vector<AccessKeyRecord>> Directory::keys_of(const Id& agency) const {
  return reading(meta_, [&](const ReadTxn& txn) -> Result<std::vector<AccessKeyRecord>> {
    std::vector<Id> ids;
    const Key range = Key(Kind::agency_key).id(agency);
    const auto scanned = txn.scan(range, range.end(), [&](ByteView key, ByteView) {
      if (const auto id = Id::from(key.last(16))) ids.push_back(*id);
      return true;
    });
    if (!scanned) return tl::unexpected(scanned.error());
    std::vector<AccessKeyRecord> keys;
    for (const Id& id : ids) {
      auto key = read_access_key(txn, id);
      if (!key) return tl::unexpected(key.error());
      if (key->agency != agency) return tl::unexpected(Errc::corrupt);
      keys.push_back(std::move(*key));
    }
    return keys;
  });
}

Result<Registered> Directory::add_agency(const Actor& actor, const Statement& statement,
                                         const std::string& custodian_enrolment) {
  const auto agency = crypto::record_of<AgencyRecord>(statement);
  if (!agency) return tl::unexpected(Errc::invalid);
  if (auto fits = check_enrolment(agency->custodian, custodian_enrolment); !fits) {
    return tl::unexpected(fits.error());
  }
  return register_statement(actor, statement, Id{});
}

Result<Registered> Directory::add_access_key(const Actor& actor, const Statement& statement,
                                             const std::string& enrolment) {
  const auto key = crypto::record_of<AccessKeyRecord>(statement);
  if (!key) return tl::unexpected(Errc::invalid);
  if (auto fits = check_enrolment(*key, enrolment); !fits) return tl::unexpected(fits.error());
  return register_statement(actor, statement, Id{});
}

Result<Registered> Directory::sign(const Actor& actor, const Id& order,
                                   const Statement& statement) {
  return register_statement(actor, statement, order);
}

Result<Registered> Directory::register_statement(const Actor& actor, const Statement& statement,
                                                 const Id& waiting) {
  const auto wanted = known_registration(statement, policy_);
  if (!wanted) return tl::unexpected(wanted.error());

  // Whether it is complete is known before the commit, since it decides which action is logged; the
  // founding set and the keys of administrators only grow, so it cannot become untrue until then.
  std::vector<Id> signers;
  std::uint64_t quorum = 1;
  const auto looked = meta_.read([&](const ReadTxn& txn) -> Result<void> {
    auto under = administrators_under(txn, statement);
    if (!under) return tl::unexpected(under.error());
    signers = std::move(*under);
    const auto founding = read_founding(txn);
    if (!founding) return tl::unexpected(founding.error());
    if (wanted->by_quorum) quorum = founding->quorum;
    return {};
  });
  if (!looked) return tl::unexpected(looked.error());
  // What is entered in somebody's name was signed by her.
  if (std::find(signers.begin(), signers.end(), actor.key) == signers.end()) {
    return tl::unexpected(Errc::untrusted);
  }

  const bool complete = signers.size() >= quorum;
  const Id order = waiting.is_nil() && !complete ? Id::make(system_now()) : waiting;
  EntryDraft entry = actor.draft(!complete        ? action::kOrderCreate
                                 : wanted->agency ? action::kAgencyAdd
                                                  : action::kKeyEnrol);
  if (!complete && !waiting.is_nil()) entry.action = action::kOrderSign;
  entry.subject = wanted->id().text();

  const auto committed = committer_.commit(
      [&](ChangeTxn& txn) -> Result<void> {
        OrderCaseRecord open{order, "approve", Id{}, statement.encode(), {}, txn.time()};
        open.state = static_cast<std::uint64_t>(OrderState::open);
        if (!waiting.is_nil()) {
          auto stored = require<OrderCaseRecord>(txn, Key(Kind::order).id(waiting));
          if (!stored) return tl::unexpected(stored.error());
          const auto before = Statement::parse(stored->note);
          if (!before) return tl::unexpected(Errc::corrupt);
          if (stored->kind != "approve" || before->digest() != statement.digest()) {
            return tl::unexpected(Errc::invalid);
          }
          if (stored->state != open.state) return tl::unexpected(Errc::conflict);
        }
        if (auto fits = check_registration(txn, *wanted); !fits) return fits;

        if (complete) {
          const Bytes stored = encode(StatementRecord{statement.encode(), txn.index(), txn.time()});
          if (wanted->agency) txn.put(Key(Kind::agency).id(wanted->agency->agency), stored);
          put_key(txn, wanted->key, stored);
          if (waiting.is_nil()) return {};
          open.state = static_cast<std::uint64_t>(OrderState::done);
          txn.erase(Key(Kind::open_order).id(Id{}).id(order));
        } else {
          txn.put(Key(Kind::open_order).id(Id{}).id(order), {});
        }
        txn.put(Key(Kind::order).id(order), encode(open));
        return {};
      },
      entry);
  if (!committed) return tl::unexpected(committed.error());
  return Registered{wanted->id(), complete ? Id{} : order, committed->index};
}

}  // namespace vault
