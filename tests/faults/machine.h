// A vault served by a real segeld on a machine on which something fails, and a person at work on
// it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "crypto/log_entry.h"
#include "support/desk.h"
#include "support/house.h"
#include "support/remote.h"

namespace faults {

using support::Answer;

class Machine {
 public:
  // `environment`: of segeld alone, as NAME=VALUE.
  explicit Machine(const std::vector<std::string>& environment = {});

  support::House& house() { return house_; }
  // The calls of a person who lends her key, a case manager if none is named. An answer of status 0
  // is none: the connection ended.
  bool log_in() { return log_in(house_.manager()); }
  bool log_in(const support::Person& person);
  Answer get(const std::string& target) { return call("GET", target); }
  Answer post(const std::string& target) { return call("POST", target, "{}"); }
  Answer deposit(const std::string& content);
  Answer read(const std::string& id);
  // What /readyz says.
  bool is_ready() { return get("/readyz").status == 200; }
  void reconnect();
  // Starts the service anew, once it has ended. Throws std::runtime_error when it does not serve.
  void restart();

  // What the log says. REQUIRES: the service has ended.
  std::vector<crypto::LogEntry> entries() const;
  // What `segel verify-store` says of the store; empty when it finds it sound.
  std::string damage() const;

 private:
  Answer call(const std::string& method, const std::string& target, const std::string& body = {},
              const std::string& type = "application/json");

  std::vector<std::string> environment_;
  support::House house_;
  std::string token_;
  std::optional<support::RemoteService> remote_;
  std::optional<support::Desk> desk_;
};

// How many of them are of this action.
std::size_t count(const std::vector<crypto::LogEntry>& entries, std::string_view action);

}  // namespace faults
