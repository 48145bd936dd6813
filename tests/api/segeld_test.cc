// The program itself: started, asked over TLS, and stopped.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>

#include "support/certificates.h"
#include "support/free_port.h"
#include "support/people.h"
#include "support/process.h"

namespace {

using support::Command;
using support::Finished;

const std::string kSegeld = std::string(SEGEL_BIN) + "/segeld";

class SegeldTest : public ::testing::Test {
 protected:
  SegeldTest() { founded_.close(); }

  Command command() const {
    return {{kSegeld, "--data", founded_.data(), "--log-key", founded_.log_key(), "--certificate",
             certificates_.certificate(), "--key", certificates_.key(), "--port", port_,
             "--metrics-port", metrics_port_, "--allow-unlocked-memory"}};
  }
  Finished curl(std::vector<std::string> arguments, std::string input = {}) const {
    arguments.insert(arguments.begin(), {"curl", "--silent", "--show-error", "--max-time", "30",
                                         "--cacert", certificates_.authority()});
    Command curl{std::move(arguments)};
    curl.input = std::move(input);
    return support::run(curl);
  }
  std::string url(const std::string& path) const { return "https://localhost:" + port_ + path; }

  support::FoundedVault founded_;
  support::Certificates certificates_{"DNS:localhost,IP:127.0.0.1"};
  std::string port_ = support::free_port(), metrics_port_ = support::free_port();
};

TEST_F(SegeldTest, ServesUntilItIsAskedToStop) {
  support::OnTerminal running(command());
  ASSERT_TRUE(running.shows("serves on"));
  const auto ready = nlohmann::json::parse(curl({url("/readyz")}).out);
  EXPECT_EQ(ready.at("ready"), true);

  const auto key = founded_.first_admin.identity.text();
  const nlohmann::json body{{"identity", key.expose_text()}};
  const Finished login = curl({"--json", "@-", url("/v1/sessions")}, body.dump());
  const std::string token = nlohmann::json::parse(login.out).at("token");
  const Finished session = curl({"--header", "Authorization: Bearer " + token, url("/v1/session")});
  EXPECT_EQ(nlohmann::json::parse(session.out).at("key"), founded_.first_admin.key().text());
  const Finished figures = curl({"http://127.0.0.1:" + metrics_port_ + "/metrics"});
  EXPECT_NE(figures.out.find("segel_sessions 1"), std::string::npos) << figures.out;

  // It holds the folder alone.
  const Finished second = support::run(command());
  EXPECT_EQ(second.exit_code, 1);
  EXPECT_NE(second.err.find("another process"), std::string::npos) << second.err;

  running.type("\x03");
  const Finished ended = running.finish();
  EXPECT_EQ(ended.exit_code, 0) << ended.out;
  EXPECT_NE(ended.out.find("stopped"), std::string::npos);
}

// Searches all memory that the process may write to.
bool is_in_memory(pid_t process, std::string_view wanted) {
  const std::string folder = "/proc/" + std::to_string(process);
  std::ifstream maps(folder + "/maps");
  std::ifstream memory(folder + "/mem", std::ios::binary);
  EXPECT_TRUE(memory.is_open());
  for (std::string line; std::getline(maps, line);) {
    std::uint64_t begin = 0, end = 0;
    char mode[5] = {};
    std::sscanf(line.c_str(), "%lx-%lx %4s", &begin, &end, mode);  // NOLINT(cert-err34-c)
    if (mode[0] != 'r' || mode[1] != 'w' || end - begin > (std::uint64_t{1} << 30)) continue;
    std::string bytes(end - begin, '\0');
    memory.clear();
    memory.seekg(static_cast<std::streamoff>(begin));
    memory.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    if (bytes.find(wanted) != std::string::npos) return true;
  }
  return false;
}

TEST_F(SegeldTest, KeepsNothingOfHowALentKeyCame) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can look into it";
  support::OnTerminal running(command());
  ASSERT_TRUE(running.shows("serves on"));
  const auto key = founded_.first_admin.identity.text();
  const nlohmann::json body{{"identity", key.expose_text()}};
  const Finished login = curl({"--json", "@-", url("/v1/sessions")}, body.dump());
  ASSERT_TRUE(nlohmann::json::parse(login.out).contains("token"));
  // So that it is known that the search finds what is there.
  EXPECT_TRUE(is_in_memory(running.pid(), certificates_.certificate()));
  EXPECT_FALSE(is_in_memory(running.pid(), key.expose_text().substr(0, 40)));
}

TEST_F(SegeldTest, TakesItsSettingsFromAFile) {
  const std::string settings = founded_.data() + ".conf";
  std::ofstream(settings) << "# a comment\ndata = " << founded_.data()
                          << "\nlog-key = " << founded_.log_key()
                          << "\ncertificate = " << certificates_.certificate()
                          << "\nkey = " << certificates_.key() << "\nport = " << port_
                          << "\nallow-unlocked-memory = true\n";
  support::OnTerminal running(Command{{kSegeld, "--config", settings}});
  ASSERT_TRUE(running.shows("serves on"));
  EXPECT_EQ(curl({url("/livez")}).out, "ok\n");
  running.type("\x03");
  EXPECT_EQ(running.finish().exit_code, 0);
}

// As for a user without privileges and a small limit.
Command without_locked_memory(Command command) {
  std::vector<std::string> under{"prlimit", "--memlock=65536"};
  if (::geteuid() == 0) {
    under.insert(under.end(), {"setpriv", "--inh-caps=-ipc_lock", "--bounding-set=-ipc_lock"});
  }
  command.arguments.insert(command.arguments.begin(), under.begin(), under.end());
  return command;
}

TEST_F(SegeldTest, StartsWithoutLockedMemoryOnlyWhenItIsTold) {
  Command strict = command();
  ASSERT_EQ(strict.arguments.back(), "--allow-unlocked-memory");
  strict.arguments.pop_back();
  const Finished refused = support::run(without_locked_memory(strict));
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_NE(refused.err.find("cannot be locked"), std::string::npos) << refused.err;
  EXPECT_NE(refused.err.find("ulimit -l"), std::string::npos) << refused.err;

  support::OnTerminal running(without_locked_memory(command()));
  ASSERT_TRUE(running.shows("serves on"));
  const auto ready = nlohmann::json::parse(curl({url("/readyz")}).out);
  EXPECT_EQ(ready.at("memory_locked"), false);
  running.type("\x03");
  EXPECT_EQ(running.finish().exit_code, 0);
}

TEST_F(SegeldTest, SaysWhatToMendWhenItCannotStart) {
  Command other = command();
  other.arguments[2] = founded_.data() + "/nothing";
  const Finished missing = support::run(other);
  EXPECT_EQ(missing.exit_code, 1);
  EXPECT_NE(missing.err.find("segel init"), std::string::npos) << missing.err;

  EXPECT_EQ(support::run(Command{{kSegeld, "--port", "x"}}).exit_code, 2);
  EXPECT_EQ(support::run(Command{{kSegeld}}).exit_code, 2);
  const Finished help = support::run(Command{{kSegeld, "--help"}});
  EXPECT_EQ(help.exit_code, 0);
  EXPECT_NE(help.out.find("Example:"), std::string::npos);
}

}  // namespace
