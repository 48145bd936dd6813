// An office and what its people do, call by call, in opened or in sealed sessions.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <string_view>

#include "api/keyring.h"
#include "api/rotation_run.h"
#include "api/service.h"
#include "api/wire.h"
#include "support/desk.h"

namespace api {

using nlohmann::json;
using support::Answer;
using support::Desk;
using support::DeskPort;
using support::FoundedVault;
using support::make_person;
using support::Person;

class OfficeTest : public ::testing::TestWithParam<const char*> {
 protected:
  bool opened() const { return std::string_view(GetParam()) == "opened"; }
  Desk desk_of(const Person& person) {
    Desk desk(service_.handler());
    EXPECT_TRUE(opened() ? desk.lend_key(person) : desk.answer_challenge(person));
    return desk;
  }
  KeyRing ring_of(DeskPort& port, const Person& person, const Id& agency) {
    return {port, person.key(), agency, person.identity, GetParam()};
  }

  // Registers an agency with both administrators' signatures, and makes its first generation.
  Id add_agency(const std::string& code, const Person& custodian) {
    Desk first = desk_of(founded_.first_admin);
    json body{{"enrolment", custodian.enrolment}};
    if (opened()) {
      body["code"] = code;
      body["name"] = "Office " + code;
    } else {
      const Id agency = Id::make(FoundedVault::kStart);
      const crypto::AgencyRecord record{agency, code, "Office " + code,
                                        custodian.as(agency, "KUSTODIAN")};
      body["statement"] = founded_.first_admin.signed_by_her(crypto::to_statement(record)).encode();
    }
    const Answer asked = first.post("/v1/agencies", body);
    EXPECT_EQ(asked.status, 202) << asked.body;
    if (asked.status != 202) return {};
    confirm(asked.json().at("order"));
    const Id agency = Id::parse(asked.json().at("id").get<std::string>()).value();
    Desk desk = desk_of(custodian);
    if (!opened()) {
      DeskPort port(desk);
      KeyRing ring = ring_of(port, custodian, agency);
      const auto submission = ring.first_generation(
          agency, crypto::NodeKind::agency, agency,
          {{crypto::HolderKind::access_key, custodian.key(), 0, custodian.record.recipient}});
      EXPECT_TRUE(port.add_generation(agency, submission));
    }
    return agency;
  }

  void confirm(const std::string& order) {
    Desk second = desk_of(founded_.second_admin);
    const json waiting = second.get("/v1/orders").json().at("items");
    ASSERT_EQ(waiting.size(), 1U);
    ASSERT_EQ(waiting[0].at("id"), order);
    json body = json::object();
    if (!opened()) {
      const auto note = crypto::Statement::parse(waiting[0].at("note").get<std::string>());
      ASSERT_TRUE(note);
      body["statement"] = founded_.second_admin.signed_by_her(*note).encode();
    }
    const Answer signed_now = second.post("/v1/orders/" + order + "/signatures", body);
    ASSERT_EQ(signed_now.status, 200) << signed_now.body;
  }

  void enrol(const Person& person, const Id& agency, const std::string& role) {
    Desk desk = desk_of(founded_.first_admin);
    json body{{"enrolment", person.enrolment}};
    if (opened()) {
      body["role"] = role;
    } else {
      body["statement"] =
          founded_.first_admin.signed_by_her(crypto::to_statement(person.as(agency, role)))
              .encode();
    }
    const Answer answer = desk.post("/v1/agencies/" + agency.text() + "/access-keys", body);
    ASSERT_EQ(answer.status, 201) << answer.body;
  }

  // Of no agency, and so on the word of both administrators.
  void enrol_outside(const Person& person, const std::string& role) {
    Desk desk = desk_of(founded_.first_admin);
    json body{{"enrolment", person.enrolment}};
    if (opened()) {
      body["role"] = role;
    } else {
      body["statement"] =
          founded_.first_admin.signed_by_her(crypto::to_statement(person.as({}, role))).encode();
    }
    const Answer asked = desk.post("/v1/access-keys", body);
    ASSERT_EQ(asked.status, 202) << asked.body;
    confirm(asked.json().at("order"));
  }

  json create_case(Desk& desk, const Person& person, const Id& agency) {
    json body{{"category", "KTP-FIS"}, {"flags", json::array()}, {"minor", false}};
    if (!opened()) {
      DeskPort port(desk);
      KeyRing ring = ring_of(port, person, agency);
      const auto node = port.node(agency, 0);
      EXPECT_TRUE(node);
      const Id id = Id::make(FoundedVault::kStart);
      const auto submission = ring.first_generation(
          id, crypto::NodeKind::case_file, agency,
          {{crypto::HolderKind::node, agency, node->record.generation, node->record.recipient},
           {crypto::HolderKind::access_key, person.key(), 0, person.record.recipient}});
      body["generation"] = wire::of(submission);
      body["statement"] = ring.sign(crypto::to_statement(crypto::CaseLabelRecord{
          id, agency, body["category"], {}, false, person.key(), GetParam()}));
      if (on_case_body) on_case_body(body);
    }
    const Answer answer = desk.post("/v1/cases", body);
    EXPECT_EQ(answer.status, on_case_body ? 422 : 201) << answer.body;
    return answer.json();
  }
  // Changes what a sealed session sends of a new case, so that it is refused.
  std::function<void(json&)> on_case_body;

  // The lockbox of a case for a further holder, as a sealed session sends it.
  json holder_for(Desk& desk, const Person& by, const Id& agency, const Id& case_id,
                  crypto::Holder to) {
    DeskPort port(desk);
    KeyRing ring = ring_of(port, by, agency);
    const auto state = ring.fresh(case_id);
    EXPECT_TRUE(state);
    const auto submission = ring.add_holder(*state, to);
    EXPECT_TRUE(submission);
    return wire::of(*submission);
  }

  Answer add_member(Desk& desk, const Person& by, const Id& agency, const Id& case_id,
                    const Person& member) {
    json body{{"key", member.key().text()}};
    if (!opened()) {
      body["holder"] =
          holder_for(desk, by, agency, case_id,
                     {crypto::HolderKind::access_key, member.key(), 0, member.record.recipient});
    }
    return desk.post("/v1/cases/" + case_id.text() + "/team", body);
  }

  Answer share(Desk& desk, const Person& by, const Id& agency, const Id& case_id, const Id& with) {
    json body{{"agency", with.text()}};
    if (!opened()) {
      DeskPort port(desk);
      const auto node = port.node(with, 0);
      EXPECT_TRUE(node);
      body["holder"] = holder_for(
          desk, by, agency, case_id,
          {crypto::HolderKind::node, with, node->record.generation, node->record.recipient});
    }
    return desk.post("/v1/cases/" + case_id.text() + "/shares", body);
  }

  void accept(const Person& custodian, const Id& agency) {
    Desk desk = desk_of(custodian);
    const json waiting = desk.get("/v1/orders").json().at("items");
    ASSERT_EQ(waiting.size(), 1U);
    ASSERT_EQ(waiting[0].at("kind"), "share");
    json body = json::object();
    if (!opened()) {
      crypto::ShareRecord record{Id::parse(waiting[0].at("id").get<std::string>()).value(),
                                 Id::parse(waiting[0].at("node").get<std::string>()).value(),
                                 agency, custodian.key(), "sealed"};
      body["statement"] = custodian.signed_by_her(crypto::to_statement(record)).encode();
    }
    const Answer answer =
        desk.post("/v1/shares/" + waiting[0].at("id").get<std::string>() + "/acceptance", body);
    ASSERT_EQ(answer.status, 200) << answer.body;
  }

  void order_rotation(const Id& agency) {
    Desk desk = desk_of(founded_.first_admin);
    json body = json::object();
    if (!opened()) {
      const crypto::OrderRecord record{Id::make(FoundedVault::kStart), "rotate", agency,
                                       founded_.first_admin.key(), "sealed"};
      body["order"] = founded_.first_admin.signed_by_her(crypto::to_statement(record)).encode();
    }
    const Answer answer = desk.post("/v1/nodes/" + agency.text() + "/rotations", body);
    ASSERT_EQ(answer.status, 202) << answer.body;
  }

  RotationState run_rotation_of(const Person& custodian, const Id& agency) {
    Desk desk = desk_of(custodian);
    if (opened()) {
      const Answer answer = desk.post("/v1/nodes/" + agency.text() + "/rotations");
      EXPECT_EQ(answer.status, 200) << answer.body;
      return wire::read<RotationState>(answer.json()).value_or(RotationState{});
    }
    DeskPort port(desk);
    KeyRing ring = ring_of(port, custodian, agency);
    const auto state = run_rotation(ring, port, port, agency);
    EXPECT_TRUE(state) << state.error().type;
    return state.value_or(RotationState{});
  }

  FoundedVault founded_;
  Service service_{founded_.vault(), options()};
  ServiceOptions options() {
    ServiceOptions options;
    options.clock = founded_.clock();
    options.steady = founded_.steady();
    options.sessions.each = 1000;  // a person's many desks are one key's, and time stands still
    return options;
  }
  Person custodian_ = make_person(), worker_ = make_person(), colleague_ = make_person();
  Person police_custodian_ = make_person(), investigator_ = make_person();
};

}  // namespace api
