// Clients that keep a server waiting, and servers that have no room or come to their end.
#include "api/watchdog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <thread>

#include "api/test_site.h"
#include "support/raw_tls.h"

namespace {

using namespace std::chrono_literals;
using support::RawTls;
using testing::IsEmpty;
using testing::StartsWith;

constexpr auto kLong = 60s;  // a deadline that a test would not outlast

api::Deadlines long_deadlines() {
  return {
      .handshake = kLong, .head = kLong, .idle = kLong, .body_stall = kLong, .send_stall = kLong};
}

class LateClient : public testing::Test {
 protected:
  void start(const api::Deadlines& deadlines, bool tls = true) {
    auto options = test_site::options();
    options.tls = tls;
    options.deadlines = deadlines;
    server_ = api::Server::start(handler_, options);
  }
  bool all_gone() {
    return test_site::eventually([&] { return server_->connections() == 0; });
  }
  // Sends one byte after the other, without end, until the connection breaks.
  static bool drip(int descriptor, std::string_view first) {
    bool open = ::send(descriptor, first.data(), first.size(), MSG_NOSIGNAL) > 0;
    const auto end = std::chrono::steady_clock::now() + 20s;
    while (open && std::chrono::steady_clock::now() < end) {
      open = ::send(descriptor, "a", 1, MSG_NOSIGNAL) == 1;
      std::this_thread::sleep_for(5ms);  // the drip's own pace
    }
    return !open;
  }

  test_site::EchoHandler handler_;
  std::unique_ptr<api::Server> server_;
};

TEST_F(LateClient, IsEndedInASilentHandshake) {
  auto deadlines = long_deadlines();
  deadlines.handshake = 100ms;
  start(deadlines);
  RawTls client(server_->port(), RawTls::Layer::tcp);
  EXPECT_THAT(client.read_all(), IsEmpty());
  EXPECT_TRUE(client.ended());
}

TEST_F(LateClient, IsEndedInADrippedHandshake) {
  auto deadlines = long_deadlines();
  deadlines.handshake = 200ms;
  start(deadlines);
  RawTls client(server_->port(), RawTls::Layer::tcp);
  // A handshake record of 16 KiB that never becomes complete.
  EXPECT_TRUE(drip(client.descriptor(), std::string_view("\x16\x03\x01\x3f\xff\x01", 6)));
  EXPECT_TRUE(all_gone());
}

TEST_F(LateClient, IsEndedInADrippedHead) {
  auto deadlines = long_deadlines();
  deadlines.head = 200ms;
  start(deadlines, false);
  RawTls client(server_->port(), RawTls::Layer::tcp);
  EXPECT_TRUE(drip(client.descriptor(), "GET /"));
  EXPECT_THAT(handler_.handled(), IsEmpty());
}

TEST_F(LateClient, IsEndedInADrippedRecord) {
  auto deadlines = long_deadlines();
  deadlines.idle = 200ms;
  start(deadlines);
  RawTls client(server_->port());
  client.send("GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_THAT(client.read_until("\r\n\r\n"), StartsWith("HTTP/1.1 200"));
  EXPECT_TRUE(drip(client.descriptor(), std::string_view("\x17\x03\x03\x3f\xff", 5)));
}

TEST_F(LateClient, IsEndedWhenItAsksNothing) {
  auto deadlines = long_deadlines();
  deadlines.idle = 100ms;
  start(deadlines);
  RawTls client(server_->port());
  client.send("GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(client.read_all(), StartsWith("HTTP/1.1 200"));
  EXPECT_TRUE(client.ended());
}

TEST_F(LateClient, IsEndedWhenItsBodyComesTooSlowly) {
  auto deadlines = long_deadlines();
  deadlines.body_stall = 300ms;
  deadlines.min_rate = 10'000;  // the drip brings some 200
  std::atomic<bool> timed_out{false};
  handler_.on_handle = [&](api::Call& call) {
    const auto body = test_site::read_body(*call.body);
    timed_out = !body && body.error() == api::BodyErrc::timed_out;
    return api::Reply{};
  };
  start(deadlines, false);
  RawTls client(server_->port(), RawTls::Layer::tcp);
  EXPECT_TRUE(
      drip(client.descriptor(), "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n"));
  EXPECT_TRUE(test_site::eventually([&] { return timed_out.load(); }));
}

TEST_F(LateClient, IsNotEndedWhileItsBodyComesFastEnough) {
  auto deadlines = long_deadlines();
  deadlines.body_stall = 100ms;
  deadlines.min_rate = 100;
  start(deadlines, false);
  RawTls client(server_->port(), RawTls::Layer::tcp);
  client.send("POST /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 100\r\n\r\n");
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(client.send("x"));
    std::this_thread::sleep_for(5ms);  // half a second in all: five windows
  }
  EXPECT_THAT(client.read_all(), StartsWith("HTTP/1.1 200"));
}

class Endless : public api::BodySource {
 public:
  explicit Endless(std::atomic<int>& told) : told_(told) {}
  std::uint64_t length() const override { return std::uint64_t{1} << 40; }
  tl::expected<std::size_t, api::BodyErrc> read(api::MutableBytes out) override {
    std::fill(out.begin(), out.end(), std::uint8_t{'x'});
    return out.size();
  }
  void finished(std::uint64_t, bool complete) override { told_ += complete ? 100 : 1; }

 private:
  std::atomic<int>& told_;
};

TEST_F(LateClient, IsEndedWhenItDoesNotTakeItsAnswer) {
  auto deadlines = long_deadlines();
  deadlines.send_stall = 200ms;
  std::atomic<int> told{0};
  handler_.on_handle = [&](api::Call&) {
    api::Reply reply;
    reply.source = std::make_unique<Endless>(told);
    return reply;
  };
  start(deadlines);
  RawTls client(server_->port());
  client.send("GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_TRUE(test_site::eventually([&] { return told == 1; }));
  EXPECT_TRUE(all_gone());
}

// The time that the handler takes is not the client's.
TEST_F(LateClient, IsNotEndedWhileItIsTheServerThatWorks) {
  api::Deadlines deadlines{50ms, 50ms, 50ms, 50ms, 50ms, 1'000'000};
  deadlines.handshake = kLong;
  deadlines.idle = kLong;
  handler_.on_handle = [&](api::Call&) {
    std::this_thread::sleep_for(300ms);  // the work
    return api::Reply{};
  };
  start(deadlines);
  RawTls client(server_->port());
  client.send("GET /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(client.read_all(), StartsWith("HTTP/1.1 200"));
}

TEST(BusyServer, Answers503WhenItsQueueIsFull) {
  test_site::EchoHandler handler;
  test_site::Gate gate;
  handler.on_handle = [&](api::Call&) {
    gate.wait();
    return api::Reply{};
  };
  auto options = test_site::options();
  options.max_connections = 2;
  options.max_queued = 1;
  const auto server = api::Server::start(handler, options);
  const std::string request = "GET /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

  RawTls first(server->port());
  RawTls second(server->port());
  first.send(request);
  second.send(request);
  ASSERT_TRUE(test_site::eventually([&] { return handler.handled().size() == 2; }));
  RawTls queued(server->port());  // waits for a thread
  for (int i = 0; i < 3; ++i) {
    RawTls refused(server->port());
    refused.send(request);
    EXPECT_THAT(refused.read_all(), StartsWith("HTTP/1.1 503 Service Unavailable\r\n"));
    EXPECT_TRUE(refused.ended());
  }
  gate.open();
  queued.send(request);
  EXPECT_THAT(queued.read_all(), StartsWith("HTTP/1.1 200"));
  EXPECT_EQ(handler.handled().size(), 3u);
}

TEST(BusyServer, TakesTheThreadOfAnIdleConnectionForOneThatAsks) {
  test_site::EchoHandler handler;
  auto options = test_site::options();
  options.max_connections = 1;
  const auto server = api::Server::start(handler, options);
  const std::string request = "GET /a HTTP/1.1\r\nHost: a\r\n\r\n";
  RawTls idle(server->port());
  idle.send(request);
  ASSERT_THAT(idle.read_until("\r\n\r\n"), StartsWith("HTTP/1.1 200"));
  std::this_thread::sleep_for(1100ms);  // what counts as idle
  RawTls asking(server->port());
  asking.send(request);
  EXPECT_THAT(asking.read_until("\r\n\r\n"), StartsWith("HTTP/1.1 200"));
}

TEST(StoppingServer, LetsARunningAnswerEndAndIdleConnectionsGo) {
  test_site::EchoHandler handler;
  test_site::Gate gate;
  handler.on_handle = [&](api::Call& call) {
    if (call.path == "/slow") gate.wait();
    api::Reply reply;
    reply.body = "done";
    return reply;
  };
  const auto server = api::Server::start(handler, test_site::options());
  RawTls idle(server->port());
  idle.send("GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_THAT(idle.read_until("done"), StartsWith("HTTP/1.1 200"));
  RawTls running(server->port());
  running.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_TRUE(test_site::eventually([&] { return handler.handled().size() == 2; }));

  std::thread stopping([&] { server->stop(20s); });
  EXPECT_THAT(idle.read_all(), IsEmpty());  // ended while the other one still runs
  EXPECT_TRUE(idle.ended());
  gate.open();
  const std::string answer = running.read_all();
  EXPECT_THAT(answer, testing::EndsWith("done"));
  EXPECT_THAT(answer, testing::HasSubstr("Connection: close"));
  stopping.join();
  EXPECT_EQ(server->connections(), 0u);
}

TEST(StoppingServer, EndsWhoDoesNotFinishWithinTheGrace) {
  test_site::EchoHandler handler;
  const auto server = api::Server::start(handler, test_site::options());
  RawTls client(server->port());
  client.send("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhel");
  ASSERT_TRUE(test_site::eventually([&] { return handler.handled().size() == 1; }));
  server->stop(50ms);
  EXPECT_EQ(server->connections(), 0u);
  EXPECT_THAT(client.read_all(), IsEmpty());
}

TEST(StoppingServer, RefusesAPortThatIsTaken) {
  test_site::EchoHandler handler;
  auto options = test_site::options();
  const auto server = api::Server::start(handler, options);
  options.port = server->port();
  EXPECT_THROW(api::Server::start(handler, options), std::runtime_error);
  options.port = 0;
  options.key_file = "/nonexistent";
  EXPECT_THROW(api::Server::start(handler, options), std::runtime_error);
}

}  // namespace
