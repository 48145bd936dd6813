// An office's first weeks as its people type them, with the key never leaving their machines.
#include <gmock/gmock.h>

#include <algorithm>
#include <set>

#include "cli/office_command.h"

namespace segel_test {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

std::vector<std::string> all_of(const std::vector<json>& objects, const char* name) {
  std::vector<std::string> values;
  for (const json& one : objects) values.push_back(one.value(name, ""));
  return values;
}

class OfficeFlow : public OfficeCommand {
 protected:
  void SetUp() override {
    custodian_ = make_colleague("Citra");
    worker_ = make_colleague("Dewi");
    colleague_ = make_colleague("Eka");
    agency_ = add_agency("UPTDPPA", *custodian_);
    enrol(*worker_, "UPTDPPA", "MANAJER");
  }
  void add_police() {
    police_custodian_ = make_colleague("Fitri");
    police_ = add_agency("POLRES", *police_custodian_);
  }

  std::unique_ptr<Colleague> custodian_, worker_, colleague_, police_custodian_;
  std::string agency_, police_;
};

TEST_F(OfficeFlow, AgencyComesToLifeWhenItsCustodianLogsIn) {
  const auto fresh = make_colleague("Gita");
  const json asked =
      did(*first_admin_, {"agency", "add", "--code", "RSUD", "--name", "RSUD Parikesit",
                          "--custodian", fresh->enrolment, "--fingerprint", fresh->fingerprint});
  EXPECT_EQ(asked.at("fingerprint"), fresh->fingerprint);
  // Until a second administrator has given her word there is no such agency and no such key.
  EXPECT_EQ(refused(*first_admin_, {"agency", "show", "RSUD"}), "agency_unknown");
  EXPECT_EQ(refused(*fresh, {"login"}), "login_key_unknown");

  const auto waiting = listed(*second_admin_, {"pending"});
  ASSERT_EQ(waiting.size(), 1U);
  EXPECT_EQ(waiting[0].at("kind"), "approve");
  EXPECT_EQ(waiting[0].at("fingerprint"), fresh->fingerprint);
  EXPECT_THAT(waiting[0].at("what"), HasSubstr("RSUD Parikesit"));
  did(*second_admin_,
      {"pending", "confirm", asked.at("order"), "--fingerprint", fresh->fingerprint});
  EXPECT_EQ(did(*first_admin_, {"agency", "show", "RSUD"}).at("generation"), "0");

  const auto login = run(*fresh, {"login"});
  EXPECT_THAT(login.err, HasSubstr("first key was made"));
  const json alive = did(*first_admin_, {"agency", "show", "RSUD"});
  EXPECT_EQ(alive.at("generation"), "1");
  EXPECT_EQ(alive.at("custodian"), fresh->key);
  EXPECT_EQ(alive.at("id"), asked.at("id"));
  // It is made once.
  EXPECT_THAT(run(*fresh, {"login"}).err, testing::Not(HasSubstr("first key was made")));
  EXPECT_THAT(all_of(listed(*fresh, {"agency", "list"}), "code"),
              UnorderedElementsAre("UPTDPPA", "RSUD"));
}

TEST_F(OfficeFlow, KeysAreEnrolledOnTheWordOfWhoComparedThem) {
  const std::vector<std::string> command = {
      "key", "add", colleague_->enrolment, "--role", "PENDAMPING", "--agency", "UPTDPPA"};
  auto with = [&](const std::string& fingerprint) {
    auto whole = command;
    whole.insert(whole.end(), {"--fingerprint", fingerprint});
    return whole;
  };
  EXPECT_EQ(refused(*first_admin_, command, 2), "fingerprint_needed");
  EXPECT_EQ(refused(*first_admin_, with(worker_->fingerprint)), "fingerprint_differs");
  EXPECT_EQ(refused(*colleague_, {"login"}), "login_key_unknown");

  // As it was written down by hand.
  std::string words = colleague_->fingerprint;
  std::replace(words.begin(), words.end(), '-', ' ');
  words[0] = static_cast<char>(words[0] - 'a' + 'A');
  const json added = did(*first_admin_, with(words));
  EXPECT_EQ(added.at("id"), colleague_->key);
  EXPECT_FALSE(added.contains("order"));
  EXPECT_EQ(did(*colleague_, {"login"}).at("agency"), agency_);

  EXPECT_THAT(all_of(listed(*colleague_, {"key", "list"}), "id"),
              UnorderedElementsAre(custodian_->key, worker_->key, colleague_->key));
  EXPECT_EQ(refused(*first_admin_, {"key", "list"}, 2), "key_list_agency_needed");
  EXPECT_EQ(listed(*first_admin_, {"key", "list", "--agency", "UPTDPPA"}).size(), 3U);
  const json shown = did(*worker_, {"key", "show", colleague_->key});
  EXPECT_EQ(shown.at("fingerprint"), colleague_->fingerprint);
  EXPECT_EQ(shown.at("role"), "PENDAMPING");
  EXPECT_EQ(refused(*worker_, {"key", "show", "nobody"}, 2), "id_malformed");
  EXPECT_EQ(refused(*worker_, with(words)), "wrong-role");
}

TEST_F(OfficeFlow, FingerprintIsAskedForOnATerminal) {
  const std::vector<std::string> words = {
      "key", "add", colleague_->enrolment, "--role", "PENDAMPING", "--agency", "UPTDPPA"};
  support::OnTerminal refusing(command(*first_admin_, words));
  ASSERT_TRUE(refusing.shows(colleague_->fingerprint));
  ASSERT_TRUE(refusing.shows("[y/N]"));
  refusing.type("\n");
  const auto refused = refusing.finish();
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.out, HasSubstr("nothing was signed"));

  support::OnTerminal agreeing(command(*first_admin_, words));
  ASSERT_TRUE(agreeing.shows("[y/N]"));
  agreeing.type("y\n");
  const auto agreed = agreeing.finish();
  EXPECT_EQ(agreed.exit_code, 0) << agreed.out;
  log_in(*colleague_);
}

TEST_F(OfficeFlow, AuditorTakesTwoAdministrators) {
  const json asked = did(*first_admin_, {"key", "add", colleague_->enrolment, "--role", "AUDITOR",
                                         "--fingerprint", colleague_->fingerprint});
  const std::string order = asked.at("order");
  EXPECT_EQ(refused(*second_admin_, {"pending", "confirm", order}, 2), "fingerprint_needed");
  EXPECT_EQ(
      refused(*second_admin_, {"pending", "confirm", order, "--fingerprint", worker_->fingerprint}),
      "fingerprint_differs");
  did(*second_admin_, {"pending", "confirm", order, "--fingerprint", colleague_->fingerprint});
  EXPECT_EQ(did(*colleague_, {"login"}).at("role"), "AUDITOR");
  EXPECT_EQ(refused(*second_admin_, {"pending", "confirm", order}), "pending_unknown");
  EXPECT_EQ(refused(*colleague_, {"case", "list"}), "wrong-role");
}

TEST_F(OfficeFlow, CaseIsSeenByItsTeamAndNobodyElse) {
  enrol(*colleague_, "UPTDPPA", "PENDAMPING");
  const json made = did(*worker_, {"case", "create", "--category", "KTP-FIS", "--minor"});
  const std::string code = made.at("code");
  EXPECT_THAT(code, HasSubstr("KKR-"));
  EXPECT_EQ(made.at("agency"), agency_);
  EXPECT_EQ(did(*worker_, {"case", "show", code}), did(*worker_, {"case", "show", made.at("id")}));
  EXPECT_EQ(refused(*colleague_, {"case", "show", code}), "not-found");
  EXPECT_EQ(refused(*worker_, {"case", "show", "KKR-0000-0001"}), "bad-code");
  EXPECT_EQ(refused(*worker_, {"case", "create", "--category", "KTP"}), "invalid");
  EXPECT_TRUE(listed(*colleague_, {"case", "list"}).empty());

  const std::vector<std::string> adding = {"case", "team", "add", code, colleague_->key};
  EXPECT_EQ(refused(*worker_, adding, 2), "fingerprint_needed");
  auto wrongly = adding;
  wrongly.insert(wrongly.end(), {"--fingerprint", worker_->fingerprint});
  EXPECT_EQ(refused(*worker_, wrongly), "fingerprint_differs");
  EXPECT_EQ(refused(*colleague_, {"case", "show", code}), "not-found");
  auto rightly = adding;
  rightly.insert(rightly.end(), {"--fingerprint", colleague_->fingerprint});
  EXPECT_EQ(did(*worker_, rightly).at("fingerprint"), colleague_->fingerprint);

  EXPECT_EQ(did(*colleague_, {"case", "show", code}).at("place"), "member");
  EXPECT_THAT(all_of(listed(*worker_, {"case", "team", code}), "key"),
              UnorderedElementsAre(worker_->key, colleague_->key));
  EXPECT_EQ(run(*colleague_, {"case", "list", "--code"}).out, code + "\n");
  EXPECT_EQ(refused(*worker_, {"case", "team"}, 2), "argument_missing");
  EXPECT_EQ(refused(*worker_, {"case", "team", "add", code, "a", "b"}, 2), "argument_unknown");
}

TEST_F(OfficeFlow, IntakeOfficerHasAPlaceWithoutALockbox) {
  enrol(*colleague_, "UPTDPPA", "PENERIMA");
  const std::string code = create_case(*worker_);
  const auto added = run(*worker_, {"case", "team", "add", code, colleague_->key, "--fingerprint",
                                    colleague_->fingerprint});
  EXPECT_EQ(added.exit_code, 0) << added.err;
  EXPECT_THAT(added.out, HasSubstr("cannot read"));
  EXPECT_EQ(did(*colleague_, {"case", "show", code}).at("place"), "depositor");
  EXPECT_EQ(refused(*colleague_, {"case", "team", code}), "wrong-role");
}

TEST_F(OfficeFlow, ShareOpensTheCaseOnceItIsAccepted) {
  add_police();
  const std::string code = create_case(*worker_);
  const json offered = did(*worker_, {"case", "share", code, "POLRES"});
  EXPECT_EQ(offered.at("state"), "sent");
  EXPECT_EQ(refused(*police_custodian_, {"case", "show", code}), "not-found");

  const auto waiting = listed(*police_custodian_, {"pending"});
  ASSERT_EQ(waiting.size(), 1U);
  EXPECT_EQ(waiting[0].at("kind"), "share");
  EXPECT_EQ(did(*police_custodian_, {"status"}).at("pending"), "1");
  did(*police_custodian_, {"pending", "confirm", waiting[0].at("id")});
  EXPECT_EQ(did(*police_custodian_, {"case", "show", code}).at("place"), "custodian");
  EXPECT_THAT(all_of(listed(*worker_, {"case", "shares", code}), "state"), ElementsAre("accepted"));
  EXPECT_EQ(refused(*worker_, {"case", "share", code, "DINSOS"}), "agency_unknown");

  // Her key opens it: she seals it to a colleague of her own.
  enrol(*colleague_, "POLRES", "PENDAMPING");
  did(*police_custodian_,
      {"case", "team", "add", code, colleague_->key, "--fingerprint", colleague_->fingerprint});
  EXPECT_EQ(did(*colleague_, {"case", "show", code}).at("place"), "member");
}

TEST_F(OfficeFlow, RotationIsOrderedByOneAndDoneByAnother) {
  create_case(*worker_);
  create_case(*worker_);
  const json ordered = did(*first_admin_, {"agency", "rotate", "UPTDPPA"});
  const auto waiting = listed(*custodian_, {"pending"});
  ASSERT_EQ(waiting.size(), 1U);
  EXPECT_EQ(waiting[0].at("id"), ordered.at("order"));
  EXPECT_EQ(refused(*custodian_, {"pending", "confirm", ordered.at("order")}),
            "pending_is_rotation");

  const json rotated = did(*custodian_, {"agency", "rotate", "UPTDPPA"});
  EXPECT_EQ(rotated.at("from"), "1");
  EXPECT_EQ(rotated.at("to"), "2");
  EXPECT_EQ(rotated.at("cases"), "2");
  EXPECT_EQ(rotated.at("documents"), "0");
  EXPECT_TRUE(listed(*custodian_, {"pending"}).empty());
  // One that is done is done.
  EXPECT_EQ(did(*custodian_, {"agency", "rotate", "UPTDPPA", "--rotation", rotated.at("id")}),
            rotated);
  EXPECT_EQ(
      refused(*first_admin_, {"agency", "rotate", "UPTDPPA", "--rotation", rotated.at("id")}, 2),
      "rotate_custodian_only");
  EXPECT_EQ(refused(*worker_, {"agency", "rotate", "UPTDPPA"}), "wrong-role");
  // The worker goes on under the new key.
  EXPECT_NE(create_case(*worker_), "");
}

// More cases than a page has, and more than a batch of a rotation.
TEST_F(OfficeFlow, HundredsOfCasesAreListedWholeAndRotatedInSpiteOfAKill) {
  constexpr std::size_t kCases = 201;
  std::set<std::string> made;
  for (std::size_t i = 0; i < kCases; ++i) made.insert(create_case(*worker_));
  const auto codes = all_of(listed(*worker_, {"case", "list", "--code"}), "code");
  EXPECT_EQ(codes.size(), kCases);
  EXPECT_EQ(std::set<std::string>(codes.begin(), codes.end()), made);

  did(*first_admin_, {"agency", "rotate", "UPTDPPA"});
  std::string rotation;
  {
    support::OnTerminal killed(command(*custodian_, {"agency", "rotate", "UPTDPPA"}));
    ASSERT_TRUE(killed.shows("Rotation "));
    ASSERT_TRUE(killed.shows(" is running"));
    rotation = killed.screen().substr(killed.screen().find("Rotation ") + 9, 36);
  }
  // Meanwhile people work.
  made.insert(create_case(*worker_));
  const json rotated = did(*custodian_, {"agency", "rotate", "UPTDPPA", "--rotation", rotation});
  EXPECT_EQ(rotated.at("id"), rotation);
  EXPECT_EQ(rotated.at("to"), "2");
  EXPECT_EQ(rotated.at("cases"), std::to_string(kCases));
}

TEST_F(OfficeFlow, StatusSaysHowTheServiceIs) {
  const json worker = did(*worker_, {"status"});
  EXPECT_EQ(worker.at("ready"), "yes");
  EXPECT_EQ(worker.at("trial"), "no");
  EXPECT_EQ(worker.at("role"), "MANAJER");
  EXPECT_EQ(worker.at("pending"), "0");
  EXPECT_EQ(did(*colleague_, {"status"}).at("session"), "not logged in");
}

}  // namespace
}  // namespace segel_test
