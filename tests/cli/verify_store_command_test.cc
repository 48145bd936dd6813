// `segel verify-store` beside a service at work, on what it left, and on what somebody changed
// there.
#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "cli/office_command.h"
#include "support/lmdb_file.h"
#include "support/raw_lmdb.h"

namespace segel_test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class VerifyStoreCommand : public OfficeCommand {
 protected:
  support::Finished verify(std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments{"verify-store", data(), "--log-key", log_verifier()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(*first_admin_, arguments);
  }
  json report() const { return json::parse(verify({"--json"}).out, nullptr, false); }

  // Rewrites the first row of this kind.
  void edit_first(std::uint8_t kind, const std::function<void(crypto::Bytes&)>& edit) const {
    bool done = false;
    support::edit_lmdb(data() + "/meta", [&](const crypto::Bytes& key, crypto::Bytes& value) {
      if (key[0] == kind && !std::exchange(done, true)) edit(value);
    });
  }
};

TEST_F(VerifyStoreCommand, FindsAStoreSoundBesideTheServiceAndAfterIt) {
  log_in(*first_admin_);
  const json live = report();
  ASSERT_TRUE(live.is_object());
  EXPECT_EQ(live.at("sound"), true);
  EXPECT_GE(live.at("entries"), 2);
  log_in(*first_admin_);  // the service was not disturbed
  EXPECT_GT(report().at("entries"), live.at("entries"));

  stop_service();
  const auto stopped = verify();
  EXPECT_EQ(stopped.exit_code, 0) << stopped.err;
  EXPECT_THAT(stopped.out, HasSubstr("Sound"));
  start_service();
  log_in(*first_admin_);
}

TEST_F(VerifyStoreCommand, NamesARecordInWhichABitWasFlipped) {
  stop_service();
  edit_first(0x22, [](crypto::Bytes& value) { value.back() ^= 1; });
  const json found = report();
  EXPECT_EQ(found.at("sound"), false);
  ASSERT_EQ(found.at("findings").size(), 1U) << found;
  EXPECT_EQ(found.at("findings")[0].at("damage"), "record_altered");
  const auto shown = verify();
  EXPECT_EQ(shown.exit_code, 1);
  EXPECT_THAT(shown.out, HasSubstr("A record was altered"));
  EXPECT_THAT(shown.err, HasSubstr("findings: 1"));
  EXPECT_THAT(verify({"--lang", "id"}).out, HasSubstr("Rekaman diubah"));
}

// The engine would follow it; neither process does, and both say where it is.
TEST_F(VerifyStoreCommand, NamesADamagedPageForWhichTheServiceDoesNotStart) {
  stop_service();
  // The second is met first.
  for (const std::string room : {"blobs", "meta"}) {
    support::LmdbFile file(std::filesystem::path(data()) / room / "data.mdb");
    // Where the free room of its root ends; there may be no root yet among the blobs.
    const std::uint64_t at = room == "meta" ? file.rows_root() : 0;
    file.set<std::uint16_t>(at, at == 0 ? 10 : 14, 4098);
    file.store();
    const std::string page = std::to_string(at);
    const std::string path = room + "/data.mdb";

    const auto refused = refused_service();
    EXPECT_EQ(refused.exit_code, 1);
    EXPECT_THAT(refused.out, HasSubstr(path + ": page " + page + " is damaged"));
    EXPECT_THAT(refused.out, HasSubstr("segel verify-store"));
    const auto shown = verify();
    EXPECT_EQ(shown.exit_code, 1);
    EXPECT_THAT(shown.err, HasSubstr("Page " + page + " of " + data() + "/" + path));
    EXPECT_THAT(verify({"--lang", "id"}).err, HasSubstr("Halaman " + page + " dari "));
  }
}

// An old copy is sound in itself: only who remembers more than it says can tell.
TEST_F(VerifyStoreCommand, FindsAStorePutBackToAnOldCopyByAKeptHead) {
  stop_service();
  const std::string old = data() + ".old";
  std::filesystem::copy(data(), old, std::filesystem::copy_options::recursive);
  start_service();
  log_in(*first_admin_);
  stop_service();
  std::string head;
  support::edit_lmdb(data() + "/meta", [&](const crypto::Bytes& key, crypto::Bytes& value) {
    if (key[0] == 1) head = crypto::as_text(value);
  });
  const std::string file = (first_admin_->person.folder() / "may.head").string();
  std::ofstream(file) << head;
  EXPECT_EQ(verify({"--head", file}).exit_code, 0);

  const auto back = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"verify-store", old, "--log-key", log_verifier(), "--json"});
    return json::parse(run(*first_admin_, more).out, nullptr, false);
  };
  EXPECT_EQ(back({}).at("sound"), true);
  EXPECT_EQ(back({"--head", file}).at("findings")[0].at("damage"), "log_cut");
}

// A service that went on from there would write over the log and sign what is left of it.
TEST_F(VerifyStoreCommand, AServiceDoesNotGoOnFromAHeadThatWasTakenAwayOrPutBack) {
  stop_service();
  crypto::Bytes old;
  support::edit_lmdb(data() + "/meta", [&](const crypto::Bytes& key, crypto::Bytes& value) {
    if (key[0] == 0x01) old = value;
  });
  start_service();
  log_in(*first_admin_);
  stop_service();

  for (const crypto::Bytes& head : {old, crypto::Bytes()}) {
    edit_first(0x01, [&](crypto::Bytes& value) { value = head; });
    const auto refused = refused_service();
    EXPECT_EQ(refused.exit_code, 1);
    EXPECT_THAT(refused.out, HasSubstr("segel verify-store"));
    EXPECT_EQ(report().at("sound"), false);
  }
}

// The lockbox of an agency is the one wrapped record here.
TEST_F(VerifyStoreCommand, HoldsEraseKeysAgainstTheRecordsThatNameThem) {
  log_in(*first_admin_);
  log_in(*second_admin_);
  const auto custodian = make_colleague("Citra");
  add_agency("UPTDPPA", *custodian);
  stop_service();
  const std::filesystem::path file = data() + "/erase.keys";
  std::stringstream kept;
  kept << std::ifstream(file, std::ios::binary).rdbuf();
  const auto write = [&](const std::string& bytes) {
    std::ofstream(file, std::ios::binary) << bytes;
  };
  const auto damage = [&] { return report().at("findings").at(0).at("damage"); };
  const auto refuses = [&] {
    const auto refused = refused_service();
    EXPECT_EQ(refused.exit_code, 1);
    EXPECT_THAT(refused.out, HasSubstr("segel verify-store"));
  };
  EXPECT_EQ(report().at("sound"), true);

  write(std::string(kept.str().size(), 'x'));
  EXPECT_EQ(damage(), "slot_wrong");
  write("");
  EXPECT_EQ(damage(), "slot_missing");
  refuses();
  std::filesystem::remove(file);
  EXPECT_EQ(damage(), "slot_missing");
  refuses();
  EXPECT_FALSE(std::filesystem::exists(file));

  write(kept.str());
  EXPECT_EQ(report().at("sound"), true);
  // A mark as an erasure of entry 0 would leave it, on the lockbox's slot: CBOR [1, slot, …].
  crypto::Bytes mark{6, 0, 0, 0, 0, 0, 0};
  edit_first(0x27, [&](const crypto::Bytes& value) {
    ASSERT_EQ(value.at(2), 0x19);  // of two bytes
    mark.insert(mark.end(), value.begin() + 3, value.begin() + 5);
  });
  support::put_lmdb(data() + "/meta", mark, crypto::Bytes(8, 0));
  EXPECT_EQ(damage(), "mark_of_living");
  refuses();
  std::stringstream left;
  left << std::ifstream(file, std::ios::binary).rdbuf();
  EXPECT_TRUE(left.str().starts_with(kept.str())) << "a living slot was destroyed";
}

// One row that names a further holder, on nobody's word: whoever renewed the agency would seal the
// next secret to it.
TEST_F(VerifyStoreCommand, AHolderPutIntoTheStoreIsNamedAndGetsNothing) {
  log_in(*first_admin_);
  log_in(*second_admin_);
  const auto custodian = make_colleague("Citra");
  add_agency("UPTDPPA", *custodian);
  log_in(*custodian);
  stop_service();
  crypto::Bytes made;  // node and generation
  crypto::Bytes note;
  support::edit_lmdb(data() + "/meta", [&](const crypto::Bytes& key, crypto::Bytes& value) {
    if (key[0] != 0x25) return;
    made.assign(key.begin() + 1, key.end());
    note = value;
  });
  crypto::Bytes key{0x26};
  crypto::append(key, made);
  key.insert(key.end(), 16, 0x11);
  support::put_lmdb(data() + "/meta", key, note);
  const json found = report();
  const auto names = [&](const std::string& damage) {
    return std::ranges::any_of(found.at("findings"),
                               [&](const json& one) { return one.at("damage") == damage; });
  };
  EXPECT_TRUE(names("record_untrusted")) << found;
  EXPECT_TRUE(names("record_extra")) << found;

  start_service();
  EXPECT_EQ(refused(*custodian, {"login"}), "damaged") << "what waits for her rests on it";
}

TEST_F(VerifyStoreCommand, TellsPagesThatCannotBeReadFromOurOwnEnd) {
  stop_service();
  {
    std::fstream pages(data() + "/meta/data.mdb");
    // The two heads stay whole; what they lead to does not.
    pages.seekp(8192);
    const std::string junk(100'000, '\xff');
    pages.write(junk.data(), static_cast<std::streamsize>(junk.size()));
  }
  const auto done = verify();
  EXPECT_EQ(done.exit_code, 1);
  EXPECT_THAT(done.err, HasSubstr("/meta/data.mdb is damaged"));
  EXPECT_THAT(done.err, HasSubstr("Page "));
}

TEST_F(VerifyStoreCommand, SaysWhereThereIsNoVault) {
  const auto done = run(*first_admin_, {"verify-store", "nothing", "--log-key", log_verifier()});
  EXPECT_EQ(done.exit_code, 1);
  EXPECT_THAT(done.err, HasSubstr("no vault in nothing"));
  EXPECT_FALSE(std::filesystem::exists(first_admin_->person.folder() / "nothing"));
}

}  // namespace
}  // namespace segel_test
