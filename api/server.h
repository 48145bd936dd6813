// The TLS server: Poco's TCPServer with our own connection class, and the watchdog that ends late
// ones.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "api/connection_handler.h"

namespace api {

// Every wait on a peer has an end. A watchdog thread shuts a late socket down.
struct Deadlines {
  std::chrono::milliseconds handshake{10'000};
  std::chrono::milliseconds head{10'000};        // from its first byte to the blank line
  std::chrono::milliseconds idle{60'000};        // between requests
  std::chrono::milliseconds body_stall{30'000};  // without min_rate bytes a second on average
  std::chrono::milliseconds send_stall{30'000};
  std::uint64_t min_rate = 512;  // bytes a second, both ways, measured over the stall times
};

struct ServerOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;        // 0: any free one, see port()
  bool tls = true;               // false: only for the metrics port on loopback
  std::string certificate_file;  // PEM chain
  std::string key_file;          // PEM
  std::size_t max_connections = 512;
  std::size_t max_queued = 64;  // more are answered 503 and closed
  // From one IPv4 address or IPv6 /64, served and queued; more are answered 503. 0: no bound.
  std::size_t max_per_address = 0;
  Deadlines deadlines;
};

class Server {
 public:
  virtual ~Server() = default;
  // Listens; the handler outlives the server. Throws std::runtime_error with what the operator must
  // mend.
  static std::unique_ptr<Server> start(ConnectionHandler& handler, const ServerOptions& options);
  virtual std::uint16_t port() const = 0;
  virtual std::size_t connections() const = 0;
  // Stops accepting, lets running answers end within `grace`, then shuts all down.
  virtual void stop(std::chrono::milliseconds grace) = 0;
};

}  // namespace api
