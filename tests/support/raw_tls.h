// A client that sends exactly the bytes it is told, over TLS or plain TCP, and shows what comes
// back.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace support {

class RawTls {
 public:
  enum class Layer { tls, tcp };
  // Connects to 127.0.0.1, with TLS by a lazy handshake, whatever the certificate. `from`: the
  // address on loopback that it comes from. Throws std::runtime_error.
  explicit RawTls(std::uint16_t port, Layer layer = Layer::tls, const char* from = "127.0.0.1");
  ~RawTls();
  RawTls(RawTls&&) noexcept;
  RawTls& operator=(RawTls&&) noexcept;

  // False: the connection broke.
  bool send(std::string_view bytes);
  // Whether something came, or the end, and waits to be read. Does not wait.
  bool is_answered();
  // What comes until `end` was seen, the connection ended or nothing came for 20 s.
  std::string read_until(std::string_view end);
  // All that comes until the connection ends. `ended` tells apart from a read that timed out.
  std::string read_all();
  // What comes next; empty: the connection ended, or nothing came for `patience`.
  std::string read_more();
  bool ended() const { return ended_; }
  // Ends our direction, TLS with its closing alert; what is answered can still be read.
  void finish();
  // Ends our direction without the alert, as somebody on the way would.
  void cut();
  // The plain descriptor under TLS.
  int descriptor() const;

 private:
  bool read_some(std::string& to);

  struct State;
  std::unique_ptr<State> state_;
  bool ended_ = false;
};

}  // namespace support
