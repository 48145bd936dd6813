// Raw HTTP/1.1 over TLS 1.3 for our own client: exact byte counts, large reads and writes.
//
// Keeps one connection and uses it again. One thread at a time. Server certificates are checked
// strictly against the CA file, name included.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include <tl/expected.hpp>

#include "api/body.h"
#include "api/call.h"
#include "crypto/secret.h"

namespace api {

enum class ClientErrc {
  unreachable,  // no connection: name, route or port
  not_trusted,  // the server's certificate is not of the CA, or of another name
  cut_short,    // the connection ended inside an answer
  malformed,    // what came is not HTTP/1.1
  timed_out,
  body_failed,  // the request's own body source failed
};

struct ClientRequest {
  std::string method;
  std::string target;            // path and query, already encoded
  Headers headers;               // Host and Content-Length are added
  std::string body;              // when `source` is null
  BodySource* source = nullptr;  // streamed with its length
  // The session's token, sent as `Authorization: Bearer`; no copy of it outlives the call.
  const crypto::SecretBytes* bearer = nullptr;
};

struct ClientResponse {
  int status = 0;
  Headers headers;
  // Valid until the next request on the same client. Never null; reads to the end to use the
  // connection again.
  BodyReader* body = nullptr;
  // Reads a body of at most `limit` bytes whole.
  tl::expected<std::string, ClientErrc> text(std::size_t limit = std::size_t{16} << 20) const;
};

class HttpClient {
 public:
  struct Options {
    std::string host;
    std::uint16_t port = 443;
    std::string ca_file;               // PEM; empty: the system's
    std::chrono::seconds timeout{60};  // without any byte moving
  };
  explicit HttpClient(Options options);
  ~HttpClient();
  HttpClient(HttpClient&&) noexcept;
  HttpClient& operator=(HttpClient&&) noexcept;

  // An answer that comes before the request's body was sent whole (a refusal) is returned as well.
  // A request without body source is sent once more when a kept connection turns out to be closed
  // before any byte of an answer.
  tl::expected<ClientResponse, ClientErrc> send(const ClientRequest& request);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace api
