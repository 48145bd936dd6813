#include "vault/chain.h"

#include <gmock/gmock.h>

#include "crypto/encoding.h"
#include "support/memory_meta.h"
#include "support/no_blobs.h"
#include "support/people.h"
#include "vault/directory.h"
#include "vault/key_graph.h"
#include "vault/keys.h"
#include "vault/reading.h"
#include "vault/records.h"
#include "vault/verify_chain.h"

namespace vault {
namespace {

using crypto::NodeKind;
using crypto::Statement;
using support::make_person;
using support::Person;
using ::testing::Contains;
using ::testing::IsEmpty;

Holder holder_of(const Person& person) {
  return {HolderKind::access_key, person.key(), 0, person.record.recipient};
}

// An office as its registrations leave it, row by row: two founders, an agency with its custodian,
// a worker and a colleague, a case in its second generation.
class EditedStore : public ::testing::Test {
 protected:
  void SetUp() override {
    crypto::FoundingRecord founding{vault_, "KKR", 2, log_.text(), {first_.record, second_.record}};
    Statement founded = crypto::to_statement(founding);
    founded.sign(vault_, log_key_);
    put(Key(Kind::founding), founded, 0);
    for (const Person* one : {&first_, &second_}) put_key(*one, founded, 0);

    custodian_.record = custodian_.as(agency_, "KUSTODIAN");
    worker_.record = worker_.as(agency_, "MANAJER");
    colleague_.record = colleague_.as(agency_, "PENDAMPING");
    put_agency(agency_, custodian_, 1);
    enrol(worker_, 2);
    enrol(colleague_, 3);
    put_generation(agency_generation(), custodian_, 4);
    put_generation(case_generation(), worker_, 5);
    put_holder(colleague_, worker_, 6);
    put_generation(second_generation(), colleague_, 7);
    sound_ = meta_.rows();
    ASSERT_TRUE(node(case_));
    ASSERT_TRUE(node(agency_));
    ASSERT_THAT(findings(), IsEmpty());
  }

  void put(const Key& key, const Statement& statement, std::uint64_t entry) {
    meta_.set_row(key, encode(StatementRecord{statement.encode(), entry, 0}));
  }
  void put_key(const Person& person, const Statement& statement, std::uint64_t entry) {
    put(Key(Kind::access_key).id(person.key()), statement, entry);
    meta_.set_row(Key(Kind::by_recipient).bytes(person.record.recipient.key),
                  Bytes(person.key().bytes.begin(), person.key().bytes.end()));
  }
  void put_agency(const Id& agency, const Person& custodian, std::uint64_t entry) {
    const auto statement = second_.signed_by_her(first_.signed_by_her(
        crypto::to_statement(crypto::AgencyRecord{agency, "UPTDPPA", "UPTD", custodian.record})));
    put(Key(Kind::agency).id(agency), statement, entry);
    put_key(custodian, statement, entry);
  }
  void enrol(const Person& person, std::uint64_t entry) {
    put_key(person, first_.signed_by_her(crypto::to_statement(person.record)), entry);
  }
  void put_generation(crypto::GenerationRecord record, const Person& signer, std::uint64_t entry) {
    record.signer = signer.key();
    const auto statement = signer.signed_by_her(crypto::to_statement(record));
    put(Key(Kind::generation).id(record.node).u64(record.generation), statement, entry);
  }
  void put_holder(const Person& person, const Person& signer, std::uint64_t entry,
                  std::uint64_t generation = 1) {
    const crypto::HolderRecord record{case_, generation, holder_of(person), signer.key(), "sealed"};
    put(Key(Kind::added_holder).id(case_).u64(generation).id(person.key()),
        signer.signed_by_her(crypto::to_statement(record)), entry);
  }
  crypto::GenerationRecord agency_generation() const {
    crypto::GenerationRecord record;
    record.node = record.agency = agency_;
    record.recipient = agency_keys_.recipient();
    record.signing = crypto::SigningKey::generate().verify_key();
    record.holders = {holder_of(custodian_)};
    record.via = "sealed";
    return record;
  }
  crypto::GenerationRecord case_generation() const {
    auto record = agency_generation();
    record.node = case_;
    record.kind = NodeKind::case_file;
    record.recipient = crypto::Identity::generate().recipient();
    record.holders = {{HolderKind::node, agency_, 1, agency_keys_.recipient()}, holder_of(worker_)};
    return record;
  }
  crypto::GenerationRecord second_generation() {
    auto record = case_generation();
    record.generation = 2;
    record.holders.push_back(holder_of(colleague_));
    record.previous = digest_of(case_, 1);
    return record;
  }
  Digest digest_of(const Id& node, std::uint64_t generation) {
    return reading(meta_,
                   [&](const ReadTxn& txn) { return signed_generation(txn, node, generation); })
        .value()
        .statement.digest();
  }
  Result<NodeState> node(const Id& id, std::uint64_t generation = 0) {
    return reading(meta_, [&](const ReadTxn& txn) { return read_node(txn, id, generation); });
  }
  Result<crypto::AccessKeyRecord> key(const Person& person) {
    return reading(meta_, [&](const ReadTxn& txn) { return read_access_key(txn, person.key()); });
  }
  std::vector<std::string> findings() {
    std::vector<std::string> found;
    EXPECT_TRUE(meta_.read([&](const ReadTxn& txn) {
      return verify_chain(log_)(txn, blobs_, [&](Damage damage, std::string id) {
        EXPECT_EQ(damage, Damage::record_untrusted);
        found.push_back(std::move(id));
      });
    }));
    return found;
  }
  // A row like this one, signed by somebody who calls herself so.
  static Person posing_as(const Person& person) {
    Person forger = make_person();
    forger.record.key = person.key();
    return forger;
  }

  support::MemoryMeta meta_;
  support::MemoryMeta::Rows sound_;
  support::NoBlobs blobs_;
  crypto::SigningKey log_key_ = crypto::SigningKey::generate();
  Id vault_ = Id::make(1), agency_ = Id::make(2), case_ = Id::make(3);
  crypto::NoteVerifier log_{crypto::signer_name(vault_), log_key_.verify_key()};
  Person first_ = make_person("ADMIN"), second_ = make_person("ADMIN");
  Person custodian_ = make_person(), worker_ = make_person(), colleague_ = make_person();
  crypto::Identity agency_keys_ = crypto::Identity::generate();
};

// The attack: a row that names the attacker, and the next generation is sealed to her.
TEST_F(EditedStore, AHolderWhomNobodyEntitledAddedIsNotBelieved) {
  Person attacker = make_person();
  attacker.record = attacker.as(agency_, "PENDAMPING");
  put_holder(attacker, posing_as(worker_), 8, 2);
  EXPECT_EQ(node(case_).error(), Errc::corrupt);
  EXPECT_THAT(findings(), Contains(crypto::to_hex(Key(Kind::added_holder).id(case_).u64(2).raw())));
  meta_.set_rows(sound_);
  put_holder(attacker, attacker, 8, 2);
  EXPECT_EQ(node(case_).error(), Errc::corrupt);
  // By a true holder, but of keys that the directory does not know.
  meta_.set_rows(sound_);
  put_holder(attacker, worker_, 8, 2);
  EXPECT_EQ(node(case_).error(), Errc::corrupt);
  // One who is known, on the word of one who holds nothing.
  meta_.set_rows(sound_);
  enrol(attacker, 8);
  EXPECT_TRUE(node(case_));
  put_holder(attacker, attacker, 9, 2);
  EXPECT_EQ(node(case_).error(), Errc::corrupt);
  meta_.set_rows(sound_);
  enrol(attacker, 8);
  put_holder(attacker, worker_, 9, 2);
  EXPECT_TRUE(node(case_));
}

TEST_F(EditedStore, AKeyThatNoAdministratorRegisteredIsNobodys) {
  for (const std::string& role :
       {std::string("ADMIN"), std::string("AUDITOR"), std::string("MANAJER")}) {
    Person attacker = make_person();
    attacker.record = attacker.as(role == "MANAJER" ? agency_ : Id{}, role);
    const Person posing = posing_as(first_);
    for (const Person* signer :
         std::initializer_list<const Person*>{&attacker, &posing, &worker_}) {
      meta_.set_rows(sound_);
      put_key(attacker, signer->signed_by_her(crypto::to_statement(attacker.record)), 8);
      EXPECT_EQ(key(attacker).error(), Errc::corrupt) << role;
      EXPECT_THAT(findings(),
                  Contains(crypto::to_hex(Key(Kind::access_key).id(attacker.key()).raw())));
    }
    // One administrator is enough for people, and not for those who watch and register.
    meta_.set_rows(sound_);
    enrol(attacker, 8);
    EXPECT_EQ(key(attacker).has_value(), role == "MANAJER");
  }
}

TEST_F(EditedStore, AnAgencyTakesTheQuorum) {
  const Id other = Id::make(9);
  Person custodian = make_person();
  custodian.record = custodian.as(other, "KUSTODIAN");
  put_agency(other, custodian, 8);
  EXPECT_TRUE(key(custodian));
  put(Key(Kind::agency).id(other),
      first_.signed_by_her(
          crypto::to_statement(crypto::AgencyRecord{other, "UPTDPPA", "Other", custodian.record})),
      8);
  const auto agencies = reading(meta_, [](const ReadTxn& txn) { return read_agencies(txn); });
  EXPECT_EQ(agencies.error(), Errc::corrupt);
  EXPECT_THAT(findings(), Contains(crypto::to_hex(Key(Kind::agency).id(other).raw())));
}

TEST_F(EditedStore, AGenerationWhoseSignerMayNotMakeItTakesNoDeposit) {
  auto next = second_generation();
  next.generation = 3;
  next.previous = digest_of(case_, 2);
  put_generation(next, worker_, 8);
  EXPECT_TRUE(node(case_));

  Person outsider = make_person();
  outsider.record = outsider.as(agency_, "PENDAMPING");
  enrol(outsider, 8);
  const Person posing = posing_as(worker_);
  for (const Person* signer : std::initializer_list<const Person*>{&posing, &outsider, &first_}) {
    put_generation(next, *signer, 9);
    EXPECT_EQ(node(case_).error(), Errc::corrupt);
    EXPECT_THAT(findings(), Contains(crypto::to_hex(Key(Kind::generation).id(case_).u64(3).raw())));
  }
  put_generation(next, worker_, 9);
  EXPECT_TRUE(node(case_));
}

// One administrator's word makes a custodian, and no holder of her.
TEST_F(EditedStore, ACustodianToWhomNobodySealedTheAgencyMakesAndAddsNothing) {
  Person named = make_person();
  named.record = named.as(agency_, "KUSTODIAN");
  enrol(named, 8);
  auto next = second_generation();
  next.generation = 3;
  next.previous = digest_of(case_, 2);
  put_generation(next, named, 9);
  EXPECT_EQ(node(case_).error(), Errc::corrupt);
  put_generation(next, custodian_, 9);
  EXPECT_TRUE(node(case_));

  meta_.set_rows(sound_);
  enrol(named, 8);
  Person friend_of_hers = make_person();
  friend_of_hers.record = friend_of_hers.as(agency_, "PENDAMPING");
  enrol(friend_of_hers, 9);
  put_holder(friend_of_hers, named, 10, 2);
  EXPECT_EQ(node(case_).error(), Errc::corrupt);
  put_holder(friend_of_hers, custodian_, 10, 2);
  EXPECT_TRUE(node(case_));
}

TEST_F(EditedStore, ASuccessorHasTheHoldersOfTheOneBeforeIt) {
  auto next = second_generation();
  next.generation = 3;
  next.previous = digest_of(case_, 2);
  const auto refused = [&](const crypto::GenerationRecord& record) {
    meta_.set_rows(sound_);
    put_generation(record, worker_, 8);
    return node(case_).error() == Errc::corrupt;
  };
  auto fewer = next;
  fewer.holders.pop_back();
  EXPECT_TRUE(refused(fewer));
  auto more = next;
  more.holders.push_back(holder_of(first_));
  EXPECT_TRUE(refused(more));
  auto other_key = next;
  other_key.holders[1].recipient = crypto::Identity::generate().recipient();
  EXPECT_TRUE(refused(other_key));
  auto other_node = next;
  other_node.holders[0].recipient = crypto::Identity::generate().recipient();
  EXPECT_TRUE(refused(other_node));
  auto other_past = next;
  other_past.previous = digest_of(case_, 1);
  EXPECT_TRUE(refused(other_past));
  auto other_owner = next;
  other_owner.agency = Id::make(77);
  EXPECT_TRUE(refused(other_owner));
}

TEST_F(EditedStore, AnAgencyIsHeldOnTheWordOfItsCustodiansOnly) {
  auto next = agency_generation();
  next.generation = 2;
  next.previous = digest_of(agency_, 1);
  put_generation(next, worker_, 8);
  EXPECT_EQ(node(agency_).error(), Errc::corrupt);
  put_generation(next, custodian_, 8);
  EXPECT_TRUE(node(agency_));
  meta_.set_rows(sound_);
  const crypto::HolderRecord record{agency_, 1, holder_of(worker_), custodian_.key(), "sealed"};
  put(Key(Kind::added_holder).id(agency_).u64(1).id(worker_.key()),
      custodian_.signed_by_her(crypto::to_statement(record)), 8);
  EXPECT_EQ(node(agency_).error(), Errc::corrupt);
}

TEST_F(EditedStore, AFoundingSetThatTheLogsKeyDidNotSignIsNone) {
  const Person attacker = make_person("ADMIN");
  crypto::FoundingRecord founding{vault_, "KKR", 1, log_.text(), {attacker.record}};
  Statement founded = crypto::to_statement(founding);
  founded.sign(vault_, crypto::SigningKey::generate());
  put(Key(Kind::founding), founded, 0);
  put_key(attacker, founded, 0);
  const auto read = reading(meta_, [](const ReadTxn& txn) { return read_founding(txn); });
  EXPECT_EQ(read.error(), Errc::corrupt);
  EXPECT_EQ(key(attacker).error(), Errc::corrupt);
  EXPECT_EQ(key(first_).error(), Errc::corrupt);  // what held under another set was not kept

  // One that names, and is signed by, a log key of its own: for whoever knows the log's.
  const auto own = crypto::SigningKey::generate();
  founding.log_verifier = crypto::NoteVerifier{log_.name, own.verify_key()}.text();
  founded = crypto::to_statement(founding);
  founded.sign(vault_, own);
  put(Key(Kind::founding), founded, 0);
  EXPECT_THAT(findings(), Contains("20"));
}

TEST_F(EditedStore, AdministratorsWhoRegisterEachOtherAreNobody) {
  const Person one = make_person("ADMIN"), other = make_person("ADMIN");
  put_key(one, other.signed_by_her(one.signed_by_her(crypto::to_statement(one.record))), 8);
  put_key(other, one.signed_by_her(other.signed_by_her(crypto::to_statement(other.record))), 8);
  EXPECT_EQ(key(one).error(), Errc::corrupt);
  put_key(other, one.signed_by_her(other.signed_by_her(crypto::to_statement(other.record))), 9);
  EXPECT_EQ(key(other).error(), Errc::corrupt);
}

TEST_F(EditedStore, CasesThatHoldEachOtherAreCorruptAndEndNothing) {
  const Id other = Id::make(9);
  auto mine = case_generation(), theirs = case_generation();
  theirs.node = other;
  mine.holders[0] = {HolderKind::node, other, 1, theirs.recipient};
  theirs.holders[0] = {HolderKind::node, case_, 1, mine.recipient};
  put_generation(mine, worker_, 8);
  put_generation(theirs, worker_, 9);
  EXPECT_EQ(node(case_, 1).error(), Errc::corrupt);
  EXPECT_EQ(node(other).error(), Errc::corrupt);
}

// However long a history is, it is walked and not called into.
TEST_F(EditedStore, ALongHistoryIsJudgedFromItsBeginning) {
  auto next = second_generation();
  next.previous = digest_of(case_, 2);
  constexpr std::uint64_t kLast = 500;
  for (next.generation = 3; next.generation <= kLast; ++next.generation) {
    next.signer = worker_.key();
    const auto statement = worker_.signed_by_her(crypto::to_statement(next));
    put(Key(Kind::generation).id(case_).u64(next.generation), statement, 5 + next.generation);
    next.previous = statement.digest();
  }
  EXPECT_TRUE(node(case_, kLast));
}

}  // namespace
}  // namespace vault
