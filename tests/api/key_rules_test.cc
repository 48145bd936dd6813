// The rules that are in the keys (K in SECURITY.md), with the raw store in a thief's hand; and
// records that somebody moved there, which the next use refuses.
#include <gmock/gmock.h>

#include <algorithm>

#include "api/envelope.h"
#include "api/walk.h"
#include "crypto/encoding.h"
#include "support/stolen_disk.h"

namespace api {
namespace {

using support::StolenDisk;
using ::testing::AnyOf;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;
using vault::Key;
using vault::Kind;
using Ids = std::set<Id>;

class KeyRulesTest : public WalkTest {
 protected:
  Id deposit_of_type(const std::string& type, const std::string& content) {
    Desk desk(service_.handler());
    EXPECT_TRUE(desk.lend_key(worker_));
    desk.headers = {{"upload-metadata", "type " + crypto::base64(crypto::as_bytes(type))}};
    const Answer answer =
        desk.call("POST", "/v1/cases/" + case_.text() + "/documents", content, "text/plain");
    EXPECT_EQ(answer.status, 201) << answer.body;
    return Id::parse(answer.json().at("id").get<std::string>()).value();
  }
};

TEST_P(KeyRulesTest, EachKeyOpensWhatItsPlaceGivesAndNothingElse) {
  const Id first = new_document();
  const Id authors = deposit_of_type("KONSELING", "catatan");  // sealed to its author alone
  order_rotation(agency_);
  ASSERT_TRUE(run_rotation_of(custodian_, agency_).complete);
  const Id later = new_document();
  const StolenDisk disk(founded_.data());

  for (const Caller& caller : callers()) {
    SCOPED_TRACE(caller.label);
    const auto loot = disk.loot_of(caller.person->identity);
    // A share is sealed to the other agency when it is offered; that it sees nothing before it has
    // accepted is the service's rule.
    const bool holds = caller.stand == Stand::member || caller.stand == Stand::custodian ||
                       caller.stand == Stand::receiver;
    Ids documents, nodes;
    if (holds) documents = {first, later};
    if (caller.person == &worker_) documents.insert(authors);
    if (holds) nodes.insert(case_);
    const bool custodian = caller.role == "KUSTODIAN" && caller.stand != Stand::enrolled;
    if (custodian) nodes.insert(caller.agency);
    EXPECT_EQ(loot.contents, documents);
    EXPECT_EQ(loot.manifests, documents);
    EXPECT_EQ(loot.nodes, nodes);
  }
  const auto loot = disk.loot_of(founded_.first_admin.identity);
  EXPECT_THAT(loot.contents, IsEmpty());
  EXPECT_THAT(loot.nodes, IsEmpty());
}

TEST_P(KeyRulesTest, WithoutTheEraseKeysEvenAMembersKeyOpensNothing) {
  const Id document = new_document();
  StolenDisk disk(founded_.data());
  EXPECT_THAT(disk.loot_of(worker_.identity).contents, UnorderedElementsAre(document));
  disk.lose_erase_keys();
  const auto loot = disk.loot_of(worker_.identity);
  EXPECT_THAT(loot.contents, IsEmpty());
  EXPECT_THAT(loot.manifests, IsEmpty());
  EXPECT_THAT(loot.nodes, IsEmpty());
}

// The service at work over a disk that somebody was at.
class MovedRecordTest : public KeyRulesTest {
 protected:
  void SetUp() override {
    KeyRulesTest::SetUp();
    document_ = deposit_of_type("LAP-ADU", "yang dicari");
    another_ = deposit_of_type("LAP-ADU", "yang kedua.");
    Desk desk = desk_of(worker_);
    other_case_ =
        Id::parse(create_case(desk, worker_, agency_).at("id").get<std::string>()).value();
    disk_.emplace(founded_.data());
  }

  std::unique_ptr<vault::Vault> open_vault() {
    auto vault = vault::Vault::open(
        {disk_->data(), founded_.log_key(), std::uint64_t{1} << 30, founded_.clock()});
    EXPECT_TRUE(vault);
    return std::move(*vault);
  }
  // The status that she is answered with.
  int ask(const Person& person, const std::string& target) {
    const auto vault = open_vault();
    Service service(*vault, options());
    Desk desk(service.handler());
    EXPECT_TRUE(opened() ? desk.lend_key(person) : desk.answer_challenge(person));
    return desk.get(target).status;
  }
  std::string code_of(const Id& case_id) {
    return desk_of(worker_).get("/v1/cases/" + case_id.text()).json().at("code");
  }

  // What the case's manager gets for `document_`; nothing when it is refused, by the service or by
  // her own client. A refusal must say that something is damaged.
  std::optional<std::string> read() {
    const auto vault = open_vault();
    Service service(*vault, options());
    Desk desk(service.handler());
    EXPECT_TRUE(opened() ? desk.lend_key(worker_) : desk.answer_challenge(worker_));
    const std::string path = "/v1/documents/" + document_.text();
    const Answer content = desk.get(path + "/content");
    if (content.status != 200) {
      EXPECT_EQ(content.status, 500) << content.body;
      return std::nullopt;
    }
    return opened() ? content.body : open_at_home(desk, content.body, desk.get(path).json());
  }

  // What the case's manager gets.
  Answer ask(const std::string& path) {
    auto vault = vault::Vault::open(
        {disk_->data(), founded_.log_key(), std::uint64_t{1} << 30, founded_.clock()});
    EXPECT_TRUE(vault);
    Service service(**vault, options());
    Desk desk(service.handler());
    EXPECT_TRUE(opened() ? desk.lend_key(worker_) : desk.answer_challenge(worker_));
    return desk.get(path);
  }

  Answer log_in(const Person& person) {
    const auto vault = open_vault();
    Service service(*vault, options());
    Desk desk(service.handler());
    if (!opened()) {
      return desk.post("/v1/sessions", {{"recipient", person.identity.recipient().text()}});
    }
    const crypto::SecretBytes key = person.identity.text();
    return desk.post("/v1/sessions", {{"identity", key.expose_text()}});
  }

  std::optional<std::string> open_at_home(Desk& desk, const std::string& file, const json& shown) {
    DeskPort port(desk);
    KeyRing ring = ring_of(port, worker_, agency_);
    const auto version = wire::read<SealedVersion>(shown).value();
    const auto manifest = open_manifest(ring, port, version);
    if (!manifest) return refused(manifest.error());
    const auto key = open_file_key(ring, version, *manifest);
    if (!key) return refused(key.error());
    const auto header = crypto::age::parse_header(crypto::as_bytes(file)).value();
    const auto plain = crypto::age::open_payload(crypto::as_bytes(file).subspan(header.size), *key);
    if (!plain) return std::nullopt;
    return std::string(plain->expose_text());
  }
  static std::optional<std::string> refused(const Failure& failure) {
    // `damaged`: the service found it, before the client could.
    EXPECT_THAT(failure.type, AnyOf("sealed-wrong", "manifest-wrong", "damaged"));
    return std::nullopt;
  }

  crypto::Bytes header_of(const Id& document) {
    return Key(Kind::header).id(document).u64(1).id(case_).raw();
  }
  crypto::Bytes lockbox_of(const Id& holder, const Id& node) {
    return Key(Kind::lockbox).id(holder).id(node).u64(1).raw();
  }
  static crypto::Bytes payload_of(const Id& document) {
    return Key(Kind::inline_payload).id(document).u64(1).raw();
  }

  static crypto::Bytes version_of(const Id& document) {
    return Key(Kind::version).id(document).u64(1).raw();
  }

  Id document_, another_, other_case_;
  std::optional<StolenDisk> disk_;
};

TEST_P(MovedRecordTest, ACopyThatNobodyWasAtReadsAsBefore) {
  EXPECT_EQ(read(), "yang dicari");
  EXPECT_EQ(ask("/v1/cases/" + case_.text()).json().at("category"), "KTP-FIS");
}

TEST_P(MovedRecordTest, HeadersOfTwoDocumentsExchanged) {
  disk_->swap(header_of(document_), header_of(another_), false);
  EXPECT_EQ(read(), std::nullopt);
}

TEST_P(MovedRecordTest, HeadersExchangedByOneWhoHasTheEraseKeys) {
  disk_->swap(header_of(document_), header_of(another_), true);
  EXPECT_EQ(read(), std::nullopt);
}

TEST_P(MovedRecordTest, LockboxesOfTwoCasesExchanged) {
  disk_->swap(lockbox_of(worker_.key(), case_), lockbox_of(worker_.key(), other_case_), false);
  EXPECT_EQ(read(), std::nullopt);
}

TEST_P(MovedRecordTest, LockboxesExchangedByOneWhoHasTheEraseKeys) {
  disk_->swap(lockbox_of(worker_.key(), case_), lockbox_of(worker_.key(), other_case_), true);
  EXPECT_EQ(read(), std::nullopt);
}

TEST_P(MovedRecordTest, PayloadsOfTwoDocumentsExchanged) {
  disk_->swap(payload_of(document_), payload_of(another_), false);
  EXPECT_EQ(read(), std::nullopt);
}

// All that belongs together, so that nothing in it contradicts itself: it is another document,
// whole and well, in the place of the one that is asked for.
TEST_P(MovedRecordTest, TwoDocumentsExchangedWhole) {
  disk_->swap(header_of(document_), header_of(another_), true);
  disk_->swap(version_of(document_), version_of(another_), false);
  EXPECT_EQ(read(), std::nullopt);
}

// A lower category would lower the class of every document that is still to come.
TEST_P(MovedRecordTest, LabelOfACaseThatItsMakerDidNotSign) {
  disk_->edit(Key(Kind::case_file).id(case_).raw(), [](crypto::Bytes& record) {
    const std::string_view from = "KTP-FIS", to = "KTP-PSI";
    const auto at = std::search(record.begin(), record.end(), from.begin(), from.end());
    ASSERT_NE(at, record.end());
    std::copy(to.begin(), to.end(), at);
  });
  EXPECT_EQ(ask("/v1/cases/" + case_.text()).status, 500);
}

// Taken for hers, it would lend her another's role, and another's public key to all that is sealed
// to her from then on.
TEST_P(MovedRecordTest, StatementOfAnotherPersonIsNotTakenForHers) {
  disk_->swap(Key(Kind::access_key).id(worker_.key()).raw(),
              Key(Kind::access_key).id(colleague_.key()).raw(), false);
  EXPECT_EQ(log_in(worker_).status, 500);
}

TEST_P(MovedRecordTest, KeyThatIsIndexedAsAnothersDoesNotLogInAsHer) {
  disk_->swap(Key(Kind::by_recipient).bytes(worker_.record.recipient.key).raw(),
              Key(Kind::by_recipient).bytes(colleague_.record.recipient.key).raw(), false);
  EXPECT_EQ(log_in(worker_).status, 500);
}

// Another's place in the team, or one's own in another case, would be hers.
TEST_P(MovedRecordTest, PlacesInTheTeamExchanged) {
  const auto place_of = [](const Id& case_id, const Id& key) {
    return Key(Kind::member).id(case_id).id(key).raw();
  };
  const std::string path = "/v1/cases/" + case_.text();
  disk_->swap(place_of(case_, colleague_.key()), place_of(case_, intake_.key()), false);
  EXPECT_EQ(ask(intake_, path), 500);
  EXPECT_EQ(ask(worker_, path), 200);
  EXPECT_EQ(ask(worker_, path + "/team"), 500);
  disk_->swap(place_of(case_, worker_.key()), place_of(other_case_, worker_.key()), false);
  EXPECT_EQ(ask(worker_, path), 500);
}

TEST_P(MovedRecordTest, CodesOfTwoCasesExchanged) {
  const std::string path = "/v1/cases?code=";
  const std::string code = code_of(case_);
  EXPECT_EQ(ask(worker_, path + code), 200);
  const auto row = [](const std::string& spoken) {
    return Key(Kind::case_code).bytes(crypto::as_bytes(spoken)).raw();
  };
  disk_->swap(row(code), row(code_of(other_case_)), false);
  EXPECT_EQ(ask(worker_, path + code), 500);
}

TEST_P(MovedRecordTest, StatementsOfTwoAgenciesExchanged) {
  EXPECT_EQ(ask(founded_.first_admin, "/v1/agencies"), 200);
  disk_->swap(Key(Kind::agency).id(agency_).raw(), Key(Kind::agency).id(police_).raw(), false);
  EXPECT_EQ(ask(founded_.first_admin, "/v1/agencies"), 500);
}

// The note is what a client checks for itself: it must be hers in the vault's own answer already.
TEST_P(MovedRecordTest, StatementOfAnotherPersonIsNotHandedOutAsHers) {
  disk_->swap(Key(Kind::access_key).id(intake_.key()).raw(),
              Key(Kind::access_key).id(colleague_.key()).raw(), false);
  auto vault = open_vault();
  EXPECT_EQ(vault->directory().access_key_note(intake_.key()).error(), vault::Errc::corrupt);
}

INSTANTIATE_TEST_SUITE_P(Both, KeyRulesTest, ::testing::Values("opened", "sealed"),
                         [](const auto& row) { return std::string(row.param); });
INSTANTIATE_TEST_SUITE_P(Both, MovedRecordTest, ::testing::Values("opened", "sealed"),
                         [](const auto& row) { return std::string(row.param); });

}  // namespace
}  // namespace api
