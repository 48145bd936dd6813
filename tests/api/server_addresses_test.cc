#include "api/server_addresses.h"

#include <gtest/gtest.h>

namespace {

using api::Addresses;
using Poco::Net::IPAddress;

TEST(Addresses, GivesAnAddressAsManyPlacesAsItMayHave) {
  Addresses addresses(2);
  auto first = addresses.enter(IPAddress("192.0.2.7"));
  const auto second = addresses.enter(IPAddress("192.0.2.7"));
  EXPECT_TRUE(first && second);
  EXPECT_FALSE(addresses.enter(IPAddress("192.0.2.7")));
  EXPECT_TRUE(addresses.enter(IPAddress("192.0.2.8")));
  first.reset();
  EXPECT_TRUE(addresses.enter(IPAddress("192.0.2.7")));
}

TEST(Addresses, CountsANetworkOfIpv6AsOneAndAnAddressOfIpv4ByEitherName) {
  Addresses addresses(1);
  const auto host = addresses.enter(IPAddress("2001:db8:0:1::1"));
  EXPECT_FALSE(addresses.enter(IPAddress("2001:db8:0:1:ffff::2")));
  EXPECT_TRUE(addresses.enter(IPAddress("2001:db8:0:2::1")));
  const auto mapped = addresses.enter(IPAddress("::ffff:192.0.2.7"));
  EXPECT_FALSE(addresses.enter(IPAddress("192.0.2.7")));
  EXPECT_TRUE(addresses.enter(IPAddress("::ffff:192.0.2.8")));
}

TEST(Addresses, HasNoBoundWhereNoneIsSet) {
  Addresses addresses(0);
  std::vector<std::shared_ptr<void>> places;
  for (int i = 0; i < 1000; ++i) places.push_back(addresses.enter(IPAddress("192.0.2.7")));
  EXPECT_TRUE(places.back());
}

TEST(Addresses, MayGoBeforeThePlacesThatItGave) {
  std::shared_ptr<void> place;
  {
    Addresses addresses(1);
    place = addresses.enter(IPAddress("192.0.2.7"));
  }
  place.reset();
}

}  // namespace
