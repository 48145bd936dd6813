// Peers that keep a real service waiting: they come to their end, and those who work beside them
// notice nothing.
#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <atomic>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <thread>

#include "api/hostile_bytes.h"

namespace {

using namespace std::chrono_literals;
using support::Desk;
using support::House;
using support::RawTls;
using support::RemoteService;
using testing::ElementsAre;

constexpr std::size_t kOfEachKind = 125;  // slow ones, of four kinds
constexpr std::size_t kHonest = 64;
constexpr std::size_t kLarge = std::size_t{8} << 20;  // more than sockets hold

// Waits for a condition that has a minute to come true.
bool soon(const std::function<bool()>& condition) {
  const auto end = std::chrono::steady_clock::now() + 60s;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(20ms);  // between two looks
  }
  return true;
}

std::size_t descriptors_of(pid_t process) {
  const std::filesystem::directory_iterator all("/proc/" + std::to_string(process) + "/fd");
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

// This process and the service that it starts hold more than a shell's usual 256.
void allow_many_descriptors() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, 4096);
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

// A session of the case's manager, and what she does in it over a connection of its own.
class Client {
 public:
  Client(const House& house, const std::string& token)
      : house_(house), service_(house.address()), desk_(service_) {
    desk_.token = token;
  }
  std::string deposit(const std::string& content) {
    desk_.headers = {{"upload-metadata", support::upload_metadata({{"type", "LAP-ADU"}})}};
    const auto answer = desk_.call("POST", "/v1/cases/" + house_.case_id().text() + "/documents",
                                   content, "text/plain");
    desk_.headers.clear();
    return answer.status == 201 ? answer.json().at("id").get<std::string>() : "";
  }
  bool reads(const std::string& document, const std::string& content) {
    const auto answer = desk_.get("/v1/documents/" + document + "/content");
    return answer.status == 200 && answer.body == content;
  }

 private:
  const House& house_;
  RemoteService service_;
  Desk desk_;
};

// Works until told to stop, on kept connections and new ones; true if all that it asked was done.
bool works(const House& house, const std::string& token, std::size_t number,
           const std::atomic<bool>& stop) try {
  const std::string content(1000 + number, 'h');
  std::string document;
  for (int round = 0; round < 3 || !stop; ++round) {
    Client client(house, token);
    if (round % 20 == 0) document = client.deposit(content);
    for (int call = 0; call < 5; ++call) {
      if (document.empty() || !client.reads(document, content)) return false;
      std::this_thread::sleep_for(100ms);  // a person's pace
    }
  }
  return true;
} catch (const std::exception&) {
  return false;  // an answer that did not come
}

// Connections that send one byte after the other, and those that take nothing of what they asked.
class SlowOnes {
 public:
  SlowOnes(std::uint16_t port, const std::string& deposit, const std::string& reading) {
    for (std::size_t i = 0; i < kOfEachKind; ++i) {
      // A TLS record of 16 KiB that never becomes complete.
      begin(dripping_, port, RawTls::Layer::tcp, std::string("\x16\x03\x01\x3f\xff\x01", 6));
      begin(dripping_, port, RawTls::Layer::tls, "GET /readyz HTTP/1.1\r\nX: ");
      begin(dripping_, port, RawTls::Layer::tls, deposit);
      begin(reading_, port, RawTls::Layer::tls, reading);
    }
  }
  // A further byte of each that drips; false when none is left.
  bool drip() {
    std::erase_if(dripping_, [](RawTls& slow) { return !slow.send("a"); });
    return !dripping_.empty();
  }

 private:
  static void begin(std::vector<RawTls>& all, std::uint16_t port, RawTls::Layer layer,
                    const std::string& bytes) {
    RawTls& slow = all.emplace_back(port, layer);
    const int little = 4096;
    ::setsockopt(slow.descriptor(), SOL_SOCKET, SO_RCVBUF, &little, sizeof little);
    (void)slow.send(bytes);  // on a slow machine the first may be ended before the last begins
  }

  std::vector<RawTls> dripping_, reading_;
};

TEST(SlowBytes, EndAtTheirDeadlinesWhileOthersWork) {
  allow_many_descriptors();
  House house({}, {"--max-connections", "1024", "--connections-per-address", "0",
                   "--handshake-seconds", "8", "--head-seconds", "8", "--stall-seconds", "8"});
  RemoteService service(house.address());
  Desk desk(service);
  ASSERT_TRUE(desk.lend_key(house.manager()));
  const std::string large = Client(house, desk.token).deposit(std::string(kLarge, 'l'));
  ASSERT_FALSE(large.empty());
  const std::size_t before = descriptors_of(house.service());

  std::atomic<bool> stop{false};
  std::atomic<std::size_t> served{0};
  const std::string session = "Host: segel\r\nAuthorization: Bearer " + desk.token + "\r\n";
  const std::string metadata = support::upload_metadata({{"type", "LAP-ADU"}});
  SlowOnes slow(house.address().port,
                "POST /v1/cases/" + house.case_id().text() + "/documents HTTP/1.1\r\n" + session +
                    "Upload-Metadata: " + metadata + "\r\nContent-Length: 1000000\r\n\r\n",
                "GET /v1/documents/" + large + "/content HTTP/1.1\r\n" + session + "\r\n");
  (void)std::printf("held at once: %zu\n", descriptors_of(house.service()) - before);
  std::vector<std::thread> honest;
  for (std::size_t i = 0; i < kHonest; ++i) {
    honest.emplace_back([&, i] { served += works(house, desk.token, i, stop) ? 1U : 0U; });
  }
  EXPECT_TRUE(soon([&] {
    std::this_thread::sleep_for(200ms);  // the drip's own pace
    return !slow.drip();
  }));
  // Who stopped reading is not told while he does not read: the service has let go of him.
  EXPECT_TRUE(soon([&] { return descriptors_of(house.service()) <= before + kHonest; }));
  stop = true;
  for (auto& thread : honest) thread.join();
  EXPECT_EQ(served, kHonest);
  EXPECT_TRUE(soon([&] { return descriptors_of(house.service()) <= before; }));
  EXPECT_TRUE(house.stop());
}

std::vector<std::string> ask(RawTls& client) {
  client.send(hostile::get("/readyz", "Connection: close\r\n"));
  return hostile::answers_in(client.read_all(), false);
}

TEST(SlowBytes, ThatFillTheQueueAreNotWhatOthersWaitFor) {
  House house({}, {"--max-connections", "8", "--connections-per-address", "0",
                   "--handshake-seconds", "600"});
  const std::uint16_t port = house.address().port;
  constexpr std::size_t kPlaces = 8 + 64;  // served and queued
  std::vector<RawTls> silent;
  for (std::size_t i = 0; i < kPlaces; ++i) silent.emplace_back(port, RawTls::Layer::tcp);
  for (int i = 0; i < 3; ++i) {
    RawTls refused(port);
    EXPECT_THAT(ask(refused), ElementsAre("503 busy"));
    EXPECT_TRUE(refused.ended());
  }
  silent.clear();
  EXPECT_TRUE(soon([&] {
    RawTls served(port);
    return ask(served) == std::vector<std::string>{"200"};
  }));
}

TEST(SlowBytes, OfOneAddressTakeNoMoreThanItsPlaces) {
  House house({}, {"--connections-per-address", "4"});
  const std::uint16_t port = house.address().port;
  std::vector<RawTls> kept;
  for (int i = 0; i < 4; ++i) {
    kept.emplace_back(port);
    kept.back().send(hostile::get("/readyz"));
    ASSERT_THAT(kept.back().read_until("}"), testing::StartsWith("HTTP/1.1 200"));
  }
  RawTls one_more(port);
  EXPECT_THAT(ask(one_more), ElementsAre("503 too-many-connections"));
  RawTls neighbour(port, RawTls::Layer::tls, "127.0.0.2");
  EXPECT_THAT(ask(neighbour), ElementsAre("200"));
  kept.pop_back();
  EXPECT_TRUE(soon([&] {
    RawTls served(port);
    return ask(served) == std::vector<std::string>{"200"};
  }));
}

}  // namespace
