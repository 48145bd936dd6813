// How many connections each address has open, so that no one address takes all places.
#pragma once

#include <Poco/Net/IPAddress.h>

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace api {

// Thread-safe. What it gives out may outlive it.
class Addresses {
 public:
  explicit Addresses(std::size_t most) : most_(most) {}  // 0: no bound

  // A place for one connection from there, given back when the last copy goes; null when the
  // address has all that it may have.
  std::shared_ptr<void> enter(const Poco::Net::IPAddress& address);

 private:
  struct Table {
    std::mutex mutex;
    std::map<std::string, std::size_t> open;
  };
  const std::size_t most_;
  const std::shared_ptr<Table> table_ = std::make_shared<Table>();
};

}  // namespace api
