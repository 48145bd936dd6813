// A client that sends exactly the bytes it is told, over TLS or plain TCP, and shows what comes
// back.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace support {

class RawTls {
 public:
  enum class Layer { tls, tcp };
  // Connects to 127.0.0.1, with TLS by a lazy handshake, whatever the certificate.
  explicit RawTls(std::uint16_t port, Layer layer = Layer::tls);
  ~RawTls();

  // False: the connection broke.
  bool send(std::string_view bytes);
  // What comes until `end` was seen, the connection ended or nothing came for `patience`.
  std::string read_until(std::string_view end);
  // All that comes until the connection ends. `ended` tells apart from a read that timed out.
  std::string read_all();
  // What comes next; empty: the connection ended, or nothing came for `patience`.
  std::string read_more();
  bool ended() const { return ended_; }
  // Ends our direction (TLS: with its closing alert, and the connection with it).
  void finish();
  // The plain descriptor under TLS.
  int descriptor() const;

 private:
  bool read_some(std::string& to);

  struct State;
  std::unique_ptr<State> state_;
  bool ended_ = false;
};

}  // namespace support
