#include "vault/directory.h"

#include <algorithm>

#include "crypto/enrolment.h"
#include "crypto/hash.h"
#include "vault/actions.h"
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

// A stored statement as the record it carries. What was checked before it was stored and does not
// read any more was changed on the disk.
template <typename Record>
Result<Record> read_statement(const ReadTxn& txn, ByteView key) {
  const auto stored = require<StatementRecord>(txn, key);
  if (!stored) return tl::unexpected(stored.error());
  const auto statement = Statement::parse(stored->note);
  if (!statement) return tl::unexpected(Errc::corrupt);
  auto record = crypto::record_of<Record>(*statement);
  if (!record) return tl::unexpected(Errc::corrupt);
  return std::move(*record);
}

// The access keys that a statement is about: its own, its agency's first, or the founders'.
std::vector<AccessKeyRecord> keys_in(const Statement& statement) {
  if (const auto own = crypto::record_of<AccessKeyRecord>(statement)) return {*own};
  if (const auto agency = crypto::record_of<AgencyRecord>(statement)) return {agency->custodian};
  const auto founding = crypto::record_of<FoundingRecord>(statement);
  return founding ? founding->administrators : std::vector<AccessKeyRecord>{};
}

// A statement under another's key would lend that one a role, or a public key to seal to.
Result<AccessKeyRecord> find_key(const ReadTxn& txn, const Id& key) {
  const auto stored = require<StatementRecord>(txn, Key(Kind::access_key).id(key));
  if (!stored) return tl::unexpected(stored.error());
  const auto statement = Statement::parse(stored->note);
  if (!statement) return tl::unexpected(Errc::corrupt);
  for (const auto& one : keys_in(*statement)) {
    if (one.key == key) return one;
  }
  return tl::unexpected(Errc::corrupt);
}

// The administrators whose signatures stand under the statement, each once and each verified.
// A line that names an administrator and does not verify makes the whole statement untrusted.
Result<std::vector<Id>> administrators_under(const ReadTxn& txn, const Statement& statement) {
  std::vector<Id> found;
  for (const Id& signer : statement.signers()) {
    const auto key = find_key(txn, signer);
    if (!key && key.error() == Errc::not_found) continue;
    if (!key) return tl::unexpected(key.error());
    if (key->role != "ADMIN") continue;
    if (!statement.verify(signer, key->signing)) return tl::unexpected(Errc::untrusted);
    found.push_back(signer);
  }
  return found;
}

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

// What a registration adds, and how many administrators it takes.
struct Registration {
  std::optional<AgencyRecord> agency;
  AccessKeyRecord key;  // of the person, or of the agency's first custodian
  bool by_quorum = true;
  Id id() const { return agency ? agency->agency : key.key; }
};

Result<Registration> registration_of(const Statement& statement, const Policy& policy) {
  Registration wanted;
  if (auto agency = crypto::record_of<AgencyRecord>(statement)) {
    wanted.key = agency->custodian;
    if (policy.agency(agency->code) == nullptr || wanted.key.role != "KUSTODIAN" ||
        wanted.key.agency != agency->agency) {
      return tl::unexpected(Errc::invalid);
    }
    wanted.agency = std::move(*agency);
    return wanted;
  }
  auto key = crypto::record_of<AccessKeyRecord>(statement);
  if (!key || !policy.serves_role(key->role)) return tl::unexpected(Errc::invalid);
  wanted.key = std::move(*key);
  // Those who watch and those who register stand outside the agencies that handle cases.
  const bool outside = wanted.key.role == "ADMIN" || wanted.key.role == "AUDITOR";
  if (outside != wanted.key.agency.is_nil()) return tl::unexpected(Errc::invalid);
  wanted.by_quorum = outside;
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
  return read_statement<FoundingRecord>(txn, Key(Kind::founding));
}

Result<AgencyRecord> read_agency(const ReadTxn& txn, const Id& agency) {
  auto record = read_statement<AgencyRecord>(txn, Key(Kind::agency).id(agency));
  if (record && record->agency != agency) return tl::unexpected(Errc::corrupt);
  return record;
}

Result<AccessKeyRecord> read_access_key(const ReadTxn& txn, const Id& key) {
  return find_key(txn, key);
}

Result<std::vector<AgencyRecord>> read_agencies(const ReadTxn& txn) {
  std::vector<AgencyRecord> agencies;
  bool sound = true;
  const auto scanned =
      txn.scan(Key(Kind::agency), Key(Kind::agency).end(), [&](ByteView key, ByteView value) {
        const auto stored = decode<StatementRecord>(value);
        const auto statement =
            stored ? Statement::parse(stored->note) : tl::unexpected(crypto::Errc::malformed);
        const auto record = statement ? crypto::record_of<AgencyRecord>(*statement)
                                      : tl::unexpected(statement.error());
        sound = record && Id::from(key.last(16)) == record->agency;
        if (sound) agencies.push_back(*record);
        return sound;
      });
  if (!scanned) return tl::unexpected(scanned.error());
  if (!sound) return tl::unexpected(Errc::corrupt);
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
  return reading(meta_, [&](const ReadTxn& txn) { return find_key(txn, key); });
}

Result<std::string> Directory::access_key_note(const Id& key) const {
  return reading(meta_, [&](const ReadTxn& txn) -> Result<std::string> {
    const auto record = find_key(txn, key);
    if (!record) return tl::unexpected(record.error());
    auto stored = require<StatementRecord>(txn, Key(Kind::access_key).id(key));
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
    auto record = find_key(txn, *key);
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
      auto key = find_key(txn, id);
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
  const auto wanted = registration_of(statement, policy_);
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
