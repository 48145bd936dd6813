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

}  // namespace
