// A service in another process, for a Desk: the calls go out over HTTPS.
#pragma once

#include <string>

#include "api/connection_handler.h"
#include "api/http_client.h"

namespace support {

class RemoteService : public api::ConnectionHandler {
 public:
  explicit RemoteService(api::HttpClient::Options options) : client_(std::move(options)) {}

  // Admits everything: what the service refuses comes back as its answer.
  Admission admit(const api::Call& call) override;
  // Throws std::runtime_error when no answer comes.
  api::Reply handle(api::Call& call) override;
  api::Reply problem(int status, std::string_view type, std::string_view accept_language) override;

 private:
  api::HttpClient client_;
};

}  // namespace support
