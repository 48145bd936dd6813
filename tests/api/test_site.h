// A server on loopback with a handler whose every call a test can see.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "api/connection_handler.h"
#include "api/server.h"
#include "support/certificates.h"

namespace test_site {

// Answers a call with the bytes of its body, unless `on_handle` or `on_admit` say otherwise. Notes
// what it was asked.
class EchoHandler : public api::ConnectionHandler {
 public:
  Admission admit(const api::Call& call) override;
  api::Reply handle(api::Call& call) override;
  api::Reply problem(int status, std::string_view type, std::string_view language) override;

  std::function<Admission(const api::Call&)> on_admit;
  std::function<api::Reply(api::Call&)> on_handle;

  // "GET /a" for each call that was handled.
  std::vector<std::string> handled() const;

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> handled_;
};

// Reads a body to its end, 64 KiB at a time.
tl::expected<std::string, api::BodyErrc> read_body(api::BodyReader& body);

// A latch that many may wait for, and a test opens.
class Gate {
 public:
  void open();
  void wait();

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
};

// Waits until `condition` holds; false after 20 s.
bool eventually(const std::function<bool()>& condition);

const support::Certificates& certificates();  // for "localhost" and 127.0.0.1
api::ServerOptions options();

}  // namespace test_site
