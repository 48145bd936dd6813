// Ids that whoever makes a thing chooses: one stands for one thing, and the nil id for none.
#include "api/walk.h"
#include "crypto/encoding.h"

namespace api {
namespace {

class NewIdTest : public WalkTest {
 protected:
  // Whose each of them is already.
  std::vector<std::pair<std::string, Id>> taken() {
    return {{"a key", worker_.key()},
            {"an agency", police_},
            {"a case", case_},
            {"a document", new_document()}};
  }
  std::string case_with(const Id& id) {
    const Caller& by = caller("MANAJER");
    json body{{"category", "KTP-FIS"}, {"flags", json::array()}, {"minor", false}};
    sign_new_case(by, id, body);
    return session_of(by).post("/v1/cases", body).problem();
  }
  // As a client of her own would make it: the program draws the id.
  static Person person_with(const Id& id) {
    Person person = make_person();
    const auto made = crypto::Enrolment::open(person.enrolment).value();
    crypto::Statement statement(crypto::Enrolment::kType,
                                json{{"key", id.text()},
                                     {"recipient", made.recipient.text()},
                                     {"signing", made.signing.text()},
                                     {"person", crypto::base64(made.person)},
                                     {"created", static_cast<std::uint64_t>(made.created)}});
    statement.sign(id, person.signing());
    person.enrolment = statement.encode();
    person.record.key = id;
    person.record.enrolment = statement.digest();
    return person;
  }
  std::string key_with(const Id& id) {
    const Person person = person_with(id);
    const auto record = crypto::to_statement(person.as(agency_, "PENDAMPING"));
    return session_of(caller("ADMIN"))
        .post("/v1/agencies/" + agency_.text() + "/access-keys",
              {{"enrolment", person.enrolment},
               {"statement", founded_.second_admin.signed_by_her(record).encode()}})
        .problem();
  }
  std::string agency_with(const Id& id, const Person& custodian) {
    const crypto::AgencyRecord record{id, "PN", "Pengadilan", custodian.as(id, "KUSTODIAN")};
    const auto statement = crypto::to_statement(record);
    return session_of(caller("ADMIN"))
        .post("/v1/agencies",
              {{"enrolment", custodian.enrolment},
               {"statement", founded_.second_admin.signed_by_her(statement).encode()}})
        .problem();
  }
  std::string document_with(const Id& id) {
    pending_document(id);
    const Request request = manifest_request(id.text());
    return session_of(caller("MANAJER")).call("PUT", request.target, request.body).problem();
  }
};

TEST_P(NewIdTest, NilIsNobodys) {
  EXPECT_EQ(case_with(Id{}), "invalid");
  EXPECT_EQ(key_with(Id{}), "invalid");
  EXPECT_EQ(agency_with(Id{}, make_person()), "invalid");
}

TEST_P(NewIdTest, TakenByAThingOfAnyKindItIsRefused) {
  for (const auto& [what, id] : taken()) {
    SCOPED_TRACE(what);
    EXPECT_EQ(case_with(id), "conflict");
    EXPECT_EQ(key_with(id), "conflict");
    EXPECT_EQ(agency_with(id, make_person()), "conflict");
  }
  for (const Id& id : {worker_.key(), police_, case_}) EXPECT_EQ(document_with(id), "conflict");
}

TEST_P(NewIdTest, AgencyHasNotTheIdOfItsCustodian) {
  const Person custodian = make_person();
  EXPECT_EQ(agency_with(custodian.key(), custodian), "conflict");
}

TEST_P(NewIdTest, UnusedItIsTaken) {
  EXPECT_EQ(case_with(Id::make(FoundedVault::kStart)), "");
  EXPECT_EQ(key_with(Id::make(FoundedVault::kStart)), "");
  EXPECT_EQ(document_with(Id::make(FoundedVault::kStart)), "");
}

INSTANTIATE_TEST_SUITE_P(Only, NewIdTest, ::testing::Values("sealed"),
                         [](const auto& row) { return std::string(row.param); });

}  // namespace
}  // namespace api
