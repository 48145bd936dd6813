#include "api/walk.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "crypto/age.h"
#include "crypto/encoding.h"
#include "crypto/hash.h"

namespace api {
namespace {

using crypto::Holder;
using crypto::HolderKind;
using crypto::NodeKind;

std::vector<std::string> cells_of(const std::string& line, char separator) {
  std::vector<std::string> cells(1);
  int depth = 0;
  for (const char c : line) {
    depth += c == '(' ? 1 : c == ')' ? -1 : 0;
    if (c == separator && depth == 0)
      cells.emplace_back();
    else
      cells.back() += c;
  }
  return cells;
}

std::vector<Rights::Row> table(const std::string& name) {
  std::ifstream file(std::string(SEGEL_SOURCE) + "/ops/policy/" + name);
  if (!file) throw std::runtime_error("no table " + name);
  std::string line;
  std::getline(file, line);
  const auto columns = cells_of(line, ';');
  std::vector<Rights::Row> rows;
  while (std::getline(file, line)) {
    const auto cells = cells_of(line, ';');
    if (cells.size() != columns.size()) throw std::runtime_error("a row of " + name);
    Rights::Row& row = rows.emplace_back();
    for (std::size_t i = 0; i < cells.size(); ++i) row[columns[i]] = cells[i];
  }
  return rows;
}

vault::Actor actor_of(const Person& person, const Id& agency, const char* role) {
  vault::Actor actor;
  actor.key = person.key();
  actor.agency = agency;
  actor.role = role;
  actor.via = "sealed";
  return actor;
}

}  // namespace

Rights::Rights() : routes_(table("routes.csv")) {
  for (Row& row : table("kukar/roles.csv")) roles_[row.at("code")] = row;
}

const std::string& Rights::right_of(const std::string& method, const std::string& route) const {
  for (const Row& row : routes_) {
    if (row.at("method") == method && row.at("route") == route) return row.at("right");
  }
  throw std::runtime_error("no row for " + method + " " + route);
}

bool Rights::grants(const std::string& role, const std::string& right) const {
  if (right == "*" || right == "-") return true;
  const Row& row = roles_.at(role);
  for (const std::string& alternative : cells_of(right, '|')) {
    const std::size_t open = alternative.find('(');
    const std::string& cell = row.at(alternative.substr(0, open));
    const std::string scope = cell.substr(0, cell.find_first_of("<("));
    if (open == std::string::npos) {
      constexpr std::array kNothing = {"no", "none", "aggregates", "own_receipt"};
      if (std::find(kNothing.begin(), kNothing.end(), scope) == kNothing.end()) return true;
      continue;
    }
    const auto wanted = cells_of(alternative.substr(open + 1, alternative.size() - open - 2), '|');
    if (std::find(wanted.begin(), wanted.end(), scope) != wanted.end()) return true;
  }
  return false;
}

void WalkTest::SetUp() {
  agency_ = add_agency("UPTDPPA", custodian_);
  police_ = add_agency("POLRES", police_custodian_);
  const Person& other_custodian =
      others_.emplace("KUSTODIAN elsewhere", make_person()).first->second;
  other_ = add_agency("UPTDPROV", other_custodian);
  court_ = add_agency("KEJARI", court_custodian_);
  enrol_outside(auditor_, "AUDITOR");
  enrol(worker_, agency_, "MANAJER");
  enrol(colleague_, agency_, "PENDAMPING");
  enrol(intake_, agency_, "PENERIMA");
  const Person& enrolled = others_.emplace("KUSTODIAN enrolled", make_person()).first->second;
  enrol(enrolled, agency_, "KUSTODIAN");
  callers_ = {{"ADMIN", &founded_.second_admin, "ADMIN", {}, Stand::none},
              {"AUDITOR", &auditor_, "AUDITOR", {}, Stand::none},
              {"KUSTODIAN elsewhere", &other_custodian, "KUSTODIAN", other_, Stand::none}};
  for (const char* role : {"MANAJER", "PENDAMPING", "PENERIMA"}) {
    for (const auto& [agency, where] : {std::pair(agency_, " beside"), {other_, " elsewhere"}}) {
      const std::string label = role + std::string(where);
      const Person& person = others_.emplace(label, make_person()).first->second;
      enrol(person, agency, role);
      callers_.push_back({label, &person, role, agency, Stand::none});
    }
  }
  callers_.push_back({"MANAJER", &worker_, "MANAJER", agency_, Stand::member});
  callers_.push_back({"PENDAMPING", &colleague_, "PENDAMPING", agency_, Stand::member});
  callers_.push_back({"PENERIMA", &intake_, "PENERIMA", agency_, Stand::depositor});
  callers_.push_back({"KUSTODIAN", &custodian_, "KUSTODIAN", agency_, Stand::custodian});
  callers_.push_back({"KUSTODIAN enrolled", &enrolled, "KUSTODIAN", agency_, Stand::enrolled});
  callers_.push_back(
      {"KUSTODIAN offered", &police_custodian_, "KUSTODIAN", police_, Stand::receiver});

  Desk worker = desk_of(worker_);
  const json made = create_case(worker, worker_, agency_);
  case_ = Id::parse(made.at("id").get<std::string>()).value();
  ASSERT_EQ(add_member(worker, worker_, agency_, case_, colleague_).status, 201);
  const std::string team = "/v1/cases/" + case_.text() + "/team";
  ASSERT_EQ(worker.post(team, {{"key", intake_.key().text()}}).status, 201);
  const Answer offered = share(worker, worker_, agency_, case_, police_);
  ASSERT_EQ(offered.status, 201) << offered.body;
  share_ = Id::parse(offered.json().at("id").get<std::string>()).value();
}

const Caller& WalkTest::caller(const std::string& label) const {
  for (const Caller& one : callers_) {
    if (one.label == label) return one;
  }
  throw std::runtime_error("no caller " + label);
}

Desk& WalkTest::session_of(const Caller& caller) {
  const auto held = sessions_.find(caller.label);
  if (held != sessions_.end()) return held->second;
  Desk& desk = sessions_.emplace(caller.label, desk_of(*caller.person)).first->second;
  desk.get("/v1/session");  // a sealed one begins with its first use
  return desk;
}

Answer WalkTest::call(Desk& desk, const Probe& probe, const Caller& caller, const std::string& id) {
  const Request request = probe.request(caller, id);
  desk.headers = request.headers;
  Answer answer = desk.call(probe.method, request.target, request.body, request.type);
  desk.headers.clear();
  return answer;
}

Desk WalkTest::lent(const Person& person) {
  Desk desk(service_.handler());
  EXPECT_TRUE(desk.lend_key(person));
  return desk;
}

std::string WalkTest::metadata() const {
  return "type " + crypto::base64(crypto::as_bytes("LAP-ADU"));
}

crypto::NodeState WalkTest::state_of(const Id& node) {
  return founded_.vault().graph().node(actor_of(worker_, agency_, "MANAJER"), node, 0).value();
}

// As `before` asks for it, of whatever node: it is right in all but the name.
crypto::GenerationSubmission WalkTest::successor_by(const Person& by, const Id& node,
                                                    const crypto::NodeState& before,
                                                    const char* via) {
  const auto secret =
      crypto::NodeSecret::generate(node, before.record.kind, before.record.generation + 1);
  crypto::GenerationRecord record = before.record;
  record.node = node;
  record.generation = secret.generation;
  record.recipient = secret.identity.recipient();
  record.signing = secret.signing.verify_key();
  record.previous = before.digest;
  record.holders = before.successors;
  record.signer = by.key();
  record.via = via;
  crypto::GenerationSubmission submission;
  submission.note = by.signed_by_her(crypto::to_statement(record)).encode();
  for (const Holder& holder : record.holders) {
    submission.lockboxes.emplace_back(holder.id, crypto::seal_lockbox(secret, holder.recipient));
  }
  return submission;
}

json WalkTest::holder_by(const Caller& by, const Id& node, const Holder& holder) {
  const bool of_agency = node == agency_;
  const std::uint64_t generation = state_of(of_agency ? agency_ : case_).record.generation;
  const auto secret = crypto::NodeSecret::generate(
      node, of_agency ? NodeKind::agency : NodeKind::case_file, generation);
  const crypto::HolderRecord record{node, generation, holder, by.person->key(), GetParam()};
  return wire::of(
      crypto::HolderSubmission{by.person->signed_by_her(crypto::to_statement(record)).encode(),
                               crypto::seal_lockbox(secret, holder.recipient)});
}

void WalkTest::sign_new_case(const Caller& by, const Id& id, json& body) {
  const auto node = state_of(by.agency.is_nil() ? agency_ : by.agency);
  const auto secret = crypto::NodeSecret::generate(id, NodeKind::case_file, 1);
  crypto::GenerationRecord record;
  record.node = id;
  record.kind = NodeKind::case_file;
  record.agency = by.agency;
  record.recipient = secret.identity.recipient();
  record.signing = secret.signing.verify_key();
  record.holders = {
      {HolderKind::node, node.record.node, node.record.generation, node.record.recipient},
      {HolderKind::access_key, by.person->key(), 0, by.person->record.recipient}};
  record.signer = by.person->key();
  record.via = GetParam();
  crypto::GenerationSubmission submission;
  submission.note = by.person->signed_by_her(crypto::to_statement(record)).encode();
  for (const Holder& holder : record.holders) {
    submission.lockboxes.emplace_back(holder.id, crypto::seal_lockbox(secret, holder.recipient));
  }
  body["generation"] = wire::of(submission);
  const crypto::CaseLabelRecord label{id,    by.agency,        body["category"], {},
                                      false, by.person->key(), GetParam()};
  body["statement"] = by.person->signed_by_her(crypto::to_statement(label)).encode();
}

Id WalkTest::new_order() {
  Desk desk = lent(founded_.first_admin);
  const Answer asked = desk.post("/v1/agencies", {{"enrolment", make_person().enrolment},
                                                  {"code", "PN"},
                                                  {"name", "Court " + std::to_string(++made_)}});
  const std::string order = asked.json().at("order");
  const json waiting = desk.get("/v1/orders").json();
  for (const json& one : waiting.at("items")) {
    if (one.at("id") == order) order_note_ = one.at("note");
  }
  return Id::parse(order).value();
}

// Started and left so: its agency's case is stale.
Id WalkTest::new_rotation() {
  const auto started = founded_.vault().rotations().start(
      actor_of(custodian_, agency_, "KUSTODIAN"), agency_,
      successor_by(custodian_, agency_, state_of(agency_), "sealed"));
  EXPECT_TRUE(started);
  rotation_ = *started;
  return rotation_.record.id;
}

Id WalkTest::stale_case() {
  new_rotation();
  return case_;
}

// Its latest generation was made by one who did not hold the one before.
Id WalkTest::case_without_its_previous() {
  new_rotation();
  EXPECT_TRUE(founded_.vault().graph().add_successor(
      actor_of(worker_, agency_, "MANAJER"),
      successor_by(worker_, case_, state_of(case_), "sealed")));
  return case_;
}

// With nothing left to be made on the way of the next one who opens it.
Id WalkTest::fresh_case() {
  Desk desk(service_.handler());
  EXPECT_TRUE(desk.answer_challenge(worker_));
  DeskPort port(desk);
  KeyRing ring(port, worker_.key(), agency_, worker_.identity, "sealed");
  const auto state = ring.fresh(case_);
  EXPECT_TRUE(state);
  // Not handed in: on its way to a further holder she links the generations that are not.
  EXPECT_TRUE(ring.add_holder(
      *state, {HolderKind::access_key, worker_.key(), 0, worker_.record.recipient}));
  return case_;
}

Id WalkTest::case_for_a_newcomer() {
  newcomer_ = make_person();
  enrol(newcomer_, agency_, "PENDAMPING");
  return fresh_case();
}

Id WalkTest::new_document() {
  fresh_case();
  Desk desk = lent(worker_);
  desk.headers = {{"upload-metadata", metadata()}};
  const Answer answer =
      desk.call("POST", "/v1/cases/" + case_.text() + "/documents", "isi", "text/plain");
  EXPECT_EQ(answer.status, 201) << answer.body;
  return Id::parse(answer.json().at("id").get<std::string>()).value();
}

// The bytes of a sealed deposit by the case's manager, which wait for their manifest.
Id WalkTest::pending_document(const Id& document) {
  fresh_case();
  Desk desk(service_.handler());
  EXPECT_TRUE(desk.answer_challenge(worker_));
  pending_.document = document;
  pending_.payload = crypto::age::seal_payload(crypto::as_bytes("isi"), pending_.key);
  desk.headers = {{"upload-metadata", metadata()}, {"segel-document", pending_.document.text()}};
  const Answer taken =
      desk.call("POST", "/v1/cases/" + case_.text() + "/documents",
                std::string(crypto::as_text(pending_.payload)), "application/vnd.age");
  EXPECT_EQ(taken.status, 202) << taken.body;
  pending_.taken = taken.json();
  return pending_.document;
}

}  // namespace api
