// Documents, from their deposit to their reading, in opened and in sealed sessions.
#include <atomic>
#include <thread>

#include "api/document_office.h"
#include "crypto/encoding.h"
#include "crypto/hash.h"

namespace api {
namespace {

class DocumentTest : public DocumentOffice {
 protected:
  static std::string content_path(const Answer& made) {
    return "/v1/documents/" + made.json().at("id").get<std::string>() + "/content";
  }
};

TEST_P(DocumentTest, ComesBackByteForByteAtEverySize) {
  for (const std::size_t size : {0U, 1U, 4096U, 61000U, 65536U, 65537U, 200000U, 1048576U}) {
    SCOPED_TRACE(size);
    const std::string content = pattern(size);
    const Answer answer = deposit(*worker_desk_, worker_, content);
    ASSERT_EQ(answer.status, 201) << answer.body;
    EXPECT_EQ(content_of(*worker_desk_, worker_, answer.json().at("id")), content);
  }
  EXPECT_EQ(founded_.entries("document.deposit"), 8U);
  EXPECT_EQ(founded_.entries("document.open"), 8U);
}

TEST_P(DocumentTest, IsForTheTeamAloneAndLooksAbsentToOthers) {
  const Answer made = deposit(*worker_desk_, worker_, "isi");
  ASSERT_EQ(made.status, 201) << made.body;
  const std::string path = "/v1/documents/" + made.json().at("id").get<std::string>();
  Desk colleague = desk_of(colleague_);
  for (const char* part : {"", "/content", "/versions"}) {
    SCOPED_TRACE(part);
    json hidden = colleague.get(path + part).json();
    json absent = colleague.get("/v1/documents/" + Id::make(1).text() + part).json();
    hidden.erase("request");
    absent.erase("request");
    EXPECT_EQ(hidden.at("status"), 404);
    EXPECT_EQ(hidden, absent);
  }
  ASSERT_EQ(add_member(*worker_desk_, worker_, agency_, case_, colleague_).status, 201);
  EXPECT_EQ(content_of(colleague, colleague_, made.json().at("id")), "isi");
}

TEST_P(DocumentTest, TitleIsInTheListOfWhoCanOpenIt) {
  ASSERT_EQ(deposit(*worker_desk_, worker_, "isi").status, 201);
  const json list =
      worker_desk_->get("/v1/cases/" + case_.text() + "/documents").json().at("items");
  ASSERT_EQ(list.size(), 1U);
  if (opened()) {
    EXPECT_EQ(list[0].at("opened").at("title"), "Laporan awal");
    return;
  }
  EXPECT_FALSE(list[0].contains("opened"));
  DeskPort port(*worker_desk_);
  KeyRing ring = ring_of(port, worker_, agency_);
  const auto manifest = open_manifest(ring, port, *wire::read<SealedVersion>(list[0]));
  ASSERT_TRUE(manifest);
  EXPECT_EQ(manifest->title, "Laporan awal");
}

TEST_P(DocumentTest, VisitIsOneEntryBeforeAndOneAfter) {
  const Answer made = deposit(*worker_desk_, worker_, pattern(100'000));
  ASSERT_EQ(made.status, 201) << made.body;
  const std::string path = "/v1/documents/" + made.json().at("id").get<std::string>() + "/content";
  for (const char* range : {"bytes=0-9", "bytes=10-19", "bytes=500-599"}) {
    worker_desk_->headers = {{"range", range}};
    EXPECT_EQ(worker_desk_->get(path).status, 206);
  }
  worker_desk_->headers.clear();
  EXPECT_EQ(founded_.entries("document.open"), 1U);
  EXPECT_EQ(founded_.entries("document.read"), 0U);
  EXPECT_EQ(worker_desk_->call("DELETE", "/v1/session").status, 204);
  EXPECT_EQ(founded_.entries("document.read"), 1U);
}

// The reader who logs out while bytes are on their way must not be told as one who read nothing.
TEST_P(DocumentTest, EndOfTheSessionCutsWhatIsOnItsWayAndTheLogSaysHowFarItCame) {
  const Answer made = deposit(*worker_desk_, worker_, pattern(300'000));
  ASSERT_EQ(made.status, 201) << made.body;
  Desk other = *worker_desk_;
  bool over = false;
  worker_desk_->on_piece = [&](std::size_t got) {
    if (got == 0 || std::exchange(over, true)) return;
    EXPECT_EQ(other.call("DELETE", "/v1/session").status, 204);
    EXPECT_EQ(founded_.entries("document.read"), 0U) << "it is not over yet";
  };
  const Answer cut = worker_desk_->get(content_path(made));
  EXPECT_GT(cut.body.size(), 0U);
  EXPECT_LT(cut.body.size(), 300'000U);
  const auto told = founded_.lines_of("document.read");
  ASSERT_EQ(told.size(), 1U);
  EXPECT_NE(told[0].find("\"outcome\":\"partial\""), std::string::npos) << told[0];
  EXPECT_NE(told[0].find("bytes=0-" + std::to_string(cut.body.size()) + '"'), std::string::npos)
      << told[0];
}

TEST_P(DocumentTest, BytesThatComeAfterTheSessionsEndAreDepositedByNobody) {
  Desk other = *worker_desk_;
  bool over = false;
  worker_desk_->on_sending = [&](std::size_t sent) {
    if (sent < 100'000 || std::exchange(over, true)) return;
    EXPECT_EQ(other.call("DELETE", "/v1/session").status, 204);
  };
  EXPECT_EQ(deposit(*worker_desk_, worker_, pattern(300'000)).problem(), "session-ended");
  EXPECT_TRUE(over);
  EXPECT_EQ(founded_.entries("document.deposit"), 0U);
}

TEST_P(DocumentTest, VisitAndSessionLastAsLongAsADownloadDoes) {
  const Answer made = deposit(*worker_desk_, worker_, pattern(300'000));
  ASSERT_EQ(made.status, 201) << made.body;
  worker_desk_->on_piece = [&](std::size_t) {
    founded_.pass(11 * 60 * 1000);
    service_.tick();
    EXPECT_EQ(founded_.entries("document.read"), 0U);
  };
  const Answer whole = worker_desk_->get(content_path(made));
  EXPECT_GE(whole.body.size(), 300'000U);
  worker_desk_->on_piece = nullptr;
  EXPECT_EQ(worker_desk_->call("HEAD", content_path(made)).status, 200) << "not idle meanwhile";
  founded_.pass(11 * 60 * 1000);
  service_.tick();
  const auto told = founded_.lines_of("document.read");
  ASSERT_EQ(told.size(), 1U);
  EXPECT_NE(told[0].find("\"outcome\":\"complete\""), std::string::npos) << told[0];
  EXPECT_NE(told[0].find("bytes=0-" + std::to_string(whole.body.size()) + '"'), std::string::npos)
      << told[0];
}

TEST_P(DocumentTest, EveryVisitIsTwoEntriesWheneverItsSessionEnds) {
  const Answer made = deposit(*worker_desk_, worker_, pattern(300'000));
  ASSERT_EQ(made.status, 201) << made.body;
  for (int round = 0; round < 10; ++round) {
    Desk reader = desk_of(worker_);
    Desk other = reader;
    std::atomic<bool> reading = false;
    std::thread reads([&] {
      reader.on_piece = [&](std::size_t) { reading = true; };
      while (reader.get(content_path(made)).status == 200) reading = true;
    });
    while (!reading) std::this_thread::yield();
    EXPECT_EQ(other.call("DELETE", "/v1/session").status, 204);
    reads.join();
  }
  EXPECT_EQ(founded_.entries("document.open"), founded_.entries("document.read"));
  for (const std::string& line : founded_.lines_of("document.read")) {
    EXPECT_NE(line.find("bytes="), std::string::npos) << line;
  }
}

TEST_P(DocumentTest, OldOnesOpenAndNewOnesComeInAfterARotation) {
  const Answer old = deposit(*worker_desk_, worker_, "sebelum");
  ASSERT_EQ(old.status, 201) << old.body;
  order_rotation(agency_);
  ASSERT_TRUE(run_rotation_of(custodian_, agency_).complete);
  const Answer fresh = deposit(*worker_desk_, worker_, "sesudah");
  ASSERT_EQ(fresh.status, 201) << fresh.body;
  EXPECT_EQ(content_of(*worker_desk_, worker_, old.json().at("id")), "sebelum");
  EXPECT_EQ(content_of(*worker_desk_, worker_, fresh.json().at("id")), "sesudah");
  const json shown =
      worker_desk_->get("/v1/documents/" + fresh.json().at("id").get<std::string>()).json();
  EXPECT_EQ(shown.at("generation"), 2);
}

// An intake officer's deposit makes the successor of a case that is due, and she holds no older
// secret to seal to it.
TEST_P(DocumentTest, WhoJoinsLaterOpensWhatIsOlderThanASuccessorMadeByADepositor) {
  const Answer old = deposit(*worker_desk_, worker_, "sebelum");
  ASSERT_EQ(old.status, 201) << old.body;
  const Person intake = make_person();
  enrol(intake, agency_, "PENERIMA");
  const std::string case_path = "/v1/cases/" + case_.text();
  const Answer added = worker_desk_->post(case_path + "/team", {{"key", intake.key().text()}});
  ASSERT_EQ(added.status, 201);
  order_rotation(agency_);
  Desk custodian(service_.handler());
  ASSERT_TRUE(custodian.answer_challenge(custodian_));
  DeskPort port(custodian);
  KeyRing ring(port, custodian_.key(), agency_, custodian_.identity, "sealed");
  const auto next = ring.successor(port.node(agency_, 0).value());
  ASSERT_TRUE(next);
  ASSERT_TRUE(port.start(agency_, *next));  // and no batch: the case is stale now

  Desk desk(service_.handler());
  ASSERT_TRUE(desk.lend_key(intake));
  desk.headers = {{"upload-metadata", upload_metadata({{"type", "LAP-ADU"}})}};
  ASSERT_EQ(desk.call("POST", case_path + "/documents", "isi", "text/plain").status, 201);
  ASSERT_EQ(port.node(case_, 0)->record.generation, 2U);
  EXPECT_EQ(founded_.entries("node.previous"), 0U);

  ASSERT_EQ(add_member(*worker_desk_, worker_, agency_, case_, colleague_).status, 201);
  EXPECT_EQ(founded_.entries("node.previous"), 1U);
  Desk colleague = desk_of(colleague_);
  EXPECT_EQ(content_of(colleague, colleague_, old.json().at("id")), "sebelum");
}

TEST_P(DocumentTest, CustodianOutsideTheTeamReadsUnderAnActionOfItsOwn) {
  const Answer made = deposit(*worker_desk_, worker_, "isi");
  ASSERT_EQ(made.status, 201) << made.body;
  Desk custodian = desk_of(custodian_);
  EXPECT_EQ(content_of(custodian, custodian_, made.json().at("id")), "isi");
  EXPECT_EQ(founded_.entries("document.open.unassigned"), 1U);
  EXPECT_EQ(founded_.entries("document.open"), 0U);
}

TEST_P(DocumentTest, CustodianOutsideTheTeamSeesTitlesUnderActionsOfTheirOwn) {
  const Answer made = deposit(*worker_desk_, worker_, "isi");
  ASSERT_EQ(made.status, 201) << made.body;
  const std::string path = "/v1/documents/" + made.json().at("id").get<std::string>();
  Desk custodian = desk_of(custodian_);
  EXPECT_EQ(custodian.get("/v1/cases/" + case_.text() + "/documents").status, 200);
  EXPECT_EQ(founded_.entries("document.list.unassigned"), 1U);
  EXPECT_EQ(custodian.get(path).status, 200);
  EXPECT_EQ(custodian.get(path + "/versions").status, 200);
  EXPECT_EQ(custodian.call("HEAD", path + "/content").status, 200);
  EXPECT_EQ(founded_.entries("document.show.unassigned"), 3U);
  EXPECT_EQ(founded_.entries("document.list") + founded_.entries("document.show"), 0U);

  // What is no entry names nothing.
  custodian.headers = {{"if-none-match", "*"}};
  const Answer unchanged = custodian.get(path + "/content");
  EXPECT_EQ(unchanged.status, 304);
  EXPECT_TRUE(unchanged.headers.one("etag"));
  EXPECT_FALSE(unchanged.headers.one("content-disposition"));
  EXPECT_FALSE(unchanged.headers.one("repr-digest"));
}

TEST_P(DocumentTest, LabelThatThePolicyRefusesStoresNothing) {
  EXPECT_EQ(deposit(*worker_desk_, worker_, "isi", "TIDAK-ADA").problem(), "invalid");
  EXPECT_EQ(deposit(*worker_desk_, worker_, "isi", "VER").problem(), "invalid");  // not its author
  EXPECT_EQ(founded_.entries("document.deposit"), 0U);
  const json list =
      worker_desk_->get("/v1/cases/" + case_.text() + "/documents").json().at("items");
  EXPECT_TRUE(list.empty());
}

class OpenedDocumentTest : public DocumentTest {};

TEST_P(OpenedDocumentTest, RangesAndConditionsAreAnsweredAsRfc9110Says) {
  const std::string content = pattern(150'000);
  const Answer made = deposit(*worker_desk_, worker_, content);
  ASSERT_EQ(made.status, 201) << made.body;
  const std::string tag(*made.headers.one("etag"));
  const std::string path = "/v1/documents/" + made.json().at("id").get<std::string>() + "/content";
  Desk& desk = *worker_desk_;

  desk.headers = {{"range", "bytes=65530-65541"}};
  const Answer part = desk.get(path);
  EXPECT_EQ(part.status, 206);
  EXPECT_EQ(part.body, content.substr(65'530, 12));
  EXPECT_EQ(part.headers.one("content-range"), "bytes 65530-65541/150000");
  desk.headers = {{"range", "bytes=-5"}, {"if-range", tag}};
  EXPECT_EQ(desk.get(path).body, content.substr(149'995));
  desk.headers = {{"range", "bytes=-5"}, {"if-range", "\"another\""}};
  EXPECT_EQ(desk.get(path).body, content);
  desk.headers = {{"range", "bytes=150000-"}};
  EXPECT_EQ(desk.get(path).problem(), "range-not-satisfiable");
  desk.headers = {{"if-none-match", tag}};
  EXPECT_EQ(desk.get(path).status, 304);
  desk.headers = {{"accept", "application/vnd.age"}};
  const Answer sealed = desk.get(path);
  EXPECT_EQ(sealed.headers.one("content-type"), "application/vnd.age");
  EXPECT_TRUE(sealed.body.starts_with("age-encryption.org/v1\n-> segel/v1 document "));
  desk.headers.clear();
  const Answer head = desk.call("HEAD", path);
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.headers.one("repr-digest"), *made.headers.one("repr-digest"));
}

TEST_P(OpenedDocumentTest, DigestThatDoesNotFitStoresNothing) {
  worker_desk_->headers = {
      {"upload-metadata", upload_metadata({{"type", "LAP-ADU"}})},
      {"repr-digest",
       "sha-256=:" + crypto::base64(crypto::sha256(crypto::as_bytes("lain"))) + ":"}};
  const Answer answer =
      worker_desk_->call("POST", "/v1/cases/" + case_.text() + "/documents", "isi", "text/plain");
  EXPECT_EQ(answer.problem(), "digest-mismatch");
  EXPECT_EQ(founded_.entries("document.deposit"), 0U);
}

TEST_P(OpenedDocumentTest, NewVersionNeedsTheLatestTagAndKeepsTheOldOne) {
  const Answer made = deposit(*worker_desk_, worker_, "pertama");
  ASSERT_EQ(made.status, 201) << made.body;
  const std::string document = made.json().at("id");
  const std::string path = "/v1/documents/" + document + "/content";
  const auto put = [&](const std::string& match) {
    worker_desk_->headers = {{"upload-metadata", upload_metadata({{"type", "LAP-ADU"}})},
                             {"if-match", match}};
    Answer answer = worker_desk_->call("PUT", path, "kedua", "text/plain");
    worker_desk_->headers.clear();
    return answer;
  };
  EXPECT_EQ(put("\"" + document + ".7\"").problem(), "precondition-failed");
  ASSERT_EQ(put(std::string(*made.headers.one("etag"))).status, 201);
  EXPECT_EQ(put(std::string(*made.headers.one("etag"))).problem(), "precondition-failed");
  EXPECT_EQ(worker_desk_->get(path).body, "kedua");
  EXPECT_EQ(worker_desk_->get(path + "?version=1").body, "pertama");
  EXPECT_EQ(worker_desk_->get("/v1/documents/" + document + "/versions").json().at("items").size(),
            2U);
}

class SealedDocumentTest : public DocumentTest {};

TEST_P(SealedDocumentTest, PlainBytesAreRefusedAndNothingOfThemIsKept) {
  worker_desk_->headers = {{"upload-metadata", upload_metadata({{"type", "LAP-ADU"}})}};
  const Answer answer = worker_desk_->call("POST", "/v1/cases/" + case_.text() + "/documents",
                                           "isi", "application/pdf");
  EXPECT_EQ(answer.problem(), "unsupported-media-type");
}

TEST_P(SealedDocumentTest, PayloadWithoutItsManifestIsInvisibleAndExpires) {
  const auto key = crypto::FileKey::random();
  const Bytes payload = crypto::age::seal_payload(crypto::as_bytes(pattern(100'000)), key);
  const Id document = Id::make(FoundedVault::kStart);
  worker_desk_->headers = {{"upload-metadata", upload_metadata({{"type", "LAP-ADU"}})},
                           {"segel-document", document.text()}};
  const auto post = [&] {
    return worker_desk_->call("POST", "/v1/cases/" + case_.text() + "/documents",
                              std::string(crypto::as_text(payload)), "application/vnd.age");
  };
  ASSERT_EQ(post().status, 202);
  EXPECT_EQ(post().problem(), "conflict");
  EXPECT_EQ(worker_desk_->get("/v1/documents/" + document.text()).problem(), "not-found");
  std::size_t blobs = 0;
  const auto count = [&] {
    blobs = 0;
    (void)founded_.vault().blobs().list([&](const Id&, std::uint64_t) { ++blobs; });
    return blobs;
  };
  EXPECT_EQ(count(), 1U);
  founded_.pass(11 * 60 * 1000);
  service_.tick();
  EXPECT_EQ(count(), 0U);
}

TEST_P(SealedDocumentTest, OlderSecretIsLinkedOnceAndByAHolder) {
  order_rotation(agency_);
  ASSERT_TRUE(run_rotation_of(custodian_, agency_).complete);  // which links generation 1
  DeskPort port(*worker_desk_);
  const auto sealed = port.lockbox(case_, 1, case_);
  ASSERT_TRUE(sealed);
  EXPECT_EQ(port.add_previous(case_, 1, *sealed).error().type, "conflict");
  EXPECT_EQ(port.add_previous(case_, 2, *sealed).error().type, "invalid");  // is bound to 1
  Desk outsider = desk_of(colleague_);
  EXPECT_EQ(DeskPort(outsider).add_previous(case_, 1, *sealed).error().type, "not-found");
}

INSTANTIATE_TEST_SUITE_P(Both, DocumentTest, ::testing::Values("opened", "sealed"),
                         [](const auto& row) { return std::string(row.param); });
INSTANTIATE_TEST_SUITE_P(Only, OpenedDocumentTest, ::testing::Values("opened"),
                         [](const auto& row) { return std::string(row.param); });
INSTANTIATE_TEST_SUITE_P(Only, SealedDocumentTest, ::testing::Values("sealed"),
                         [](const auto& row) { return std::string(row.param); });

}  // namespace
}  // namespace api
