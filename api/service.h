// The service: everything above one vault and below the sockets, put together.
#pragma once

#include <memory>

#include "api/connection_handler.h"
#include "api/session.h"
#include "vault/clock.h"
#include "vault/vault.h"

namespace api {

struct ServiceOptions {
  Sessions::Options sessions;
  bool memory_locked = true;
  vault::Clock clock = vault::system_now;   // what is told
  vault::Clock steady = vault::steady_now;  // when something ends
};

class Service {
 public:
  // Throws std::logic_error when the handlers and the table of routes do not agree, and
  // std::runtime_error when its first entry cannot be written. The vault outlives it.
  Service(vault::Vault& vault, const ServiceOptions& options);
  ~Service();

  ConnectionHandler& handler();
  ConnectionHandler& metrics();
  // What time brings: sessions that have run out, visits that are over, counted refusals. About
  // once a second, by one thread.
  void tick();
  // After the last answer: ends visits and enters its stop.
  void stop();
  // The routes, for a test to compare with what is written of them.
  std::vector<std::pair<std::string, std::string>> routes() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace api
