// A service without a descriptor left: whom it serves it goes on serving, who comes waits, and is
// served when there are descriptors again.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <memory>
#include <vector>

#include "faults/machine.h"
#include "support/pattern.h"
#include "support/raw_tls.h"

namespace faults {
namespace {

// Only the numbers below it may be taken: below 3 there is none free, in whatever process.
constexpr rlim_t kNone = 3;

// The limit of the process until then.
rlimit limit_descriptors(pid_t process, const rlimit& to) {
  rlimit before{};
  if (::prlimit(process, RLIMIT_NOFILE, &to, &before) != 0) throw std::runtime_error("no limit");
  return before;
}

TEST(MachineDescriptors, RunOutForWhoComesUntilThereAreSomeAgain) {
  Machine machine;
  ASSERT_TRUE(machine.log_in());
  const pid_t service = machine.house().service();
  rlimit none{};
  ASSERT_EQ(::prlimit(service, RLIMIT_NOFILE, nullptr, &none), 0);
  none.rlim_cur = kNone;
  const rlimit before = limit_descriptors(service, none);

  std::vector<std::unique_ptr<support::RawTls>> waiting;
  for (int i = 0; i < 8; ++i) {
    waiting.push_back(std::make_unique<support::RawTls>(machine.house().address().port));
  }
  // Its connection is open; it needs none.
  for (std::uint64_t i = 0; i < 8; ++i) {
    const std::string content(crypto::as_text(support::pattern(1'500'000, i)));
    const Answer made = machine.deposit(content);
    ASSERT_EQ(made.status, 201) << made.body;
    EXPECT_TRUE(machine.read(made.json().at("id")).body == content);
  }

  (void)limit_descriptors(service, before);
  for (const auto& client : waiting) {
    EXPECT_TRUE(client->send("GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    EXPECT_NE(client->read_until("ok\n").find("200"), std::string::npos);
  }
  machine.reconnect();
  EXPECT_EQ(machine.get("/v1/session").status, 200);
  EXPECT_TRUE(machine.house().stop());
  EXPECT_EQ(machine.damage(), "");
}

}  // namespace
}  // namespace faults
