// put, get, ls, show and verify with a real service: what a caseworker does all day.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "cli/case_ref.h"
#include "cli/office_command.h"
#include "cli/sealed_session.h"
#include "crypto/age.h"
#include "support/pattern.h"
#include "support/raw_lmdb.h"
#include "vault/extent.h"

namespace segel_test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

class DocumentCommand : public OfficeCommand {
 protected:
  void SetUp() override {
    custodian_ = make_colleague("Citra");
    worker_ = make_colleague("Dewi");
    add_agency("UPTDPPA", *custodian_);
    enrol(*worker_, "UPTDPPA", "MANAJER");
    case_ = create_case(*worker_);
    ASSERT_FALSE(case_.empty());
  }

  fs::path path(const std::string& name) const { return worker_->person.folder() / name; }
  std::string write(const std::string& name, std::size_t size, std::uint64_t seed = 1) const {
    const auto bytes = support::pattern(size, seed);
    std::ofstream(path(name), std::ios::binary) << crypto::as_text(bytes);
    return name;
  }
  std::string content(const std::string& name) const {
    std::ostringstream text;
    text << std::ifstream(path(name), std::ios::binary).rdbuf();
    return text.str();
  }
  json put(const std::string& file,
           std::vector<std::string> more = {"--title", "Laporan awal", "--type", "LAP-ADU"}) const {
    more.insert(more.begin(), {"put", case_, file});
    return did(*worker_, more);
  }
  // What a command of hers opens, for steps that no command stops at.
  std::unique_ptr<cli::SealedSession> session_of(const Colleague& who) const {
    cli::Context context(cli::Language::english);
    context.profile_flags = {(who.person.folder() / ".config/segel").string(), server(),
                             authority()};
    auto session = cli::SealedSession::open(context);
    EXPECT_TRUE(session);
    return session ? std::move(*session) : nullptr;
  }
  std::size_t files() const {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& one : fs::directory_iterator(worker_->person.folder().path()))
      ++count;
    return count;
  }

  std::unique_ptr<Colleague> custodian_, worker_;
  std::string case_;
};

TEST_F(DocumentCommand, ComesBackByteForByteAtEverySize) {
  for (const std::size_t size : {0U, 1U, 65535U, 65536U, 65537U, 3U << 20U}) {
    SCOPED_TRACE(size);
    const std::string name = write("laporan-" + std::to_string(size) + ".pdf", size);
    const json made = put(name);
    const std::string back = "back-" + std::to_string(size);
    const json got = did(*worker_, {"get", made.value("id", ""), "-o", back});
    EXPECT_EQ(got.value("file", ""), back);
    EXPECT_EQ(got.value("sha256", "?"), made.value("sha256", ""));
    EXPECT_EQ(got.value("size", 1U << 30U), size);
    EXPECT_TRUE(content(back) == content(name));
    EXPECT_EQ(did(*worker_, {"verify", made.value("id", ""), name}).value("same", false), true);
  }
  EXPECT_EQ(listed(*worker_, {"ls", case_}).size(), 6U);
}

TEST_F(DocumentCommand, TitleAndNameAreReadHereAndNowhereOnTheDisk) {
  const std::string name = write("kronologi korban.pdf", 100);
  const json made = put(name, {"--title", "Laporan Sekar", "--type", "LAP-ADU", "--minor"});
  const auto all = listed(*worker_, {"ls", case_});
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].value("id", ""), made.value("id", "?"));
  EXPECT_EQ(all[0].value("title", ""), "Laporan Sekar");
  EXPECT_EQ(all[0].value("file_name", ""), name);
  EXPECT_EQ(all[0].value("type", ""), "LAP-ADU");
  EXPECT_EQ(all[0].value("class", ""), "K2");
  EXPECT_EQ(all[0].value("version", 0), 1);

  const json shown = did(*worker_, {"show", made.value("id", "")});
  EXPECT_EQ(shown.value("minor", false), true);
  EXPECT_EQ(shown.value("media_type", ""), "application/pdf");
  EXPECT_EQ(shown.value("via", ""), "sealed");
  EXPECT_THAT(run(*worker_, {"show", made.value("id", "")}).out, HasSubstr("Laporan Sekar"));

  stop_service();
  support::edit_lmdb(data() + "/meta", [](const crypto::Bytes&, crypto::Bytes& value) {
    EXPECT_EQ(crypto::as_text(value).find("Sekar"), std::string::npos);
    EXPECT_EQ(crypto::as_text(value).find("kronologi"), std::string::npos);
  });
}

TEST_F(DocumentCommand, ANewVersionStandsOnTheOldOneAndKeepsIt) {
  const std::string document = put(write("satu.txt", 1000, 1)).value("id", "");
  const json second = put(write("dua.txt", 70'000, 2), {"--document", document});
  EXPECT_EQ(second.value("id", ""), document);
  EXPECT_EQ(second.value("version", 0), 2);

  did(*worker_, {"get", document, "-o", "now"});
  did(*worker_, {"get", document, "--version", "1", "-o", "then"});
  EXPECT_TRUE(content("now") == content("dua.txt"));
  EXPECT_TRUE(content("then") == content("satu.txt"));
  const json shown = did(*worker_, {"show", document});
  EXPECT_EQ(shown.at("versions").size(), 2U);
  EXPECT_EQ(shown.value("title", ""), "Laporan awal");
  const auto old = run(*worker_, {"verify", document, "satu.txt"});
  EXPECT_EQ(old.exit_code, 1);
  EXPECT_THAT(old.err, HasSubstr("is version 1 of that document, not version 2"));
  EXPECT_EQ(did(*worker_, {"verify", document, "satu.txt", "--version", "1"}).value("same", false),
            true);
}

TEST_F(DocumentCommand, ANewVersionIsForNoFewerThanTheOldOne) {
  const std::string document = put(write("satu.txt", 1000, 1)).value("id", "");
  write("dua.txt", 1000, 2);
  EXPECT_EQ(
      refused(*worker_, {"put", case_, "dua.txt", "--document", document, "--type", "KONSELING"}),
      "fewer-readers");
  EXPECT_EQ(did(*worker_, {"show", document}).value("version", 0), 1);
}

TEST_F(DocumentCommand, AFileThatDiffersIsNotTheDocument) {
  const std::string document = put(write("satu.txt", 1000, 1)).value("id", "");
  write("lain.txt", 1000, 2);
  EXPECT_EQ(refused(*worker_, {"verify", document, "lain.txt"}), "verify_differs");
}

TEST_F(DocumentCommand, NeverOverwritesAndStaysInTheFolder) {
  const std::string document = put(write("satu.txt", 1000)).value("id", "");
  EXPECT_EQ(refused(*worker_, {"get", document}), "file_exists");
  fs::remove(path("satu.txt"));
  EXPECT_EQ(did(*worker_, {"get", document}).value("file", ""), "satu.txt");
}

// Somebody changed sealed bytes on the disk, which no key of hers opens.
TEST_F(DocumentCommand, DamagedContentIsRefusedAndNothingIsLeftBehind) {
  const std::string document = put(write("satu.bin", 3000)).value("id", "");
  stop_service();
  support::edit_lmdb(data() + "/meta", [](const crypto::Bytes& key, crypto::Bytes& value) {
    if (key[0] == 0x53) value[1000] ^= 1;
  });
  start_service();
  log_in(*worker_);
  const auto before = files();
  EXPECT_EQ(refused(*worker_, {"get", document, "-o", "back"}), "content_wrong");
  EXPECT_EQ(files(), before);
}

// The same to a large one, and the checksums were made to fit: whoever verifies it has no key.
TEST_F(DocumentCommand, EvidenceThatWasZeroedUnderItsTagsIsNamedByVerifyStore) {
  const std::string document = put(write("rekaman.bin", 300'000)).value("id", "");
  const auto verdict = [&] {
    const auto done =
        run(*worker_, {"verify-store", data(), "--log-key", log_verifier(), "--json"});
    return json::parse(done.out, nullptr, false);
  };
  stop_service();
  ASSERT_EQ(verdict().value("sound", false), true);
  support::edit_lmdb(data() + "/blobs", [](const crypto::Bytes& key, crypto::Bytes& value) {
    if (key[0] != 2) return;
    std::fill_n(value.begin() + vault::kExtentHead + 70'000, 5000, 0);  // within the second chunk
    vault::Id blob;
    std::copy_n(key.begin() + 1, blob.bytes.size(), blob.bytes.begin());
    crypto::Bytes buffer(vault::kExtentValue);
    std::copy(value.begin(), value.end(), buffer.begin());
    const auto sealed = vault::seal_extent(buffer, blob, 0, crypto::age::sealed_size(300'000));
    value.assign(sealed.begin(), sealed.end());
  });
  const json found = verdict();
  EXPECT_EQ(found.value("sound", true), false);
  ASSERT_EQ(found.at("findings").size(), 1U) << found;
  EXPECT_EQ(found.at("findings")[0].at("damage"), "payload_altered") << found;
  EXPECT_EQ(found.at("findings")[0].at("id"), document + " 1");
}

TEST_F(DocumentCommand, OldOnesOpenAndNewOnesComeInAfterARotation) {
  const std::string old = put(write("satu.txt", 1000, 1)).value("id", "");
  did(*first_admin_, {"agency", "rotate", "UPTDPPA"});
  did(*custodian_, {"agency", "rotate", "UPTDPPA"});
  const std::string fresh = put(write("dua.txt", 1000, 2)).value("id", "");
  did(*worker_, {"get", old, "-o", "old"});
  did(*worker_, {"get", fresh, "-o", "new"});
  EXPECT_TRUE(content("old") == content("satu.txt"));
  EXPECT_TRUE(content("new") == content("dua.txt"));
}

// A rotation has begun and not yet come to the case: the depositor makes its successor herself.
TEST_F(DocumentCommand, IsDepositedOverAStaleGeneration) {
  const std::string old = put(write("satu.txt", 1000, 1)).value("id", "");
  did(*first_admin_, {"agency", "rotate", "UPTDPPA"});
  {
    const auto session = session_of(*custodian_);
    const auto state = session->graph().node(session->ring().agency(), 0);
    ASSERT_TRUE(state);
    const auto next = session->ring().successor(*state);
    ASSERT_TRUE(next);
    ASSERT_TRUE(session->graph().start(session->ring().agency(), *next));
  }
  const auto session = session_of(*worker_);
  const auto case_id = cli::find_case(session->remote(), case_);
  ASSERT_TRUE(case_id);
  ASSERT_TRUE(session->graph().node(*case_id, 0)->stale);

  const std::string fresh = put(write("dua.txt", 70'000, 2)).value("id", "");
  const auto state = session->graph().node(*case_id, 0);
  ASSERT_TRUE(state);
  EXPECT_FALSE(state->stale);
  EXPECT_EQ(state->record.generation, 2U);
  for (const auto& [id, name] : {std::pair{old, "satu.txt"}, {fresh, "dua.txt"}}) {
    const std::string back = std::string("back-") + name;
    did(*worker_, {"get", id, "-o", back});
    EXPECT_TRUE(content(back) == content(name));
  }
}

TEST_F(DocumentCommand, WrongArgumentsDepositNothing) {
  write("satu.txt", 10);
  EXPECT_EQ(refused(*worker_, {"put", case_, "satu.txt", "--type", "LAP-ADU"}, 2),
            "argument_missing");
  EXPECT_EQ(refused(*worker_, {"put", case_, "nothing", "--title", "x", "--type", "LAP-ADU"}),
            "file_unreadable");
  EXPECT_EQ(refused(*worker_, {"put", case_, ".", "--title", "x", "--type", "LAP-ADU"}),
            "not_a_file");
  EXPECT_EQ(refused(*worker_, {"put", case_, "satu.txt", "--title", "x", "--type", "NONE"}),
            "invalid");
  EXPECT_EQ(refused(*worker_, {"get", "x"}, 2), "document_id_malformed");
  EXPECT_TRUE(listed(*worker_, {"ls", case_}).empty());
}

// The commands that the read-me names, typed as they stand there.
support::Finished follow_read_me(const fs::path& folder, const fs::path& key) {
  std::ifstream file(folder / "BACA-SAYA-README.txt");
  std::string script = "set -e\nKEY='" + key.string() + "'\n";
  for (std::string line; std::getline(file, line) && line != "----";) {
    if (line.starts_with("    ") && !line.starts_with("    KEY=")) script += line + "\n";
  }
  return support::run({{"sh", "-c", script}, {}, {}, folder.string()});
}

TEST_F(DocumentCommand, StockAgeOpensWhatIsExportedByWhoeverMayOpenIt) {
  const std::string name = write("kronologi.pdf", 200'000);
  const json made = put(name, {"--title", "Laporan Sekar", "--type", "LAP-ADU"});
  // Her own lockbox of the case, and the custodian's way by way of the agency.
  for (const auto& [who, steps] : {std::pair{worker_.get(), 1}, {custodian_.get(), 2}}) {
    SCOPED_TRACE(steps);
    const json done = did(*who, {"export", "--age", made.value("id", ""), "-o", "out/"});
    EXPECT_EQ(done.value("lockboxes", 0), steps);
    const fs::path folder = who->person.folder() / "out";
    const auto walked = follow_read_me(folder, who->person.folder() / ".config/segel/key.age");
    EXPECT_EQ(walked.exit_code, 0) << walked.err;
    EXPECT_THAT(walked.out, HasSubstr(made.value("sha256", "?")));
    std::ostringstream manifest;
    manifest << std::ifstream(folder / "manifest.txt").rdbuf();
    EXPECT_THAT(manifest.str(), HasSubstr("Laporan Sekar"));
    EXPECT_THAT(manifest.str(), HasSubstr(made.value("sha256", "?")));
    EXPECT_FALSE(fs::exists(folder / "1.key"));
    EXPECT_EQ(refused(*who, {"export", "--age", made.value("id", ""), "-o", "out"}), "file_exists");
  }
  const auto before = files();
  EXPECT_EQ(refused(*worker_, {"export", "--age", worker_->key, "-o", "none"}), "not-found");
  EXPECT_EQ(files(), before);
}

TEST_F(DocumentCommand, LooksAbsentToWhoeverIsNotOfTheTeam) {
  const auto other = make_colleague("Eka");
  enrol(*other, "UPTDPPA", "PENDAMPING");
  const std::string document = put(write("satu.txt", 10)).value("id", "");
  EXPECT_EQ(refused(*other, {"get", document}), "not-found");
  EXPECT_EQ(refused(*other, {"show", document}), "not-found");
}

}  // namespace
}  // namespace segel_test
