// Our client against our server, over TLS.
#include "api/http_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <string>

#include "api/test_site.h"
#include "crypto/hash.h"
#include "support/raw_tls.h"

namespace {

using namespace std::chrono_literals;
using api::ClientErrc;
using testing::ElementsAre;

// Bytes that can be told apart wherever they are cut or swapped.
std::uint8_t byte_at(std::uint64_t at) {
  return static_cast<std::uint8_t>((at * 2654435761u) >> 13);
}

// `length` bytes of it, `fails_at` of which never come.
class Pattern : public api::BodySource {
 public:
  struct End {
    std::uint64_t sent = 0;
    bool complete = false;
    std::atomic<int> told = 0;  // last, in the connection's thread: what it counts can be read
  };
  Pattern(std::uint64_t length, End* end, std::uint64_t fails_at = UINT64_MAX)
      : length_(length), fails_at_(fails_at), end_(end) {}

  std::uint64_t length() const override { return length_; }
  tl::expected<std::size_t, api::BodyErrc> read(api::MutableBytes out) override {
    if (at_ >= fails_at_) return tl::unexpected(api::BodyErrc::failed);
    for (auto& byte : out) byte = byte_at(at_++);
    return out.size();
  }
  void finished(std::uint64_t sent, bool complete) override {
    end_->sent = sent;
    end_->complete = complete;
    ++end_->told;
  }

 private:
  std::uint64_t length_;
  std::uint64_t fails_at_;
  std::uint64_t at_ = 0;
  End* end_;
};

crypto::Digest digest_of_pattern(std::uint64_t length) {
  crypto::Sha256 hash;
  std::vector<std::uint8_t> chunk(65536);
  for (std::uint64_t at = 0; at < length;) {
    for (auto& byte : chunk) byte = byte_at(at++);
    hash.update(chunk);
  }
  return hash.finish();
}

tl::expected<crypto::Digest, api::BodyErrc> digest_of(api::BodyReader& body) {
  crypto::Sha256 hash;
  std::vector<std::uint8_t> chunk(200'000);
  while (true) {
    const auto size = body.read(chunk);
    if (!size) return tl::unexpected(size.error());
    if (*size == 0) return hash.finish();
    hash.update(crypto::ByteView(chunk).first(*size));
  }
}

class HttpClient : public testing::Test {
 protected:
  void start(const api::ServerOptions& options = test_site::options()) {
    server_ = api::Server::start(handler_, options);
  }
  api::HttpClient client(const std::string& host = "localhost", const std::string& ca = "") {
    return api::HttpClient(
        {host, server_->port(), ca.empty() ? test_site::certificates().authority() : ca, 20s});
  }

  test_site::EchoHandler handler_;
  std::unique_ptr<api::Server> server_;
};

TEST_F(HttpClient, SendsABodyAndReadsTheAnswer) {
  start();
  auto http = client();
  const auto response = http.send({"POST", "/a?b=c", {}, "hello", nullptr});
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->headers.one("content-type"), "text/plain");
  EXPECT_EQ(response->text(), "hello");
  EXPECT_THAT(handler_.handled(), ElementsAre("POST /a?b=c"));
}

TEST_F(HttpClient, SendsASessionsTokenThatItDoesNotKeep) {
  std::string authorization;
  handler_.on_handle = [&](api::Call& call) {
    authorization = call.headers.one("authorization").value_or("none");
    return api::Reply{};
  };
  start();
  auto http = client();
  std::string text = "sgl_token";
  const auto token =
      crypto::SecretBytes::take({reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
  ASSERT_TRUE(http.send({"GET", "/a", {}, "", nullptr, &token})->text());
  EXPECT_EQ(authorization, "Bearer sgl_token");
  ASSERT_TRUE(http.send({"GET", "/a", {}, "", nullptr})->text());
  EXPECT_EQ(authorization, "none");
}

TEST_F(HttpClient, UsesOneConnectionForManyRequests) {
  std::string origins;
  start();
  auto http = client("127.0.0.1");
  for (int i = 0; i < 5; ++i) {
    const auto response = http.send({"POST", "/a", {}, std::string(70'000, 'x'), nullptr});
    ASSERT_TRUE(response);
    ASSERT_EQ(response->text()->size(), 70'000u);
  }
  EXPECT_EQ(server_->connections(), 1u);
}

TEST_F(HttpClient, ConnectsAgainWhenAKeptConnectionWasClosed) {
  auto options = test_site::options();
  options.deadlines.idle = 50ms;
  start(options);
  auto http = client();
  ASSERT_EQ(http.send({"GET", "/a", {}, "", nullptr})->text(), "");
  ASSERT_TRUE(test_site::eventually([&] { return server_->connections() == 0; }));
  const auto response = http.send({"GET", "/b", {}, "", nullptr});
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 200);
}

TEST_F(HttpClient, StreamsSixtyFourMebibytesBothWays) {
  constexpr std::uint64_t kLength = std::uint64_t{64} << 20;
  const crypto::Digest expected = digest_of_pattern(kLength);
  crypto::Digest received{};
  Pattern::End down;
  handler_.on_handle = [&](api::Call& call) {
    const auto digest = digest_of(*call.body);
    if (digest) received = *digest;
    api::Reply reply;
    reply.source = std::make_unique<Pattern>(kLength, &down);
    return reply;
  };
  start();
  Pattern::End up;
  Pattern source(kLength, &up);
  auto http = client();
  const auto response = http.send({"PUT", "/a", {}, "", &source});
  ASSERT_TRUE(response);
  EXPECT_EQ(received, expected);
  EXPECT_EQ(response->body->declared_length(), kLength);
  EXPECT_EQ(digest_of(*response->body), expected);
  EXPECT_TRUE(up.complete);
  EXPECT_EQ(up.sent, kLength);
  ASSERT_TRUE(test_site::eventually([&] { return down.told == 1; }));
  EXPECT_TRUE(down.complete);
  EXPECT_EQ(down.sent, kLength);
}

TEST_F(HttpClient, ReadsARefusalWhileItIsStillSending) {
  constexpr std::uint64_t kLength = std::uint64_t{1} << 40;  // could never be sent whole
  handler_.on_admit = [&](const api::Call&) {
    return api::ConnectionHandler::Admission{handler_.problem(403, "not-yours", ""), 0};
  };
  start();
  Pattern::End up;
  Pattern source(kLength, &up);
  auto http = client();
  const auto response = http.send({"PUT", "/a", {}, "", &source});
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 403);
  EXPECT_EQ(response->text(), "problem not-yours");
  EXPECT_FALSE(up.complete);
  EXPECT_LT(up.sent, kLength);
  // The rest of that body must not be read as a request: the next one goes on a new connection.
  handler_.on_admit = nullptr;
  EXPECT_EQ(http.send({"GET", "/b", {}, "", nullptr})->status, 200);
  EXPECT_THAT(handler_.handled(), ElementsAre("GET /b"));
}

TEST_F(HttpClient, TellsWhenItsOwnSourceFails) {
  start();
  Pattern::End up;
  Pattern source(1 << 20, &up, 300'000);
  auto http = client();
  const auto response = http.send({"PUT", "/a", {}, "", &source});
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error(), ClientErrc::body_failed);
  EXPECT_EQ(up.told, 1);
  EXPECT_FALSE(up.complete);
}

TEST_F(HttpClient, SeesAnAnswerWhoseSourceFailsAsCutShort) {
  Pattern::End down;
  handler_.on_handle = [&](api::Call&) {
    api::Reply reply;
    reply.source = std::make_unique<Pattern>(10 << 20, &down, 5 << 20);
    return reply;
  };
  start();
  auto http = client();
  const auto response = http.send({"GET", "/a", {}, "", nullptr});
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 200);
  const auto digest = digest_of(*response->body);
  ASSERT_FALSE(digest);
  EXPECT_EQ(digest.error(), api::BodyErrc::cut_short);
  ASSERT_TRUE(test_site::eventually([&] { return down.told == 1; }));
  EXPECT_FALSE(down.complete);
}

TEST_F(HttpClient, SeesAnErrorWhenASourceFailsBeforeItsFirstByte) {
  Pattern::End down;
  handler_.on_handle = [&](api::Call&) {
    api::Reply reply;
    reply.source = std::make_unique<Pattern>(1000, &down, 0);
    return reply;
  };
  start();
  auto http = client();
  const auto response = http.send({"GET", "/a", {}, "", nullptr});
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 500);
  EXPECT_EQ(response->text(), "problem internal");
}

TEST_F(HttpClient, ReadsNoBodyAfterHead) {
  Pattern::End down;
  handler_.on_handle = [&](api::Call&) {
    api::Reply reply;
    reply.source = std::make_unique<Pattern>(1000, &down);
    return reply;
  };
  start();
  auto http = client();
  const auto response = http.send({"HEAD", "/a", {}, "", nullptr});
  ASSERT_TRUE(response);
  EXPECT_EQ(response->headers.one("content-length"), "1000");
  EXPECT_EQ(response->text(), "");
  EXPECT_EQ(http.send({"HEAD", "/b", {}, "", nullptr})->status, 200);
  EXPECT_EQ(server_->connections(), 1u);
  EXPECT_TRUE(test_site::eventually([&] { return down.told == 2; }));
}

TEST_F(HttpClient, RefusesATextLongerThanItsLimit) {
  start();
  auto http = client();
  const auto response = http.send({"POST", "/a", {}, "hello", nullptr});
  ASSERT_TRUE(response);
  EXPECT_EQ(response->text(4).error(), ClientErrc::malformed);
}

TEST_F(HttpClient, RefusesACertificateOfAnotherAuthority) {
  start();
  const support::Certificates other("DNS:localhost");
  auto http = client("localhost", other.authority());
  const auto response = http.send({"GET", "/a", {}, "", nullptr});
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error(), ClientErrc::not_trusted);
  EXPECT_TRUE(handler_.handled().empty());
}

// For localhost too, which the relaxed mode of the library would let pass.
TEST_F(HttpClient, RefusesACertificateOfAnotherName) {
  const support::Certificates other("DNS:elsewhere.example");
  auto options = test_site::options();
  options.certificate_file = other.certificate();
  options.key_file = other.key();
  start(options);
  for (const char* host : {"localhost", "127.0.0.1"}) {
    auto http = client(host, other.authority());
    const auto response = http.send({"GET", "/a", {}, "", nullptr});
    ASSERT_FALSE(response) << host;
    EXPECT_EQ(response.error(), ClientErrc::not_trusted) << host;
  }
  EXPECT_TRUE(handler_.handled().empty());
}

TEST_F(HttpClient, TellsThatNobodyListens) {
  start();
  auto http = client();
  server_->stop(0ms);
  const auto response = http.send({"GET", "/a", {}, "", nullptr});
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error(), ClientErrc::unreachable);
}

}  // namespace
