// log checkpoint, proof and export with a real service, and `log verify` on what they wrote.
#include <gmock/gmock.h>

#include <fstream>
#include <sstream>

#include "cli/office_command.h"
#include "crypto/note.h"

namespace segel_test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class LogCommand : public OfficeCommand {
 protected:
  void SetUp() override {
    custodian_ = make_colleague("Citra");
    worker_ = make_colleague("Dewi");
    auditor_ = make_colleague("Fajar");
    add_agency("UPTDPPA", *custodian_);
    enrol(*worker_, "UPTDPPA", "MANAJER");
    const json asked = did(*first_admin_, {"key", "add", auditor_->enrolment, "--role", "AUDITOR",
                                           "--fingerprint", auditor_->fingerprint});
    did(*second_admin_,
        {"pending", "confirm", asked.value("order", ""), "--fingerprint", auditor_->fingerprint});
    log_in(*auditor_);
    case_ = create_case(*worker_);
    // From here on it is in her settings.
    head_ = did(*auditor_, {"log", "checkpoint", "--log-key", log_verifier(), "-o", "first.head"});
  }
  std::filesystem::path path(const std::string& name) const {
    return auditor_->person.folder() / name;
  }
  std::string content(const std::string& name) const {
    std::ostringstream text;
    text << std::ifstream(path(name)).rdbuf();
    return text.str();
  }

  std::unique_ptr<Colleague> custodian_, worker_, auditor_;
  std::string case_;
  json head_;
};

TEST_F(LogCommand, TheHeadIsSignedByTheLogAndByNobodyElse) {
  EXPECT_GT(head_.value("size", 0), 5);
  EXPECT_THAT(content("first.head"), HasSubstr(head_.value("root", "?")));
  const std::string other =
      crypto::NoteVerifier{head_.value("origin", ""), crypto::SigningKey::generate().verify_key()}
          .text();
  EXPECT_EQ(refused(*auditor_, {"log", "checkpoint", "--log-key", other}), "head_untrusted");
}

TEST_F(LogCommand, AWholeExportIsVerifiedAndAnEditedOneIsFoundOut) {
  const json done = did(*auditor_, {"log", "export", "-o", "all.jsonl"});
  EXPECT_EQ(done.value("sound", false), true);
  EXPECT_EQ(done.value("from", 1), 0);
  EXPECT_EQ(did(*auditor_, {"log", "verify", "all.jsonl", "--head", "first.head"})
                .value("remembered", ""),
            "continued");
  EXPECT_EQ(did(*auditor_, {"log", "export", "--from", "2", "--to", "5", "-o", "part.jsonl"})
                .value("entries", 0),
            3);

  std::string text = content("all.jsonl");
  text.replace(text.find("session.begin"), 7, "SESSION");
  std::ofstream(path("edited.jsonl")) << text;
  const auto judged = run(*auditor_, {"log", "verify", "edited.jsonl"});
  EXPECT_EQ(judged.exit_code, 1);
  EXPECT_THAT(judged.err, HasSubstr("was edited"));
  EXPECT_EQ(refused(*auditor_, {"log", "export", "-o", "all.jsonl"}), "file_exists");
}

TEST_F(LogCommand, ACasesEntriesAreExportedByItsTeamAndTheAuditorAlike) {
  const auto team = run(*worker_, {"log", "export", "--case", case_, "-o", "case.jsonl",
                                   "--log-key", log_verifier()});
  EXPECT_EQ(team.exit_code, 0) << team.err;
  const auto judged = did(*worker_, {"log", "verify", "case.jsonl"});
  EXPECT_EQ(judged.value("sound", false), true);
  EXPECT_EQ(judged.value("from", 0), 1);
  EXPECT_GE(judged.value("entries", 0), 2);

  const std::string id = judged.value("case", "");
  const json audited = did(*auditor_, {"log", "export", "--case", id, "-o", "case.jsonl"});
  EXPECT_GT(audited.value("entries", 0), judged.value("entries", 0));  // her reading is one more
  EXPECT_NE(run(*worker_, {"log", "export", "-o", "all.jsonl"}).exit_code, 0);
}

TEST_F(LogCommand, ProofsAreCheckedAgainstTheHead) {
  EXPECT_EQ(did(*auditor_, {"log", "proof", "--index", "3"}).value("kind", ""), "inclusion");
  log_in(*worker_);
  EXPECT_EQ(did(*auditor_, {"log", "proof", "--head", "first.head"}).value("kind", ""),
            "consistency");
  EXPECT_THAT(run(*auditor_, {"log", "proof", "--head", "first.head"}).out,
              HasSubstr("continues the remembered head"));
  EXPECT_EQ(did(*auditor_, {"log", "proof", "--from", "2", "--to", "5"}).value("from", 0), 2);
  EXPECT_NE(run(*auditor_, {"log", "proof", "--index", "100000"}).exit_code, 0);
  EXPECT_EQ(refused(*auditor_, {"log", "proof"}, 2), "log_proof_of_what");
}

}  // namespace
}  // namespace segel_test
