// What a client sees of a connection, byte for byte, over TLS.
#include "api/connection_handler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "api/test_site.h"
#include "support/raw_tls.h"

namespace {

using namespace std::chrono_literals;
using support::RawTls;
using test_site::EchoHandler;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

class Connection : public testing::Test {
 protected:
  void start(const api::ServerOptions& options = test_site::options()) {
    server_ = api::Server::start(handler_, options);
  }
  RawTls connect() { return RawTls(server_->port()); }
  // Everything that is answered to `bytes` on one connection, up to its end.
  std::string exchange(const std::string& bytes) {
    RawTls client = connect();
    EXPECT_TRUE(client.send(bytes));
    std::string answer = client.read_all();
    EXPECT_TRUE(client.ended()) << "the connection stayed open after: " << bytes.substr(0, 200);
    return answer;
  }

  EchoHandler handler_;
  std::unique_ptr<api::Server> server_;
};

std::string last(const std::string& fields = "") {
  return "GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + fields + "\r\n";
}

TEST_F(Connection, AnswersWithLengthDateAndRequestId) {
  start();
  const std::string answer = exchange(
      "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\nDate: "));
  EXPECT_THAT(answer, HasSubstr("\r\nContent-Length: 5\r\n"));
  EXPECT_THAT(answer, HasSubstr("\r\nRequest-Id: "));
  EXPECT_THAT(answer, HasSubstr("\r\nConnection: close\r\n"));
  EXPECT_THAT(answer, testing::EndsWith("\r\n\r\nhello"));
}

TEST_F(Connection, AnswersPipelinedRequestsInTheirOrder) {
  start();
  const std::string answer = exchange(
      "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\none"
      "POST /b HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\ntwo\r\n0\r\n\r\n" +
      last());
  EXPECT_LT(answer.find("\r\n\r\none"), answer.find("\r\n\r\ntwo"));
  EXPECT_THAT(handler_.handled(), ElementsAre("POST /a", "POST /b", "GET /last"));
}

struct Refusal {
  const char* name;
  std::string bytes;
  const char* status;
};

// The head's own table is head_scanner_test's; here is what reaches the wire.
TEST_F(Connection, RefusesWhatIsNoRequestAndEnds) {
  start();
  const Refusal refusals[] = {
      {"old version", "GET / HTTP/1.0\r\n\r\n", "426"},
      {"HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "505"},
      {"HTTP/0.9", "GET /\r\n", "400"},
      {"bare LF", "GET / HTTP/1.1\nHost: a\n\n", "400"},
      {"no host", "GET / HTTP/1.1\r\n\r\n", "400"},
      {"both lengths",
       "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n",
       "400"},
      {"coding", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", "501"},
      {"connect", "CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n", "501"},
      {"trace", "TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", "501"},
      {"long target", "GET /" + std::string(9000, 'a'), "414"},
      {"long head", "GET / HTTP/1.1\r\nA: " + std::string(70'000, 'a'), "431"},
      {"huge length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n",
       "413"},
  };
  for (const auto& [name, bytes, status] : refusals) {
    SCOPED_TRACE(name);
    const std::string answer = exchange(bytes + last());
    EXPECT_THAT(answer, StartsWith(std::string("HTTP/1.1 ") + status));
    EXPECT_THAT(answer, HasSubstr("close"));
    EXPECT_THAT(answer, Not(HasSubstr("\nHTTP/1.1 "))) << "a second answer";
  }
  EXPECT_THAT(handler_.handled(), IsEmpty());
}

TEST_F(Connection, OffersHttp11ToHttp10) {
  start();
  const std::string answer = exchange("GET / HTTP/1.0\r\n\r\n");
  EXPECT_THAT(answer, HasSubstr("\r\nUpgrade: HTTP/1.1\r\n"));
  EXPECT_THAT(answer, HasSubstr("\r\nConnection: close, upgrade\r\n"));
}

TEST_F(Connection, IgnoresAnUpgrade) {
  start();
  const std::string answer = exchange(last("Upgrade: websocket\r\n"));
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200"));
}

TEST_F(Connection, NeverTakesAnUnreadBodyForARequest) {
  handler_.on_handle = [](api::Call&) { return api::Reply{}; };  // reads nothing
  start();
  const std::string smuggled = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";
  const std::string head = "POST /a HTTP/1.1\r\nHost: a\r\n";
  // Small: drained, and the next request served.
  exchange(head + "Content-Length: " + std::to_string(smuggled.size()) + "\r\n\r\n" + smuggled +
           last());
  EXPECT_THAT(handler_.handled(), ElementsAre("POST /a", "GET /last"));
  // Large, or of unknown length and still under way: the connection ends.
  const std::string large(std::size_t{300} << 10, '\n');
  exchange(head + "Content-Length: " + std::to_string(large.size() + smuggled.size()) + "\r\n\r\n" +
           large + smuggled + last());
  EXPECT_THAT(handler_.handled(), ElementsAre("POST /a", "GET /last", "POST /a"));
  exchange(head + "Transfer-Encoding: chunked\r\n\r\n4b000\r\n" + large + "\r\n0\r\n\r\n" + last());
  EXPECT_THAT(handler_.handled(), ElementsAre("POST /a", "GET /last", "POST /a", "POST /a"));
}

TEST_F(Connection, NeverTakesABodyCutShortForComplete) {
  const std::string head = "POST /a HTTP/1.1\r\nHost: a\r\n";
  const std::string cut[] = {
      head + "Content-Length: 10\r\n\r\nhello",
      head + "Content-Length: 10\r\n\r\n",
      head + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
      head + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n",
      head + "Transfer-Encoding: chunked\r\n\r\n5\r\nhel",
      head + "Content-Length: 100000\r\n\r\n" + std::string(99'999, 'x'),
  };
  std::atomic<int> short_bodies{0};
  handler_.on_handle = [&](api::Call& call) {
    const auto body = test_site::read_body(*call.body);
    if (!body && body.error() == api::BodyErrc::cut_short) ++short_bodies;
    return api::Reply{};
  };
  start();
  int expected = 0;
  for (const auto& bytes : cut) {
    RawTls client = connect();
    ASSERT_TRUE(client.send(bytes));
    client.finish();
    ++expected;
    EXPECT_TRUE(test_site::eventually([&] { return short_bodies == expected; })) << bytes.size();
  }
}

TEST_F(Connection, GivesLeaveToSendOnlyWhenTheBodyIsWanted) {
  handler_.on_admit = [&](const api::Call& call) {
    if (call.path == "/no") {
      return api::ConnectionHandler::Admission{handler_.problem(403, "no", ""), 0};
    }
    return api::ConnectionHandler::Admission{std::nullopt, 5};
  };
  start();
  const std::string rest =
      " HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nConnection: close\r\nContent-Length: ";
  {
    RawTls client = connect();
    client.send("POST /yes" + rest + "5\r\n\r\n");
    EXPECT_EQ(client.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
    client.send("hello");
    EXPECT_THAT(client.read_all(), testing::EndsWith("hello"));
  }
  EXPECT_THAT(exchange("POST /no" + rest + "5\r\n\r\n"), StartsWith("HTTP/1.1 403"));
  EXPECT_THAT(exchange("POST /yes" + rest + "6\r\n\r\n"), StartsWith("HTTP/1.1 413"));
}

TEST_F(Connection, StopsABodyThatIsLongerThanAllowed) {
  handler_.on_admit = [](const api::Call&) {
    return api::ConnectionHandler::Admission{std::nullopt, 8};
  };
  std::atomic<int> too_large{0};
  handler_.on_handle = [&](api::Call& call) {
    const auto body = test_site::read_body(*call.body);
    if (!body && body.error() == api::BodyErrc::too_large) ++too_large;
    return api::Reply{};
  };
  start();
  const std::string head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  exchange(head + "9\r\nnine byte\r\n0\r\n\r\n");
  exchange(head + "5\r\nhello\r\n5\r\nworld\r\n0\r\n\r\n");
  exchange(head + "fffffffffffffff\r\nx");
  EXPECT_EQ(too_large, 3);
}

TEST_F(Connection, SendsNoBodyToHead) {
  handler_.on_handle = [](api::Call&) {
    api::Reply reply;
    reply.body = "not to be sent";
    return reply;
  };
  start();
  const std::string answer = exchange("HEAD /a HTTP/1.1\r\nHost: a\r\n\r\n" + last());
  EXPECT_THAT(answer, HasSubstr("Content-Length: 14\r\n\r\nHTTP/1.1 200 OK\r\n"));
}

TEST_F(Connection, NeverSendsALineEndThatAHandlerPutIntoAField) {
  handler_.on_handle = [](api::Call&) {
    api::Reply reply;
    reply.headers.add("location", "/a\r\nSet-Cookie: b=c");
    return reply;
  };
  start();
  const std::string answer = exchange(last());
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 500"));
  EXPECT_THAT(answer, Not(HasSubstr("Set-Cookie")));
}

TEST_F(Connection, SurvivesAHandlerThatThrows) {
  handler_.on_handle = [](api::Call& call) -> api::Reply {
    if (call.path == "/bad") throw std::runtime_error("a bug");
    return {};
  };
  start();
  EXPECT_EQ(exchange("GET /bad HTTP/1.1\r\nHost: a\r\n\r\n"), "");
  EXPECT_THAT(exchange(last()), StartsWith("HTTP/1.1 200"));
}

TEST_F(Connection, SpeaksPlainTcpWhereAsked) {
  auto options = test_site::options();
  options.tls = false;
  start(options);
  RawTls client(server_->port(), RawTls::Layer::tcp);
  client.send(last());
  EXPECT_THAT(client.read_all(), StartsWith("HTTP/1.1 200"));
}

}  // namespace
