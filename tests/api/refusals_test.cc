#include "api/refusals.h"

#include <gtest/gtest.h>

#include "support/people.h"
#include "vault/actions.h"

namespace api {
namespace {

struct Network {
  const char* address;
  const char* network;
};
constexpr Network kNetworks[] = {
    {"192.0.2.7", "192.0.2.0/24"},
    {"::ffff:192.0.2.7", "192.0.2.0/24"},
    {"2001:db8:85a3:8d3::1", "2001:db8:85a3::/48"},
    {"2001:DB8:85A3::1", "2001:db8:85a3::/48"},
    {"2001::1", "2001:0:0::/48"},
    {"::1", "0:0:0::/48"},
    {"", "unknown"},
    {"somewhere", "unknown"},
    {"192.0.2", "unknown"},
    {"20001:db8:g::1", "unknown"},
};
TEST(Network, OfAnAddressIsItsFirstThreeNumbersOrGroups) {
  for (const Network& row : kNetworks) EXPECT_EQ(network_of(row.address), row.network);
}

TEST(Refusals, AreOneEntryANetworkAndMinute) {
  support::FoundedVault founded;
  Refusals refusals(founded.vault().committer(), founded.steady());
  for (int i = 0; i < 1000; ++i)
    refusals.count("192.0.2." + std::to_string(i % 256), "session-ended");
  refusals.count("192.0.2.9", "bad-request");
  founded.pass(Refusals::kEvery - 1);
  refusals.flush(false);
  EXPECT_EQ(founded.entries("refused"), 0U);
  founded.pass(1);
  refusals.flush(false);
  EXPECT_EQ(founded.entries("refused"), 1U);
  const std::string line = founded.last_line();
  EXPECT_NE(line.find("bad-request=1 session-ended=1000"), std::string::npos) << line;
  EXPECT_NE(line.find("192.0.2.0/24"), std::string::npos) << line;
  founded.pass(Refusals::kEvery);
  refusals.flush(true);
  EXPECT_EQ(founded.entries("refused"), 1U);
}

TEST(Refusals, OfAKnownPersonAreCountedWhenThereAreTooMany) {
  support::FoundedVault founded;
  Refusals refusals(founded.vault().committer(), founded.steady());
  vault::EntryDraft entry;
  entry.action = vault::action::kRefused;
  entry.actor = founded.first_admin.key();
  entry.outcome = "not-found";
  for (int i = 0; i < 300; ++i) refusals.enter(entry);
  EXPECT_EQ(founded.entries("refused"), Refusals::kEachByItself);
  founded.pass(Refusals::kEvery);
  refusals.flush(false);
  EXPECT_EQ(founded.entries("refused"), Refusals::kEachByItself + 1);
  const std::string line = founded.last_line();
  EXPECT_NE(line.find("not-found=60"), std::string::npos) << line;
  EXPECT_NE(line.find(founded.first_admin.key().text()), std::string::npos) << line;
  refusals.enter(entry);
  EXPECT_EQ(founded.entries("refused"), Refusals::kEachByItself + 2);
}

TEST(Refusals, FillNoMoreThanSoManyEntriesHoweverManyNetworks) {
  support::FoundedVault founded;
  Refusals refusals(founded.vault().committer(), founded.steady());
  for (int a = 0; a < 4; ++a) {
    for (int b = 0; b < 256; ++b) {
      refusals.count("10." + std::to_string(a) + "." + std::to_string(b) + ".1", "session-ended");
    }
  }
  refusals.flush(true);
  EXPECT_EQ(founded.entries("refused"), Refusals::kMostNetworks + 1);
}

}  // namespace
}  // namespace api
