// A real segeld with planted secrets in its hands: what a core dump, its memory afterwards, its
// environment, its log, its figures and its refusals show of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <nlohmann/json.hpp>
#include <thread>

#include "api/envelope.h"
#include "api/http_client.h"
#include "api/wire.h"
#include "crypto/encoding.h"
#include "secrets/plants.h"
#include "secrets/process_image.h"
#include "support/desk.h"
#include "support/house.h"
#include "support/remote.h"

namespace secrets {
namespace {

using nlohmann::json;
using support::Answer;
using ::testing::Contains;
using ::testing::IsEmpty;
using Found = std::set<std::string>;  // "what, where"

std::string word(const std::string& begin) {
  return begin + "-" + crypto::to_hex(crypto::random_block<12>());
}

// Whether all threads of it wait for something, in each of some looks one after the other.
bool comes_to_rest(pid_t process) {
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  int still = 0;
  while (still < 5 && std::chrono::steady_clock::now() < give_up) {
    bool sleeping = true;
    const auto folder = "/proc/" + std::to_string(process) + "/task";
    for (const auto& thread : std::filesystem::directory_iterator(folder)) {
      std::string stat;
      std::getline(std::ifstream(thread.path() / "stat"), stat);
      const auto state = stat.rfind(") ");
      sleeping = sleeping && state != std::string::npos && stat[state + 2] == 'S';
    }
    still = sleeping ? still + 1 : 0;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return still == 5;
}

// Sends a text, and does something half way.
class InterruptedBody : public api::BodySource {
 public:
  InterruptedBody(std::string text, std::function<void()> half_way)
      : text_(std::move(text)), half_way_(std::move(half_way)) {}
  std::uint64_t length() const override { return text_.size(); }
  tl::expected<std::size_t, api::BodyErrc> read(crypto::MutableBytes out) override {
    if (at_ >= text_.size() / 2 && half_way_) std::exchange(half_way_, nullptr)();
    const std::size_t size = std::min<std::size_t>({out.size(), text_.size() - at_, 9000});
    std::copy_n(text_.begin() + static_cast<std::ptrdiff_t>(at_), size, out.begin());
    at_ += size;
    return size;
  }
  void finished(std::uint64_t, bool) override {}

 private:
  std::string text_;
  std::function<void()> half_way_;
  std::size_t at_ = 0;
};

class SecretsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "only root can look into it";
    try {
      const ProcessImage allowed(house_.service());
    } catch (const std::runtime_error&) {
      GTEST_SKIP() << "this root may not trace processes";
    }
    plants_.add("lent key", text_of(person_.identity).substr(kPrefix));
    plants_.add("lent key's bytes", person_.identity.expose());
    plants_.add("signing key", person_.signing().expose_seed());
    plants_.add("content", content_word_);
    for (const auto& [name, text] : {std::pair{"title", title_}, std::pair{"file name", file_}}) {
      plants_.add(name, text);
      plants_.add(std::string(name) + " in base64", crypto::base64(crypto::as_bytes(text)));
    }
  }

  static std::string text_of(const crypto::Identity& identity) {
    const crypto::SecretBytes text = identity.text();
    return std::string(text.expose_text());
  }

  void lend() {
    ASSERT_TRUE(lent_.lend_key(person_));
    plants_.add("token", lent_.token.substr(4));
  }
  void answer_challenge() {
    ASSERT_TRUE(sealed_.answer_challenge(person_));
    plants_.add("sealed session's token", sealed_.token.substr(4));
  }

  // Of `size` bytes, with the planted word everywhere in it.
  std::string content(std::size_t size) const {
    std::string text;
    while (text.size() < size) text += content_word_ + " dan seterusnya; ";
    text.resize(size);
    return text;
  }

  std::string deposit(std::size_t size, const std::function<void()>& half_way = {}) {
    api::ClientRequest request;
    request.method = "POST";
    request.target = "/v1/cases/" + house_.case_id().text() + "/documents";
    request.headers.add("authorization", "Bearer " + lent_.token);
    request.headers.add("content-type", "text/plain");
    request.headers.add(
        "upload-metadata",
        support::upload_metadata({{"title", title_}, {"filename", file_}, {"type", "LAP-ADU"}}));
    InterruptedBody body(content(size), half_way);
    request.source = &body;
    const auto response = bulk_.send(request);
    if (!response || response->status != 201) throw std::runtime_error("no deposit");
    return json::parse(response->text().value()).at("id");
  }

  // The keys behind it, as its holder finds them without the service's help.
  void plant_keys_of(const std::string& document) {
    support::DeskPort port(sealed_);
    api::KeyRing ring(port, person_.key(), house_.agency(), person_.identity, "sealed");
    const auto version =
        api::wire::read<api::SealedVersion>(sealed_.get("/v1/documents/" + document).json())
            .value();
    const auto manifest = api::open_manifest(ring, port, version).value();
    EXPECT_EQ(manifest.title, title_);
    plants_.add("file key", api::open_file_key(ring, version, manifest).value().expose());
    const auto* node = ring.secret(house_.case_id(), manifest.generation).value();
    plants_.add("case's key", node->identity.expose());
    plants_.add("case's signing key", node->signing.expose_seed());
  }

  enum class Image { core, whole };
  Found seen_in(Image image) {
    EXPECT_TRUE(comes_to_rest(house_.service()));
    const ProcessImage stopped(house_.service());
    Found found;
    std::uint64_t bytes = 0;
    const auto search = [&](const std::string& where, crypto::ByteView piece) {
      bytes += piece.size();
      for (const std::string& what : plants_.found_in(piece)) found.insert(what + ", " + where);
    };
    if (image == Image::core) {
      stopped.core(search);
    } else {
      stopped.whole(search);
    }
    EXPECT_GT(bytes, 10'000U);  // the registers alone are more
    return found;
  }

  // No bodies of content, but what a person sees when something is wrong.
  void expect_nothing_in(const Answer& refusal) {
    EXPECT_GE(refusal.status, 400);
    EXPECT_THAT(plants_.found_in(refusal.body), IsEmpty()) << refusal.status;
    for (const auto& [name, value] : refusal.headers.all()) {
      EXPECT_THAT(plants_.found_in(value), IsEmpty()) << refusal.status << " " << name;
    }
  }

  static constexpr std::size_t kPrefix = 16;  // AGE-SECRET-KEY-1: every program of ours has that
  const std::string content_word_ = word("isi"), title_ = word("judul"), file_ = word("berkas");
  support::House house_;
  const support::Person& person_ = house_.manager();
  support::RemoteService lent_service_{house_.address()}, sealed_service_{house_.address()};
  support::Desk lent_{lent_service_}, sealed_{sealed_service_};
  api::HttpClient bulk_{house_.address()};
  Plants plants_;
};

TEST_F(SecretsTest, ACoreInTheMiddleOfAnUploadHoldsNone) {
  lend();
  answer_challenge();
  plant_keys_of(deposit(2000));
  Found core, whole;
  deposit(300'000, [&] {
    core = seen_in(Image::core);
    whole = seen_in(Image::whole);
  });
  EXPECT_EQ(core, Found{});
  // So that it is known that the search finds what is there.
  EXPECT_THAT(whole, Contains("lent key's bytes, rw-p heap"));
  EXPECT_THAT(whole, Contains("content, rw-p heap"));
}

TEST_F(SecretsTest, ACoreInTheMiddleOfAReadingHoldsNone) {
  lend();
  answer_challenge();
  const std::string document = deposit(std::size_t{12} << 20);
  plant_keys_of(document);
  api::ClientRequest request;
  request.method = "GET";
  request.target = "/v1/documents/" + document + "/content";
  request.headers.add("authorization", "Bearer " + lent_.token);
  const auto response = bulk_.send(request);
  ASSERT_TRUE(response);
  ASSERT_EQ(response->status, 200);
  // More than the sockets' buffers take: the service now waits until we read on.
  EXPECT_EQ(seen_in(Image::core), Found{});
  std::string rest = response->text(std::size_t{16} << 20).value();
  EXPECT_EQ(rest, content(std::size_t{12} << 20));
}

TEST_F(SecretsTest, NothingIsInMemoryOnceAllSessionsHaveEnded) {
  lend();
  answer_challenge();
  const std::string document = deposit(300'000);
  plant_keys_of(document);
  EXPECT_EQ(lent_.get("/v1/documents/" + document + "/content").body, content(300'000));
  EXPECT_EQ(lent_.get("/v1/documents/" + document).status, 200);
  const std::string documents = "/v1/cases/" + house_.case_id().text() + "/documents";
  EXPECT_EQ(lent_.get(documents).status, 200);
  // Refused; what it brings is read to its end all the same, over the stack.
  EXPECT_EQ(lent_.call("POST", documents, content(20'000), "text/plain").status, 400);
  EXPECT_EQ(lent_.call("DELETE", "/v1/session").status, 204);
  EXPECT_EQ(sealed_.call("DELETE", "/v1/session").status, 204);
  EXPECT_EQ(seen_in(Image::whole), Found{});
}

TEST_F(SecretsTest, NeitherLogNorFiguresNorEnvironmentNorRefusalsShowAny) {
  lend();
  answer_challenge();
  const std::string document = deposit(2000);
  plant_keys_of(document);

  const std::string key = text_of(person_.identity);
  expect_nothing_in(lent_.get("/v1/documents/" + lent_.token));
  expect_nothing_in(lent_.get("/v1/" + title_ + "?q=" + key));
  expect_nothing_in(lent_.post("/v1/sessions", {{"identity", key + "q"}}));
  expect_nothing_in(lent_.post("/v1/sessions", {{"identity", key}, {"title", title_}}));
  expect_nothing_in(lent_.call("POST", "/v1/sessions", "{\"identity\": \"" + key));
  expect_nothing_in(lent_.post("/v1/cases", {{title_, content_word_}, {"category", file_}}));
  const std::string documents = "/v1/cases/" + house_.case_id().text() + "/documents";
  expect_nothing_in(lent_.call("POST", documents, content(500), title_ + "/" + file_));
  lent_.headers = {{"upload-metadata", "title " + title_}};
  expect_nothing_in(lent_.call("POST", documents, content(500), "text/plain"));
  lent_.headers = {{"range", "bytes=" + title_}, {"if-match", "\"" + title_ + "\""}};
  expect_nothing_in(lent_.call("POST", "/v1/documents/" + document, content(500), "text/plain"));
  lent_.headers = {};
  EXPECT_EQ(lent_.call("DELETE", "/v1/session").status, 204);
  expect_nothing_in(lent_.get("/v1/session"));

  const auto figures = support::run({{"curl", "--silent", "--max-time", "30",
                                      "http://127.0.0.1:" + house_.metrics_port() + "/metrics"}});
  EXPECT_NE(figures.out.find("segel_sessions 1"), std::string::npos) << figures.out;
  EXPECT_THAT(plants_.found_in(figures.out), IsEmpty());

  for (const char* const file : {"/environ", "/cmdline"}) {
    std::ifstream from("/proc/" + std::to_string(house_.service()) + file, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(from), {}};
    EXPECT_FALSE(text.empty());
    EXPECT_THAT(plants_.found_in(text), IsEmpty()) << file;
  }
  EXPECT_TRUE(house_.stop());
  EXPECT_NE(house_.said().find("stopped"), std::string::npos);
  EXPECT_THAT(plants_.found_in(house_.said()), IsEmpty());
}

TEST_F(SecretsTest, NoCoreIsWrittenAndTheKeysAreLocked) {
  const std::string folder = "/proc/" + std::to_string(house_.service());
  std::string limits, filter;
  std::ifstream from(folder + "/limits");
  limits.assign(std::istreambuf_iterator<char>(from), {});
  EXPECT_NE(limits.find("Max core file size        0                    0 "), std::string::npos)
      << limits;
  std::ifstream(folder + "/coredump_filter") >> filter;
  EXPECT_EQ(filter, "00000000");

  lend();
  const json ready = json::parse(
      support::run({{"curl", "--silent", "--insecure", "--max-time", "30",
                     "https://localhost:" + std::to_string(house_.address().port) + "/readyz"}})
          .out);
  if (ready.at("memory_locked") != true) GTEST_SKIP() << "memory cannot be locked here";
  // All of the arena, the one run of pages that is of this kind.
  std::uint64_t locked = 0, arena = 0;
  for (const Mapping& mapping : mappings_of(house_.service())) {
    if (!mapping.has("dd") || !mapping.has("dc") || !mapping.has("lo")) continue;
    locked += mapping.locked;
    arena += (mapping.end - mapping.begin) >> 10;
  }
  EXPECT_EQ(arena, 8192U);
  EXPECT_EQ(locked, arena);
}

}  // namespace
}  // namespace secrets
