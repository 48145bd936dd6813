// Everybody whom a route can meet, and a well-formed request for each route of the table: what the
// tests have in common that walk ops/policy/routes.csv.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "api/office.h"

namespace api {

// What ops/policy says, read anew from its files: an oracle beside the service's own reading.
class Rights {
 public:
  using Row = std::map<std::string, std::string>;  // by column
  Rights();
  const std::vector<Row>& routes() const { return routes_; }
  const std::string& right_of(const std::string& method, const std::string& route) const;
  bool grants(const std::string& role, const std::string& right) const;

 private:
  std::vector<Row> routes_;
  std::map<std::string, Row> roles_;
};

// A caller's place in the one case that there is.
enum class Stand {
  none,
  member,
  depositor,
  custodian,
  enrolled,  // as a custodian of the case's agency, whose key nobody sealed to her
  receiver   /* custodian of a share offered */
};

struct Caller {
  std::string label;
  const Person* person;
  std::string role;
  Id agency;
  Stand stand;
};

struct Request {
  std::string target;
  std::string body = {};
  std::string type = "application/json";
  std::vector<std::pair<std::string, std::string>> headers = {};
};

// One way of calling a route. Its request is right in everything but, it may be, who makes it.
struct Probe {
  std::string method;
  std::string route;    // as in the table
  std::string variant;  // where a route has more than one probe
  // The thing that the path names; a new one where calling uses it up. Empty: it names none.
  std::function<Id()> thing;
  std::function<Request(const Caller&, const std::string& id)> request;
  // Which of those who have the right have access to the thing.
  std::function<bool(const Caller&)> sees;
  // What they are answered.
  std::function<int(const Caller&)> status;

  std::string name() const { return method + " " + route + (variant.empty() ? "" : " " + variant); }
};

// An office with a case, and people in and around it: of the agency that owns it (with and without
// a place in it), of one it is offered to, and of one that has nothing to do with it.
class WalkTest : public OfficeTest {
 protected:
  void SetUp() override;

  const std::vector<Caller>& callers() const { return callers_; }
  const Caller& caller(const std::string& label) const;
  std::vector<Probe> probes();
  Answer call(Desk& desk, const Probe& probe, const Caller& caller, const std::string& id);
  // The caller's session; a new one after it was ended.
  Desk& session_of(const Caller& caller);
  void forget_session(const Caller& caller) { sessions_.erase(caller.label); }

  crypto::NodeState state_of(const Id& node);
  crypto::GenerationSubmission successor_by(const Person& by, const Id& node,
                                            const crypto::NodeState& before, const char* via);
  json holder_by(const Caller& by, const Id& node, const crypto::Holder& holder);
  Id new_document();
  Id new_rotation();
  Id case_without_its_previous();
  Id case_for_a_newcomer();
  // A sealed deposit whose manifest is still to come.
  Id pending_document(const Id& document);
  Request manifest_request(const std::string& document);
  // What a sealed session sends of a new case, beside its label.
  void sign_new_case(const Caller& by, const Id& case_id, json& body);
  const Rights rights_;
  Id agency_, police_, other_, court_, case_, share_;
  Person intake_ = make_person(), auditor_ = make_person(), court_custodian_ = make_person();
  Person newcomer_;  // enrolled, and not of the team

 private:
  bool sealed() const { return !opened(); }
  Desk lent(const Person& person);
  std::string metadata() const;

  // Things as they are called for.
  Id new_order();
  Id stale_case();
  Id fresh_case();

  Request as_json(const std::string& target, const json& body) { return {target, body.dump()}; }
  Request enrolment_request(const Caller& by, const std::string& target, const Id& agency,
                            const std::string& role);
  Request agency_request(const Caller& by);
  Request signature_request(const Caller& by, const std::string& order);
  Request rotation_request(const Caller& by, const std::string& agency);
  Request batch_request(const Caller& by, const std::string& rotation);
  Request completion_request(const Caller& by, const std::string& rotation);
  Request document_request(const std::string& target);

  void add_open_probes(std::vector<Probe>& all);
  void add_directory_probes(std::vector<Probe>& all);
  void add_graph_probes(std::vector<Probe>& all);
  void add_case_probes(std::vector<Probe>& all);
  void add_document_probes(std::vector<Probe>& all);
  void add_log_probes(std::vector<Probe>& all);
  void add_acceptance_probe(std::vector<Probe>& all);

  std::vector<Caller> callers_;
  std::map<std::string, Person> others_;  // by label
  std::map<std::string, Desk> sessions_;
  int made_ = 0;            // names of offices differ by it
  std::string order_note_;  // of the newest order
  vault::RotationView rotation_;
  struct Pending {
    Id document;
    crypto::FileKey key = crypto::FileKey::random();
    json taken;
    crypto::Bytes payload;
  } pending_;
};

}  // namespace api
