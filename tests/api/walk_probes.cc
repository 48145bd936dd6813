// The requests of a walk, one for each row of ops/policy/routes.csv at least.
#include <algorithm>

#include "api/envelope.h"
#include "api/walk.h"
#include "crypto/age.h"
#include "crypto/encoding.h"

namespace api {
namespace {

using crypto::HolderKind;
using Sees = std::function<bool(const Caller&)>;
using Status = std::function<int(const Caller&)>;

bool anyone(const Caller&) { return true; }
bool placed(const Caller& who) {
  return who.stand == Stand::member || who.stand == Stand::depositor ||
         who.stand == Stand::custodian;
}
bool reads(const Caller& who) {
  return who.stand == Stand::member || who.stand == Stand::custodian;
}
bool deposits(const Caller& who) {
  return who.stand == Stand::member || who.stand == Stand::depositor;
}
bool member(const Caller& who) { return who.stand == Stand::member; }
bool custodian(const Caller& who) { return who.stand == Stand::custodian; }
bool admin(const Caller& who) { return who.role == "ADMIN"; }
bool watches(const Caller& who) { return admin(who) || who.role == "AUDITOR"; }

Status always(int status) {
  return [status](const Caller&) { return status; };
}

std::string filled(std::string route, const std::string& id) {
  const std::size_t open = route.find('{');
  if (open != std::string::npos) route.replace(open, route.find('}') - open + 1, id);
  return route;
}

// One that needs no body. `query` follows the path.
Probe plain(const std::string& method, const std::string& route, int status = 200,
            const std::string& query = {}, const std::string& variant = {}) {
  const auto request = [route, query](const Caller&, const std::string& id) {
    return Request{filled(route, id) + query};
  };
  return {method, route, variant, nullptr, request, anyone, always(status)};
}

Probe about(std::function<Id()> thing, const Sees& sees, Probe probe) {
  probe.thing = std::move(thing);
  probe.sees = sees;
  return probe;
}

}  // namespace

std::vector<Probe> WalkTest::probes() {
  std::vector<Probe> all;
  add_open_probes(all);
  add_directory_probes(all);
  add_graph_probes(all);
  add_case_probes(all);
  add_document_probes(all);
  add_log_probes(all);
  // Last: the one who accepts has a place in the case from then on.
  add_acceptance_probe(all);
  return all;
}

void WalkTest::add_open_probes(std::vector<Probe>& all) {
  for (const char* route : {"/livez", "/readyz", "/openapi.yaml"}) {
    all.push_back(plain("GET", route));
  }
  Probe login = plain("POST", "/v1/sessions", 201);
  login.request = [this](const Caller&, const std::string&) {
    const auto nobody = crypto::Identity::generate().recipient();
    return as_json("/v1/sessions", {{"recipient", nobody.text()}});
  };
  all.push_back(login);
  login.variant = "with a key";
  login.request = [this](const Caller& who, const std::string&) {
    return as_json("/v1/sessions",
                   {{"identity", std::string(who.person->identity.text().expose_text())}});
  };
  all.push_back(login);
  all.push_back(plain("GET", "/v1/session"));
  all.push_back(plain("DELETE", "/v1/session", 204));
  all.push_back(plain("DELETE", "/v1/sessions", 204));
}

Request WalkTest::enrolment_request(const Caller& by, const std::string& target, const Id& agency,
                                    const std::string& role) {
  const Person person = make_person();
  json body{{"enrolment", person.enrolment}};
  if (opened()) {
    body["role"] = role;
  } else {
    body["statement"] =
        by.person->signed_by_her(crypto::to_statement(person.as(agency, role))).encode();
  }
  return as_json(target, body);
}

Request WalkTest::agency_request(const Caller& by) {
  const Person person = make_person();
  const std::string name = "Court " + std::to_string(++made_);
  json body{{"enrolment", person.enrolment}};
  if (opened()) {
    body["code"] = "PN";
    body["name"] = name;
  } else {
    const Id agency = Id::make(FoundedVault::kStart);
    const crypto::AgencyRecord record{agency, "PN", name, person.as(agency, "KUSTODIAN")};
    body["statement"] = by.person->signed_by_her(crypto::to_statement(record)).encode();
  }
  return as_json("/v1/agencies", body);
}

Request WalkTest::signature_request(const Caller& by, const std::string& order) {
  json body = json::object();
  if (sealed()) {
    const auto waiting = crypto::Statement::parse(order_note_);
    body["statement"] = by.person->signed_by_her(waiting.value()).encode();
  }
  return as_json("/v1/orders/" + order + "/signatures", body);
}

void WalkTest::add_directory_probes(std::vector<Probe>& all) {
  all.push_back(plain("GET", "/v1/agencies"));
  Probe agency = plain("POST", "/v1/agencies", 202);
  agency.request = [this](const Caller& by, const std::string&) { return agency_request(by); };
  all.push_back(agency);

  const std::string keys = "/v1/agencies/{agency}/access-keys";
  const auto the_agency = [this] { return agency_; };
  const auto knows_keys = [this](const Caller& who) {
    return who.agency == agency_ || watches(who);
  };
  all.push_back(about(the_agency, knows_keys, plain("GET", keys)));
  Probe key = plain("POST", keys, 201);
  key.request = [this, keys](const Caller& by, const std::string& id) {
    return enrolment_request(by, filled(keys, id), Id::parse(id).value_or(Id{}), "PENDAMPING");
  };
  all.push_back(about(the_agency, admin, key));
  Probe outside = plain("POST", "/v1/access-keys", 202);
  outside.request = [this](const Caller& by, const std::string&) {
    return enrolment_request(by, "/v1/access-keys", {}, "AUDITOR");
  };
  all.push_back(outside);
  all.push_back(
      about([this] { return worker_.key(); }, anyone, plain("GET", "/v1/access-keys/{key}")));

  all.push_back(plain("GET", "/v1/orders"));
  Probe signature = plain("POST", "/v1/orders/{order}/signatures");
  signature.request = [this](const Caller& by, const std::string& id) {
    return signature_request(by, id);
  };
  all.push_back(about([this] { return new_order(); }, admin, signature));
}

Request WalkTest::rotation_request(const Caller& by, const std::string& agency) {
  const Id node = Id::parse(agency).value_or(Id{});
  json body = json::object();
  if (sealed() && admin(by)) {
    const crypto::OrderRecord record{Id::make(FoundedVault::kStart), "rotate", node,
                                     by.person->key(), GetParam()};
    body["order"] = by.person->signed_by_her(crypto::to_statement(record)).encode();
  } else if (sealed()) {
    body["generation"] = wire::of(successor_by(*by.person, node, state_of(agency_), GetParam()));
  }
  return as_json("/v1/nodes/" + agency + "/rotations", body);
}

Request WalkTest::batch_request(const Caller& by, const std::string& rotation) {
  const auto next = successor_by(*by.person, case_, state_of(case_), GetParam());
  return as_json("/v1/rotations/" + rotation + "/batches",
                 {{"generations", json::array({wire::of(next)})}});
}

Request WalkTest::completion_request(const Caller& by, const std::string& rotation) {
  const auto view = founded_.vault().rotations().get(
      {custodian_.key(), agency_, "KUSTODIAN", "sealed", {}, {}}, rotation_.record.id);
  const crypto::RotationRecord record{Id::parse(rotation).value_or(Id{}),
                                      agency_,
                                      view->record.from,
                                      view->record.to,
                                      view->record.replaced,
                                      view->documents,
                                      by.person->key(),
                                      GetParam()};
  return as_json("/v1/rotations/" + rotation + "/batches",
                 {{"statement", by.person->signed_by_her(crypto::to_statement(record)).encode()}});
}

void WalkTest::add_graph_probes(std::vector<Probe>& all) {
  const auto the_case = [this] { return case_; };
  const auto the_agency = [this] { return agency_; };
  const std::string node = "/v1/nodes/{node}", boxes = node + "/lockboxes";
  all.push_back(about(the_case, placed, plain("GET", node, 200, "", "of a case")));
  all.push_back(about(the_agency, anyone, plain("GET", node, 200, "", "of an agency")));
  all.push_back(about(the_case, reads, plain("GET", boxes, 200, "", "of a case")));
  all.push_back(about(the_agency, anyone, plain("GET", boxes, 200, "", "of an agency")));
  Probe box = plain("GET", boxes, 200, "", "of a holder");
  box.request = [boxes](const Caller& by, const std::string& id) {
    return Request{filled(boxes, id) + "?generation=1&holder=" + by.person->key().text()};
  };
  all.push_back(about(the_case, member, box));

  Probe holder = plain("POST", boxes, 201);
  holder.request = [this, boxes](const Caller& by, const std::string& id) {
    const crypto::Holder to{HolderKind::access_key, newcomer_.key(), 0, newcomer_.record.recipient};
    json body{{"key", newcomer_.key().text()}};
    if (sealed()) body = {{"holder", holder_by(by, Id::parse(id).value_or(Id{}), to)}};
    return as_json(filled(boxes, id), body);
  };
  const auto agency_for_a_custodian = [this] {
    newcomer_ = make_person();
    enrol(newcomer_, agency_, "KUSTODIAN");
    return agency_;
  };
  all.push_back(about(agency_for_a_custodian, custodian, holder));

  if (sealed()) {
    Probe previous = plain("POST", boxes, 201, "", "of an older generation");
    previous.request = [this, boxes](const Caller&, const std::string& id) {
      const auto older =
          crypto::NodeSecret::generate(Id::parse(id).value_or(Id{}), crypto::NodeKind::case_file,
                                       state_of(case_).record.generation - 1);
      const auto sealed = crypto::seal_previous(older, crypto::Identity::generate().recipient());
      return as_json(filled(boxes, id),
                     {{"generation", older.generation}, {"previous", crypto::base64(sealed)}});
    };
    all.push_back(about([this] { return case_without_its_previous(); }, reads, previous));
  }

  const std::string generations = node + "/generations";
  Probe generation = plain("POST", generations, 201);
  generation.request = [this, generations](const Caller& by, const std::string& id) {
    json body = json::object();
    const Id named = Id::parse(id).value_or(Id{});
    if (sealed()) body = wire::of(successor_by(*by.person, named, state_of(case_), GetParam()));
    return as_json(filled(generations, id), body);
  };
  all.push_back(about([this] { return stale_case(); }, reads, generation));

  Probe rotation = plain("POST", node + "/rotations");
  rotation.request = [this](const Caller& by, const std::string& id) {
    return rotation_request(by, id);
  };
  rotation.status = [this](const Caller& who) { return admin(who) ? 202 : opened() ? 200 : 201; };
  const auto rotates = [](const Caller& who) { return admin(who) || custodian(who); };
  all.push_back(about(the_agency, rotates, rotation));

  const auto the_rotation = [this] { return new_rotation(); };
  all.push_back(about(the_rotation, rotates, plain("GET", "/v1/rotations/{rotation}")));
  Probe batch = plain("POST", "/v1/rotations/{rotation}/batches");
  batch.request = [this](const Caller& by, const std::string& id) { return batch_request(by, id); };
  all.push_back(about(the_rotation, custodian, batch));
  batch.variant = "to complete it";
  batch.request = [this](const Caller& by, const std::string& id) {
    return completion_request(by, id);
  };
  const auto done_rotation = [this] {
    new_rotation();
    fresh_case();
    return rotation_.record.id;
  };
  all.push_back(about(done_rotation, custodian, batch));
}

void WalkTest::add_case_probes(std::vector<Probe>& all) {
  const auto the_case = [this] { return case_; };
  all.push_back(plain("GET", "/v1/cases"));
  Probe made = plain("POST", "/v1/cases", 201);
  made.request = [this](const Caller& by, const std::string&) {
    json body{{"category", "KTP-FIS"}, {"flags", json::array()}, {"minor", false}};
    if (sealed()) sign_new_case(by, Id::make(FoundedVault::kStart), body);
    return as_json("/v1/cases", body);
  };
  all.push_back(made);
  all.push_back(about(the_case, placed, plain("GET", "/v1/cases/{case}")));
  all.push_back(about(the_case, reads, plain("GET", "/v1/cases/{case}/team")));
  all.push_back(about(the_case, reads, plain("GET", "/v1/cases/{case}/shares")));

  Probe team = plain("POST", "/v1/cases/{case}/team", 201);
  team.request = [this](const Caller& by, const std::string& id) {
    const crypto::Holder to{HolderKind::access_key, newcomer_.key(), 0, newcomer_.record.recipient};
    json body{{"key", newcomer_.key().text()}};
    if (sealed()) body["holder"] = holder_by(by, Id::parse(id).value_or(Id{}), to);
    return as_json("/v1/cases/" + id + "/team", body);
  };
  all.push_back(about([this] { return case_for_a_newcomer(); }, reads, team));

  Probe share = plain("POST", "/v1/cases/{case}/shares", 201);
  share.request = [this](const Caller& by, const std::string& id) {
    const auto court = state_of(court_).record;
    const crypto::Holder to{HolderKind::node, court_, court.generation, court.recipient};
    json body{{"agency", court_.text()}};
    if (sealed()) body["holder"] = holder_by(by, Id::parse(id).value_or(Id{}), to);
    return as_json("/v1/cases/" + id + "/shares", body);
  };
  all.push_back(about([this] { return fresh_case(); }, member, share));
}

void WalkTest::add_acceptance_probe(std::vector<Probe>& all) {
  Probe acceptance = plain("POST", "/v1/shares/{share}/acceptance");
  acceptance.request = [this](const Caller& by, const std::string& id) {
    json body = json::object();
    if (sealed()) {
      const crypto::ShareRecord record{Id::parse(id).value_or(Id{}), case_, by.agency,
                                       by.person->key(), GetParam()};
      body["statement"] = by.person->signed_by_her(crypto::to_statement(record)).encode();
    }
    return as_json("/v1/shares/" + id + "/acceptance", body);
  };
  const auto offered = [](const Caller& who) { return who.stand == Stand::receiver; };
  all.push_back(about([this] { return share_; }, offered, acceptance));
}

Request WalkTest::document_request(const std::string& target) {
  if (opened()) return {target, "isi", "text/plain", {{"upload-metadata", metadata()}}};
  const auto payload =
      crypto::age::seal_payload(crypto::as_bytes("isi"), crypto::FileKey::random());
  return {
      target,
      std::string(crypto::as_text(payload)),
      "application/vnd.age",
      {{"upload-metadata", metadata()}, {"segel-document", Id::make(FoundedVault::kStart).text()}}};
}

// The manifest that the one who deposited the bytes would send for them.
Request WalkTest::manifest_request(const std::string& document) {
  Desk desk(service_.handler());
  DeskPort port(desk);
  const KeyRing ring = ring_of(port, worker_, agency_);
  const auto state = state_of(case_);
  crypto::Manifest manifest;
  manifest.document = Id::parse(document).value_or(Id{});
  manifest.case_id = case_;
  manifest.generation = state.record.generation;
  manifest.title = manifest.file_name = "isi.txt";
  manifest.media_type = "text/plain";
  manifest.label = wire::read<crypto::Label>(pending_.taken.at("label")).value();
  manifest.created = FoundedVault::kStart;
  std::copy_n(pending_.payload.begin(), manifest.payload_nonce.size(),
              manifest.payload_nonce.begin());
  const Envelope envelope =
      make_envelope(ring, manifest, pending_.key,
                    {{HolderKind::node, case_, state.record.generation, state.record.recipient}});
  json headers = json::array();
  for (const auto& header : envelope.headers) headers.push_back(wire::of(header));
  return as_json("/v1/documents/" + document + "/manifest",
                 {{"version", 1},
                  {"case", case_.text()},
                  {"generation", manifest.generation},
                  {"label", wire::of(manifest.label)},
                  {"manifest", crypto::base64(envelope.manifest)},
                  {"manifest_digest", crypto::base64(envelope.manifest_digest)},
                  {"content", crypto::base64(manifest.content_digest())},
                  {"headers", headers}});
}

void WalkTest::add_document_probes(std::vector<Probe>& all) {
  const int taken = opened() ? 201 : 202;
  const auto a_document = [this] { return new_document(); };
  all.push_back(about([this] { return case_; }, reads, plain("GET", "/v1/cases/{case}/documents")));
  Probe deposit = plain("POST", "/v1/cases/{case}/documents", taken);
  deposit.request = [this](const Caller&, const std::string& id) {
    return document_request("/v1/cases/" + id + "/documents");
  };
  all.push_back(about([this] { return fresh_case(); }, deposits, deposit));

  const std::string document = "/v1/documents/{document}";
  for (const char* part : {"", "/versions", "/content"}) {
    all.push_back(about(a_document, reads, plain("GET", document + part)));
  }
  all.push_back(about(a_document, reads, plain("HEAD", document + "/content")));
  Probe version = plain("PUT", document + "/content", taken);
  version.request = [this](const Caller&, const std::string& id) {
    Request request = document_request("/v1/documents/" + id + "/content");
    request.headers.emplace_back("if-match", "*");
    return request;
  };
  all.push_back(about(a_document, member, version));
  Probe manifest = plain("PUT", document + "/manifest", 201);
  manifest.request = [this](const Caller&, const std::string& id) { return manifest_request(id); };
  const auto depositor = [this](const Caller& who) { return who.person == &worker_; };
  all.push_back(about([this] { return pending_document(Id::make(FoundedVault::kStart)); },
                      depositor, manifest));
}

void WalkTest::add_log_probes(std::vector<Probe>& all) {
  all.push_back(plain("GET", "/v1/log/checkpoint"));
  all.push_back(plain("GET", "/v1/log/proof", 200, "?index=0&size=1"));
  Probe whole = plain("GET", "/v1/log/entries", 200, "", "without a case");
  // Those who read of their cases must name one.
  whole.status = [](const Caller& who) {
    return who.role == "MANAJER" || who.role == "PENDAMPING" ? 400 : 200;
  };
  all.push_back(whole);
  Probe of_case = plain("GET", "/v1/log/entries", 200, "", "of a case");
  of_case.request = [](const Caller&, const std::string& id) {
    return Request{"/v1/log/entries?case=" + id};
  };
  const auto watches_case = [](const Caller& who) { return reads(who) || who.role == "AUDITOR"; };
  all.push_back(about([this] { return case_; }, watches_case, of_case));
}

}  // namespace api
