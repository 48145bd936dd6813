// Who may act as a holder: only one whom the signed records name, whatever role and agency an
// administrator gave to a key.
#include "api/walk.h"
#include "crypto/encoding.h"

namespace api {
namespace {

using crypto::HolderKind;

// What is handed in here is made by hand, as a client of somebody's own would make it.
class HolderRulesTest : public WalkTest {
 protected:
  const Caller& enrolled() const { return caller("KUSTODIAN enrolled"); }
  Answer hand_in(const Caller& by, const crypto::GenerationSubmission& next) {
    return session_of(by).post("/v1/nodes/" + case_.text() + "/generations", wire::of(next));
  }
  Answer hand_in(const Caller& by, const Id& rotation,
                 const std::vector<crypto::GenerationSubmission>& batch) {
    json list = json::array();
    for (const auto& one : batch) list.push_back(wire::of(one));
    return session_of(by).post("/v1/rotations/" + rotation.text() + "/batches",
                               {{"generations", list}});
  }
  crypto::GenerationSubmission next_by(const Caller& by) {
    return successor_by(*by.person, case_, state_of(case_), "sealed");
  }
  std::uint64_t generation() { return state_of(case_).record.generation; }
};

// One administrator enrols a custodian by herself. Could that one draw the case's next secret, she
// would read all that is put in afterwards, and by the next link all that was there before.
TEST_P(HolderRulesTest, EnrolledCustodianDrawsNoCaseANewSecret) {
  EXPECT_EQ(hand_in(enrolled(), next_by(enrolled())).problem(), "not-found");
  new_rotation();  // the case is stale now, and she still has no part in it
  EXPECT_EQ(hand_in(enrolled(), next_by(enrolled())).problem(), "not-found");
  EXPECT_EQ(generation(), 1U);
}

TEST_P(HolderRulesTest, EnrolledCustodianHasNoPartInARotation) {
  const Id rotation = new_rotation();
  const std::string path = "/v1/rotations/" + rotation.text();
  EXPECT_EQ(session_of(enrolled()).get(path).problem(), "not-found");
  EXPECT_EQ(hand_in(enrolled(), rotation, {next_by(enrolled())}).problem(), "not-found");
  EXPECT_EQ(generation(), 1U);
  const json waiting = session_of(enrolled()).get("/v1/orders").json().at("items");
  EXPECT_TRUE(waiting.empty()) << waiting;
}

TEST_P(HolderRulesTest, EnrolledCustodianOfTheReceiverAcceptsNoShare) {
  const Person person = make_person();
  enrol(person, police_, "KUSTODIAN");
  Desk desk = desk_of(person);
  EXPECT_TRUE(desk.get("/v1/orders").json().at("items").empty());
  const crypto::ShareRecord record{share_, case_, police_, person.key(), "sealed"};
  const std::string note = person.signed_by_her(crypto::to_statement(record)).encode();
  const std::string path = "/v1/shares/" + share_.text() + "/acceptance";
  EXPECT_EQ(desk.post(path, {{"statement", note}}).problem(), "not-found");
}

// The lockbox would hold anything but the case's secret: the colleague could open nothing.
TEST_P(HolderRulesTest, EnrolledCustodianAddsNobody) {
  case_for_a_newcomer();
  const crypto::Holder to{HolderKind::access_key, newcomer_.key(), 0, newcomer_.record.recipient};
  const json body{{"key", newcomer_.key().text()}, {"holder", holder_by(enrolled(), case_, to)}};
  Desk& desk = session_of(enrolled());
  EXPECT_EQ(desk.post("/v1/cases/" + case_.text() + "/team", body).problem(), "not-found");

  const Person another = make_person();
  enrol(another, agency_, "KUSTODIAN");
  const crypto::Holder second{HolderKind::access_key, another.key(), 0, another.record.recipient};
  EXPECT_EQ(desk.post("/v1/nodes/" + agency_.text() + "/lockboxes",
                      {{"holder", holder_by(enrolled(), agency_, second)}})
                .problem(),
            "not-found");
}

TEST_P(HolderRulesTest, EnrolledCustodianLinksNoGenerations) {
  case_without_its_previous();
  const auto older = crypto::NodeSecret::generate(case_, crypto::NodeKind::case_file, 1);
  const auto sealed = crypto::seal_previous(older, enrolled().person->identity.recipient());
  EXPECT_EQ(session_of(enrolled())
                .post("/v1/nodes/" + case_.text() + "/lockboxes",
                      {{"generation", 1}, {"previous", crypto::base64(sealed)}})
                .problem(),
            "not-found");
}

TEST_P(HolderRulesTest, NotEvenAHolderReplacesAGenerationThatIsNotStale) {
  for (const char* label : {"MANAJER", "KUSTODIAN"}) {
    SCOPED_TRACE(label);
    EXPECT_EQ(hand_in(caller(label), next_by(caller(label))).problem(), "conflict");
  }
  EXPECT_EQ(generation(), 1U);
}

// Until it has its successor, the case names the generation of the agency that was before.
TEST_P(HolderRulesTest, CustodianOfAnAgencyThatMovedOnStillHoldsItsCases) {
  new_rotation();
  EXPECT_EQ(session_of(caller("KUSTODIAN")).get("/v1/cases/" + case_.text()).status, 200);
  EXPECT_EQ(hand_in(caller("KUSTODIAN"), next_by(caller("KUSTODIAN"))).status, 201);
  EXPECT_EQ(generation(), 2U);
}

// Once a custodian has sealed her agency's key to her, she is one.
TEST_P(HolderRulesTest, EnrolledCustodianIsOneOnceACustodianHasAddedHer) {
  Desk custodian = desk_of(custodian_);
  const Person& person = *enrolled().person;
  const crypto::Holder to{HolderKind::access_key, person.key(), 0, person.record.recipient};
  const json holder = holder_for(custodian, custodian_, agency_, agency_, to);
  const std::string boxes = "/v1/nodes/" + agency_.text() + "/lockboxes";
  ASSERT_EQ(custodian.post(boxes, {{"holder", holder}}).status, 201);
  const Answer shown = session_of(enrolled()).get("/v1/cases/" + case_.text());
  ASSERT_EQ(shown.status, 200) << shown.body;
  EXPECT_EQ(shown.json().at("place"), "custodian");
}

// The figures of a rotation's statement are what was done, however it is handed in.
TEST_P(HolderRulesTest, RotationTakesACaseThatIsLeftAndEachOnce) {
  const Id rotation = new_rotation();
  const Caller& by = caller("KUSTODIAN");
  const auto next = next_by(by);
  EXPECT_EQ(hand_in(by, rotation, {next, next}).problem(), "invalid");
  const Answer done = hand_in(by, rotation, {next});
  ASSERT_EQ(done.status, 200) << done.body;
  EXPECT_EQ(done.json().at("replaced"), 1);
  EXPECT_EQ(hand_in(by, rotation, {next_by(by)}).problem(), "conflict");
  EXPECT_EQ(generation(), 2U);
  EXPECT_EQ(session_of(by).get("/v1/rotations/" + rotation.text()).json().at("replaced"), 1);
}

TEST_P(HolderRulesTest, RotationCountsWhatWasDepositedBeforeItsCaseWasRenewed) {
  new_document();
  const std::string path = "/v1/rotations/" + new_rotation().text();
  new_document();  // in the successor, which it makes first
  const json shown = session_of(caller("KUSTODIAN")).get(path).json();
  EXPECT_TRUE(shown.at("next").empty());
  EXPECT_EQ(shown.at("documents"), 1);
}

// A case that is offered and not accepted: the lockbox is there, and that is all.
class OfferedCaseTest : public HolderRulesTest {
 protected:
  // The receiver's next generation, and the rotation that it begins.
  json start_rotation_of_the_receiver() {
    const auto next = successor_by(police_custodian_, police_, state_of(police_), "sealed");
    const Answer started = police().post("/v1/nodes/" + police_.text() + "/rotations",
                                         {{"generation", wire::of(next)}});
    EXPECT_EQ(started.status, 201) << started.body;
    return started.json();
  }
  Desk& police() { return session_of(caller("KUSTODIAN offered")); }
  static Id id_of(const json& rotation) {
    return Id::parse(rotation.at("id").get<std::string>()).value();
  }
  json shown(const Id& rotation) { return police().get("/v1/rotations/" + rotation.text()).json(); }
};

TEST_P(OfferedCaseTest, RotationOfTheReceiverNeitherShowsNorRenewsIt) {
  const json rotation = start_rotation_of_the_receiver();
  EXPECT_TRUE(rotation.at("next").empty()) << rotation;
  const Caller& receiver = caller("KUSTODIAN offered");
  EXPECT_EQ(hand_in(receiver, id_of(rotation), {next_by(receiver)}).problem(), "not-found");
  EXPECT_EQ(hand_in(receiver, next_by(receiver)).problem(), "not-found");
  EXPECT_EQ(generation(), 1U);
}

TEST_P(OfferedCaseTest, SuccessorByItsOwnerDoesNotShowItToTheReceiverEither) {
  start_rotation_of_the_receiver();
  EXPECT_EQ(hand_in(caller("MANAJER"), next_by(caller("MANAJER"))).status, 201);
  const json rotation = start_rotation_of_the_receiver();
  EXPECT_TRUE(rotation.at("next").empty()) << rotation;
}

TEST_P(OfferedCaseTest, AcceptedAfterItsReceiverMovedOnItOpensForBoth) {
  DeskPort port(police());
  KeyRing ring = ring_of(port, police_custodian_, police_);
  const auto moved = run_rotation(ring, port, port, police_);
  ASSERT_TRUE(moved);
  EXPECT_EQ(moved->replaced, 0U);
  accept(police_custodian_, police_);
  EXPECT_TRUE(ring.secret(case_, 1));  // by the receiver's first generation

  // Whoever acts next makes the successor, which is sealed to the receiver's present one.
  const auto fresh = ring.fresh(case_);
  ASSERT_TRUE(fresh);
  EXPECT_EQ(fresh->record.generation, 2U);
  EXPECT_TRUE(ring.secret(case_, 2));
  DeskPort owner(session_of(caller("MANAJER")));
  KeyRing hers = ring_of(owner, worker_, agency_);
  EXPECT_TRUE(hers.secret(case_, 1));
  EXPECT_TRUE(hers.secret(case_, 2));
}

TEST_P(OfferedCaseTest, AcceptedWhileTheReceiverRotatesItIsRenewedToo) {
  const Id rotation = id_of(start_rotation_of_the_receiver());
  accept(police_custodian_, police_);
  EXPECT_EQ(shown(rotation).at("next").size(), 1U);
  const Caller& receiver = caller("KUSTODIAN offered");
  EXPECT_EQ(hand_in(receiver, rotation, {next_by(receiver)}).status, 200);
  EXPECT_TRUE(shown(rotation).at("next").empty());
}

// The earlier case is offered and the later one accepted when the run passes them; the earlier one
// is accepted behind its back.
TEST_P(OfferedCaseTest, AcceptedBehindTheRunItIsRenewedBeforeTheEnd) {
  Desk& owner = session_of(caller("MANAJER"));
  Id later;
  while (later < case_) {
    later = Id::parse(create_case(owner, worker_, agency_).at("id").get<std::string>()).value();
  }
  const Answer offered = share(owner, worker_, agency_, later, police_);
  ASSERT_EQ(offered.status, 201);
  const auto take = [&](const Id& share, const Id& of) {
    const crypto::ShareRecord record{share, of, police_, police_custodian_.key(), "sealed"};
    const std::string note = police_custodian_.signed_by_her(crypto::to_statement(record)).encode();
    return police().post("/v1/shares/" + share.text() + "/acceptance", {{"statement", note}});
  };
  ASSERT_EQ(take(Id::parse(offered.json().at("id").get<std::string>()).value(), later).status, 200);
  const Id rotation = id_of(start_rotation_of_the_receiver());
  const Caller& receiver = caller("KUSTODIAN offered");
  const auto next = successor_by(police_custodian_, later, state_of(later), "sealed");
  ASSERT_EQ(hand_in(receiver, rotation, {next}).status, 200);

  ASSERT_EQ(take(share_, case_).status, 200);
  const json left = shown(rotation).at("next");
  ASSERT_EQ(left.size(), 1U);
  EXPECT_EQ(hand_in(receiver, rotation, {next_by(receiver)}).status, 200);
  EXPECT_TRUE(shown(rotation).at("next").empty());
}

INSTANTIATE_TEST_SUITE_P(Only, OfferedCaseTest, ::testing::Values("sealed"),
                         [](const auto& row) { return std::string(row.param); });
INSTANTIATE_TEST_SUITE_P(Only, HolderRulesTest, ::testing::Values("sealed"),
                         [](const auto& row) { return std::string(row.param); });

}  // namespace
}  // namespace api
