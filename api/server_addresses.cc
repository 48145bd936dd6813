#include "api/server_addresses.h"

namespace api {
namespace {

// One IPv4 address, however it is written, or one IPv6 network: whoever has an address of a /64 has
// all of them.
std::string owner_of(const Poco::Net::IPAddress& address) {
  constexpr std::size_t kNetwork = 8, kMapped = 12, kAddress = 16;
  std::string bytes(static_cast<const char*>(address.addr()), address.length());
  if (bytes.size() != kAddress) return bytes;
  return address.isIPv4Mapped() ? bytes.substr(kMapped) : bytes.substr(0, kNetwork);
}

}  // namespace

std::shared_ptr<void> Addresses::enter(const Poco::Net::IPAddress& address) {
  const std::string owner = owner_of(address);
  {
    const std::lock_guard lock(table_->mutex);
    std::size_t& open = table_->open[owner];
    if (most_ != 0 && open == most_) return nullptr;
    ++open;
  }
  return {table_.get(), [table = table_, owner](Table*) {
            const std::lock_guard lock(table->mutex);
            const auto at = table->open.find(owner);
            if (--at->second == 0) table->open.erase(at);
          }};
}

}  // namespace api
