// The client's end of one TLS connection: raw reads and writes, each with its reason when it fails.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include <Poco/Net/Context.h>
#include <Poco/Net/SecureStreamSocket.h>

#include "api/http_client.h"

namespace api {

// A write to a connection that the server has closed would end the process by SIGPIPE; while this
// lives it is an error like others, for this thread only.
class PipeSignalHeld {
 public:
  PipeSignalHeld();
  ~PipeSignalHeld();
  PipeSignalHeld(const PipeSignalHeld&) = delete;
  PipeSignalHeld& operator=(const PipeSignalHeld&) = delete;

 private:
  bool was_blocked_ = false;
  bool was_pending_ = false;
};

class HttpClientLink {
 public:
  explicit HttpClientLink(HttpClient::Options options);
  ~HttpClientLink();
  HttpClientLink(const HttpClientLink&) = delete;
  HttpClientLink& operator=(const HttpClientLink&) = delete;

  // Errors: unreachable, not_trusted, timed_out.
  tl::expected<void, ClientErrc> connect();
  void close();
  // Connected, and nothing has come that nobody asked for (mostly: the end of the connection).
  bool is_usable();

  // Errors: cut_short, timed_out.
  tl::expected<void, ClientErrc> write(ByteView bytes);

  // What has come and was not used.
  ByteView unread() const { return ByteView(input_).subspan(begin_, end_ - begin_); }
  void consume(std::size_t size);
  // Reads more behind what is unread, at least one byte. REQUIRES: the buffer is not full.
  // Errors: cut_short, timed_out.
  tl::expected<void, ClientErrc> fill();
  // Reads straight into `out`, at least one byte. REQUIRES: nothing is unread.
  tl::expected<std::size_t, ClientErrc> read(MutableBytes out);
  // Whether an answer has begun; reads what is there and does not wait for more.
  bool has_answer();

  const HttpClient::Options& options() const { return options_; }

 private:
  void make_room();

  HttpClient::Options options_;
  Poco::Net::Context::Ptr context_;
  std::optional<Poco::Net::SecureStreamSocket> socket_;
  std::vector<std::uint8_t> input_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::size_t used_ = 0;  // the most that was ever filled: to be wiped
};

}  // namespace api
