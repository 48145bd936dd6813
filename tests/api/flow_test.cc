// An office's first weeks, in opened and in sealed sessions: what people do, call by call.
#include <set>

#include "api/office.h"

namespace api {
namespace {

using FlowTest = OfficeTest;
// In opened ones the service signs.
class SealedFlowTest : public OfficeTest {};

TEST_P(FlowTest, AgencyComesToLifeWithItsCustodian) {
  const Id agency = add_agency("UPTDPPA", custodian_);
  Desk desk = desk_of(founded_.first_admin);
  const json item = desk.get("/v1/agencies").json().at("items").at(0);
  EXPECT_EQ(item.at("id"), agency.text());
  EXPECT_EQ(item.at("generation"), 1);
  EXPECT_EQ(item.at("custodian"), custodian_.key().text());
  EXPECT_TRUE(item.contains("recipient"));
}

TEST_P(FlowTest, CaseIsSeenByItsTeamAndNobodyElse) {
  const Id agency = add_agency("UPTDPPA", custodian_);
  enrol(worker_, agency, "MANAJER");
  enrol(colleague_, agency, "PENDAMPING");
  Desk worker = desk_of(worker_), colleague = desk_of(colleague_);
  const json made = create_case(worker, worker_, agency);
  const std::string path = "/v1/cases/" + made.at("id").get<std::string>();
  const Id case_id = Id::parse(made.at("id").get<std::string>()).value();

  EXPECT_EQ(colleague.get(path).problem(), "not-found");
  Answer hidden = colleague.get(path);
  Answer absent = colleague.get("/v1/cases/" + Id::make(1).text());
  json a = hidden.json(), b = absent.json();
  a.erase("request");
  b.erase("request");
  EXPECT_EQ(a, b);

  const Answer added = add_member(worker, worker_, agency, case_id, colleague_);
  ASSERT_EQ(added.status, 201) << added.body;
  EXPECT_EQ(colleague.get(path).json().at("place"), "member");
  EXPECT_EQ(colleague.get("/v1/cases").json().at("items").size(), 1U);
  EXPECT_EQ(colleague.get("/v1/cases?code=" + made.at("code").get<std::string>()).status, 200);
  EXPECT_EQ(colleague.get("/v1/cases?code=KKR-0000-0001").problem(), "bad-code");
  EXPECT_EQ(worker.get(path + "/team").json().at("items").size(), 2U);
}

// Nobody's word but its maker's stands for a case's label, and only for that case's.
TEST_P(SealedFlowTest, CaseWhoseLabelItsMakerDidNotSignIsNotMade) {
  const Id agency = add_agency("UPTDPPA", custodian_);
  enrol(worker_, agency, "MANAJER");
  Desk worker = desk_of(worker_);
  const auto sign_as = [&](const Person& who, const auto& change) {
    return [&, change](json& body) {
      const auto note = crypto::Statement::parse(body["statement"].get<std::string>()).value();
      auto record = crypto::record_of<crypto::CaseLabelRecord>(note).value();
      change(record);
      body["statement"] = who.signed_by_her(crypto::to_statement(record)).encode();
    };
  };
  using Record = crypto::CaseLabelRecord;
  const std::pair<const char*, std::function<void(json&)>> refused[] = {
      {"another category", sign_as(worker_, [](Record& record) { record.category = "KTP-PSI"; })},
      {"a flag more", sign_as(worker_, [](Record& record) { record.flags = {"X"}; })},
      {"of a minor", sign_as(worker_, [](Record& record) { record.minor = true; })},
      {"another case", sign_as(worker_, [](Record& record) { record.case_id = Id::make(1); })},
      {"another agency", sign_as(worker_, [](Record& record) { record.agency = Id::make(1); })},
      {"another way", sign_as(worker_, [](Record& record) { record.via = "opened"; })},
      {"a colleague's name",
       sign_as(worker_, [&](Record& record) { record.signer = custodian_.key(); })},
      {"a colleague's signature", sign_as(custodian_, [](Record&) {})},
      {"no statement", [](json& body) { body["statement"] = "nothing\n"; }},
  };
  for (const auto& [name, change] : refused) {
    SCOPED_TRACE(name);
    on_case_body = change;
    const json answer = create_case(worker, worker_, agency);
    EXPECT_TRUE(answer.at("type").get<std::string>().ends_with("untrusted")) << answer;
  }
  on_case_body = nullptr;
  EXPECT_EQ(worker.get("/v1/cases").json().at("items").size(), 0U);
}

TEST_P(FlowTest, CasesComeInPages) {
  const Id agency = add_agency("UPTDPPA", custodian_);
  enrol(worker_, agency, "MANAJER");
  Desk worker = desk_of(worker_);
  std::set<std::string> made, listed;
  for (int i = 0; i < 3; ++i) made.insert(create_case(worker, worker_, agency).at("id"));
  std::string target = "/v1/cases?limit=2", after;
  for (int page = 0; page < 2; ++page) {
    const json body = worker.get(target + after).json();
    EXPECT_EQ(body.at("items").size(), page == 0 ? 2U : 1U);
    for (const json& item : body.at("items")) listed.insert(item.at("id"));
    ASSERT_EQ(body.contains("next"), page == 0);
    if (page == 0) after = "&after=" + body.at("next").get<std::string>();
  }
  EXPECT_EQ(listed, made);
  EXPECT_EQ(worker.get("/v1/cases?limit=201").problem(), "bad-request");
}

TEST_P(FlowTest, KeysOfAnAgencyAreForItsOwnPeopleAndAdministrators) {
  const Id agency = add_agency("UPTDPPA", custodian_);
  add_agency("POLRES", police_custodian_);
  enrol(worker_, agency, "MANAJER");
  const std::string path = "/v1/agencies/" + agency.text() + "/access-keys";
  EXPECT_EQ(desk_of(worker_).get(path).json().at("items").size(), 2U);
  EXPECT_EQ(desk_of(founded_.first_admin).get(path).json().at("items").size(), 2U);
  EXPECT_EQ(desk_of(police_custodian_).get(path).problem(), "not-found");
  const std::string key = "/v1/access-keys/" + worker_.key().text();
  const json shown = desk_of(police_custodian_).get(key).json();
  EXPECT_EQ(shown.at("record").at("role"), "MANAJER");
  EXPECT_EQ(shown.at("fingerprint"),
            crypto::fingerprint(worker_.record.recipient, worker_.record.signing));
}

TEST_P(FlowTest, ShareOpensTheCaseOnceItIsAccepted) {
  const Id agency = add_agency("UPTDPPA", custodian_);
  const Id police = add_agency("POLRES", police_custodian_);
  enrol(worker_, agency, "MANAJER");
  enrol(investigator_, police, "PENDAMPING");
  Desk worker = desk_of(worker_), custodian = desk_of(police_custodian_);
  const json made = create_case(worker, worker_, agency);
  const std::string path = "/v1/cases/" + made.at("id").get<std::string>();
  const Id case_id = Id::parse(made.at("id").get<std::string>()).value();

  const Answer offered = share(worker, worker_, agency, case_id, police);
  ASSERT_EQ(offered.status, 201) << offered.body;
  EXPECT_EQ(offered.json().at("state"), "sent");
  EXPECT_EQ(custodian.get(path).problem(), "not-found");
  accept(police_custodian_, police);
  EXPECT_EQ(custodian.get(path).json().at("place"), "custodian");
  EXPECT_EQ(worker.get(path + "/shares").json().at("items").at(0).at("state"), "accepted");
  const Answer added = add_member(custodian, police_custodian_, police, case_id, investigator_);
  EXPECT_EQ(added.status, 201) << added.body;
  Desk investigator = desk_of(investigator_);
  EXPECT_EQ(investigator.get(path).json().at("place"), "member");
}

TEST_P(FlowTest, RotationReplacesEveryCaseOfTheAgency) {
  const Id agency = add_agency("UPTDPPA", custodian_);
  enrol(worker_, agency, "MANAJER");
  Desk worker = desk_of(worker_);
  const json first = create_case(worker, worker_, agency);
  create_case(worker, worker_, agency);
  order_rotation(agency);

  const RotationState state = run_rotation_of(custodian_, agency);
  EXPECT_TRUE(state.complete);
  EXPECT_EQ(state.from, 1U);
  EXPECT_EQ(state.to, 2U);
  EXPECT_EQ(state.replaced, 2U);
  DeskPort port(worker);
  const auto node = port.node(Id::parse(first.at("id").get<std::string>()).value(), 0);
  ASSERT_TRUE(node);
  EXPECT_EQ(node->record.generation, 2U);
  EXPECT_FALSE(node->stale);
  // She still gets to both generations of her case.
  KeyRing ring = ring_of(port, worker_, agency);
  EXPECT_TRUE(ring.secret(node->record.node, 1));
  EXPECT_TRUE(ring.secret(node->record.node, 2));
  EXPECT_EQ(founded_.entries("rotation.complete"), 1U);
}

TEST_P(FlowTest, LogIsReadAsFarAsARoleReadsIt) {
  const Id agency = add_agency("UPTDPPA", custodian_);
  enrol(worker_, agency, "MANAJER");
  Desk worker = desk_of(worker_), custodian = desk_of(custodian_);
  Desk admin = desk_of(founded_.first_admin);
  const json made = create_case(worker, worker_, agency);
  const std::string case_id = made.at("id");

  EXPECT_EQ(worker.get("/v1/log/entries").problem(), "bad-request");
  const json of_case = worker.get("/v1/log/entries?case=" + case_id).json();
  EXPECT_GE(of_case.at("items").size(), 2U);  // its creation, and this reading
  for (const json& item : of_case.at("items")) {
    EXPECT_NE(item.at("line").get<std::string>().find(case_id), std::string::npos);
  }
  const json of_agency = custodian.get("/v1/log/entries").json();
  EXPECT_FALSE(of_agency.at("items").empty());
  for (const json& item : of_agency.at("items")) {
    EXPECT_NE(item.at("line").get<std::string>().find(agency.text()), std::string::npos);
  }
  const json of_service = admin.get("/v1/log/entries").json();
  EXPECT_FALSE(of_service.at("items").empty());
  for (const json& item : of_service.at("items")) {
    EXPECT_EQ(item.at("line").get<std::string>().find(case_id), std::string::npos);
  }
  EXPECT_EQ(admin.get("/v1/log/entries?case=" + case_id).problem(), "not-found");
  EXPECT_EQ(admin.get("/v1/log/proof?index=0&size=1").json().at("kind"), "inclusion");
  EXPECT_EQ(admin.get("/v1/log/proof?from=1&size=2").json().at("kind"), "consistency");
  EXPECT_EQ(admin.get("/v1/log/proof?index=0").problem(), "bad-request");
  EXPECT_EQ(admin.get("/v1/log/checkpoint").status, 200);
}

TEST_P(FlowTest, AuditorExportsTheWholeLogAndSeesNoCase) {
  const Person auditor = make_person();
  enrol_outside(auditor, "AUDITOR");

  Desk desk = desk_of(auditor);
  EXPECT_EQ(desk.get("/v1/cases").problem(), "wrong-role");
  const Answer all = desk.get("/v1/log/entries");
  ASSERT_EQ(all.status, 200);
  EXPECT_EQ(all.headers.one("content-type"), "application/jsonl");
  EXPECT_NE(all.body.find("\"action\":\"founding\""), std::string::npos);
  EXPECT_NE(all.body.find("\"action\":\"log.read\""), std::string::npos);
  EXPECT_EQ(desk.get("/v1/log/entries?from=2&to=1").problem(), "bad-request");
  EXPECT_EQ(desk.get("/v1/log/entries?to=1000000").problem(), "too-large");
  EXPECT_EQ(desk.get("/v1/log/entries?to=1000").problem(), "invalid");
}

TEST_P(FlowTest, CaseThatNeverWasHasNoLogHoweverOftenItIsAskedFor) {
  const Person auditor = make_person();
  enrol_outside(auditor, "AUDITOR");
  Desk desk = desk_of(auditor);
  const std::string path = "/v1/log/entries?case=" + Id::make(FoundedVault::kStart).text();
  for (int asked = 0; asked < 2; ++asked) EXPECT_EQ(desk.get(path).problem(), "not-found");
  EXPECT_EQ(founded_.entries("log.read"), 0U);
  EXPECT_EQ(founded_.entries("refused"), 2U);
}

TEST_P(FlowTest, IntakeOfficerHasAPlaceWithoutALockbox) {
  const Id agency = add_agency("UPTDPPA", custodian_);
  enrol(worker_, agency, "MANAJER");
  enrol(colleague_, agency, "PENERIMA");
  Desk worker = desk_of(worker_), intake = desk_of(colleague_);
  const json made = create_case(worker, worker_, agency);
  const std::string path = "/v1/cases/" + made.at("id").get<std::string>();
  const Answer added = worker.post(path + "/team", {{"key", colleague_.key().text()}});
  ASSERT_EQ(added.status, 201) << added.body;
  EXPECT_EQ(intake.get(path).json().at("place"), "depositor");
  EXPECT_EQ(intake.get(path + "/team").problem(), "wrong-role");
  DeskPort port(intake);
  const Id case_id = Id::parse(made.at("id").get<std::string>()).value();
  const auto refs = port.lockboxes(case_id);
  EXPECT_TRUE(!refs || refs->empty());
}

// What a key ring keeps between calls is taken from everybody's locked memory.
TEST_P(FlowTest, KeyRingForgetsWhatIsTooMuchAndWalksToItAgain) {
  class CountingPort : public DeskPort {
   public:
    using DeskPort::DeskPort;
    Outcome<Bytes> lockbox(const Id& node, std::uint64_t generation, const Id& holder) override {
      ++asked;
      return DeskPort::lockbox(node, generation, holder);
    }
    std::size_t asked = 0;
  };
  const Id agency = add_agency("UPTDPPA", custodian_);
  enrol(worker_, agency, "MANAJER");
  Desk worker = desk_of(worker_);
  CountingPort port(worker);
  KeyRing ring = ring_of(port, worker_, agency);
  const auto open = [&](const Id& case_id) { ASSERT_TRUE(ring.secret(case_id, 1)); };
  std::vector<Id> cases;
  while (cases.size() <= KeyRing::kKept) {
    const json made = create_case(worker, worker_, agency);
    cases.push_back(Id::parse(made.at("id").get<std::string>()).value());
    if (cases.size() > KeyRing::kKept) ring.trim();  // not yet too much
    open(cases.back());
  }
  ASSERT_EQ(port.asked, cases.size());
  open(cases.front());
  EXPECT_EQ(port.asked, cases.size()) << "kept";
  ring.trim();
  open(cases.front());
  EXPECT_EQ(port.asked, cases.size() + 1) << "forgotten";
}

INSTANTIATE_TEST_SUITE_P(Only, SealedFlowTest, ::testing::Values("sealed"),
                         [](const auto& row) { return std::string(row.param); });
INSTANTIATE_TEST_SUITE_P(Both, FlowTest, ::testing::Values("opened", "sealed"),
                         [](const auto& row) { return std::string(row.param); });

}  // namespace
}  // namespace api
