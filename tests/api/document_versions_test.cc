// What may be put on top of a document, and by whom: nobody makes it vanish for its readers.
#include "api/document_office.h"
#include "vault/keys.h"

namespace api {
namespace {

using vault::Key;
using vault::Kind;

class DocumentVersionsTest : public DocumentOffice {
 protected:
  void SetUp() override {
    DocumentOffice::SetUp();
    enrol(intake_, agency_, "PENERIMA");
    const std::string team = "/v1/cases/" + case_.text() + "/team";
    ASSERT_EQ(worker_desk_->post(team, {{"key", intake_.key().text()}}).status, 201);
    ASSERT_EQ(add_member(*worker_desk_, worker_, agency_, case_, colleague_).status, 201);
    const Answer made = deposit(*worker_desk_, worker_, "bukti");
    ASSERT_EQ(made.status, 201) << made.body;
    document_ = Id::parse(made.json().at("id").get<std::string>()).value();
    tag_ = made.headers.one("etag").value();
    path_ = "/v1/documents/" + document_.text();
  }

  Answer put_on_top(Desk& desk, const std::string& match, const std::string& type) {
    if (!opened()) return send_payload_on(desk, document_, match, "lain", type).taken;
    desk.headers = {{"upload-metadata", upload_metadata({{"type", type}})}, {"if-match", match}};
    Answer answer = desk.call("PUT", path_ + "/content", "lain", "text/plain");
    desk.headers.clear();
    return answer;
  }

  // Both of the team find it wherever documents are found, as it was.
  void expect_untouched() {
    for (const Person* who : {&worker_, &colleague_}) {
      Desk desk = desk_of(*who);
      const json shown = desk.get(path_).json();
      EXPECT_EQ(shown.value("version", 0), 1) << shown;
      EXPECT_EQ(desk.get(path_ + "/versions").json().at("items").size(), 1U);
      const json list = desk.get("/v1/cases/" + case_.text() + "/documents").json().at("items");
      ASSERT_EQ(list.size(), 1U);
      EXPECT_EQ(list[0].at("id"), document_.text());
      EXPECT_EQ(content_of(desk, *who, document_.text()), "bukti");
    }
  }

  // As a store may have it from another release: a version on top that is only for its author.
  void put_hidden_version_on_top() {
    auto& vault = founded_.vault();
    const auto view = vault.documents().view(actor_of(worker_, "MANAJER"), document_, 0);
    ASSERT_TRUE(view);
    vault::VersionRecord record = view->record;
    record.version = 2;
    const auto done = vault.committer().commit(
        [&](vault::ChangeTxn& txn) -> vault::Result<void> {
          txn.put(Key(Kind::document).id(document_),
                  encode(vault::DocumentRecord{document_, case_, 2}));
          txn.put(Key(Kind::version).id(document_).u64(2), encode(record));
          return {};
        },
        actor_of(intake_, "PENERIMA").draft("document.deposit"));
    ASSERT_TRUE(done);
  }

  vault::Actor actor_of(const Person& person, const char* role) const {
    return {person.key(), agency_, role, GetParam(), {}, {}};
  }

  Person intake_ = make_person();
  Id document_;
  std::string tag_, path_;
};

// The document's record was put back to a time before it.
TEST_P(DocumentVersionsTest, OneThatIsThereIsNotWrittenOver) {
  auto& vault = founded_.vault();
  const auto view = vault.documents().view(actor_of(worker_, "MANAJER"), document_, 0);
  ASSERT_TRUE(view);
  vault::VersionRecord record = view->record;
  record.version = 2;
  ASSERT_TRUE(vault.committer().commit(
      [&](vault::ChangeTxn& txn) -> vault::Result<void> {
        txn.put(Key(Kind::version).id(document_).u64(2), encode(record));
        return {};
      },
      actor_of(worker_, "MANAJER").draft("document.deposit")));
  EXPECT_EQ(put_on_top(*worker_desk_, tag_, "LAP-ADU").problem(), "damaged");
  expect_untouched();
}

TEST_P(DocumentVersionsTest, NoneIsForFewerThanTheOneBeforeIt) {
  for (const auto* match : {"*", tag_.c_str()}) {
    const Answer answer = put_on_top(*worker_desk_, match, "KONSELING");  // for its author alone
    EXPECT_EQ(answer.problem(), "fewer-readers") << answer.body;
  }
  expect_untouched();
}

TEST_P(DocumentVersionsTest, NoneIsPutThereByWhoCannotOpenTheOneBeforeIt) {
  Desk intake = desk_of(intake_);
  const Answer hidden = put_on_top(intake, "*", "LAP-ADU");
  EXPECT_EQ(hidden.problem(), "not-found");
  const std::string kept = std::exchange(path_, "/v1/documents/" + Id::make(1).text());
  const Id there = std::exchange(document_, Id::make(1));
  EXPECT_EQ(unnumbered(hidden), unnumbered(put_on_top(intake, "*", "LAP-ADU")));
  document_ = there;
  path_ = kept;
  expect_untouched();
}

TEST_P(DocumentVersionsTest, OneThatIsNotForTheReaderHidesNothing) {
  put_hidden_version_on_top();
  expect_untouched();
  EXPECT_EQ(worker_desk_->get(path_ + "?version=2").problem(), "not-found");
  EXPECT_EQ(put_on_top(*worker_desk_, "*", "LAP-ADU").problem(), "not-found");
}

class SealedDocumentVersionsTest : public DocumentVersionsTest {};

TEST_P(SealedDocumentVersionsTest, IdOfADocumentIsTakenAndNothingWaitsUnderIt) {
  Desk intake = desk_of(intake_);
  for (Desk* desk : {&intake, &*worker_desk_}) {
    const auto waiting = send_payload(*desk, document_, "lain", "KONSELING");
    EXPECT_EQ(waiting.taken.problem(), "conflict") << waiting.taken.body;
  }
  EXPECT_EQ(put_on_top(*worker_desk_, tag_, "LAP-ADU").status, 202);
  expect_untouched();
}

TEST_P(SealedDocumentVersionsTest, ManifestIsOfTheVersionThatItsPayloadWasSentFor) {
  Desk intake = desk_of(intake_);
  auto waiting = send_payload(intake, Id::make(FoundedVault::kStart), "lain", "LAP-ADU");
  ASSERT_EQ(waiting.taken.status, 202) << waiting.taken.body;
  crypto::Manifest manifest = manifest_for(waiting);
  manifest.version = 2;
  EXPECT_EQ(send_manifest(intake, sealed_by(intake, intake_, waiting, manifest)).problem(),
            "invalid");
  manifest.version = 1;
  EXPECT_EQ(send_manifest(intake, sealed_by(intake, intake_, waiting, manifest)).status, 201);
}

// Whatever a handler in front of it lets through.
TEST_P(SealedDocumentVersionsTest, VaultItselfRefusesWhatWouldHideADocument) {
  Desk intake = desk_of(intake_);
  const auto refusal = [&](const Person& who, const char* role, const char* type,
                           const Id& document, std::uint64_t version) {
    auto waiting = send_payload(intake, Id::make(FoundedVault::kStart), "lain", type);
    EXPECT_EQ(waiting.taken.status, 202) << waiting.taken.body;
    crypto::Manifest manifest = manifest_for(waiting);
    manifest.document = document;
    manifest.version = version;
    const vault::Deposit deposit = sealed_by(intake, who, waiting, manifest);
    auto writer = founded_.vault().documents().begin();
    EXPECT_TRUE(writer.append(waiting.payload));
    auto payload = std::move(writer).finish(manifest.payload_root);
    const auto done =
        founded_.vault().documents().deposit(actor_of(who, role), deposit, payload.value());
    return done ? std::nullopt : std::optional(done.error());
  };
  using vault::Errc;
  EXPECT_EQ(refusal(intake_, "PENERIMA", "KONSELING", document_, 2), Errc::forbidden);
  EXPECT_EQ(refusal(intake_, "PENERIMA", "KONSELING", Id::make(1), 2), Errc::not_found);
  EXPECT_EQ(refusal(worker_, "MANAJER", "KONSELING", document_, 2), Errc::narrower);
  EXPECT_EQ(refusal(worker_, "MANAJER", "LAP-ADU", document_, 1), Errc::conflict);
  EXPECT_EQ(refusal(worker_, "MANAJER", "LAP-ADU", document_, 3), Errc::conflict);
  expect_untouched();
  EXPECT_EQ(refusal(worker_, "MANAJER", "LAP-ADU", document_, 2), std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(Both, DocumentVersionsTest, ::testing::Values("opened", "sealed"),
                         [](const auto& row) { return std::string(row.param); });
INSTANTIATE_TEST_SUITE_P(Only, SealedDocumentVersionsTest, ::testing::Values("sealed"),
                         [](const auto& row) { return std::string(row.param); });

}  // namespace
}  // namespace api
