// Makes calls on a ConnectionHandler as a connection would, without one.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "api/connection_handler.h"
#include "api/graph_port.h"
#include "support/people.h"

namespace support {

struct Answer {
  int status = 0;
  api::Headers headers;
  std::string body;
  nlohmann::json json() const { return nlohmann::json::parse(body); }
  // The last part of a problem's type; empty for another answer.
  std::string problem() const;
};

class Desk {
 public:
  explicit Desk(api::ConnectionHandler& handler) : handler_(handler) {}

  std::string token;
  std::string origin = "192.0.2.7";
  std::string language;
  std::vector<std::pair<std::string, std::string>> headers;  // sent with each call
  // Called while an answer's body is on its way: before each piece, with the bytes that came so
  // far.
  std::function<void(std::size_t)> on_piece;
  // The same for the body that is sent.
  std::function<void(std::size_t)> on_sending;

  // `target`: path and query, without anything that needs decoding.
  Answer call(const std::string& method, const std::string& target, const std::string& body = {},
              const std::string& type = "application/json");
  Answer get(const std::string& target) { return call("GET", target); }
  Answer post(const std::string& target, const nlohmann::json& body = nlohmann::json::object()) {
    return call("POST", target, body.dump());
  }

  // Log in, and say whether that worked.
  bool lend_key(const Person& person);
  bool answer_challenge(const Person& person);

 private:
  api::ConnectionHandler& handler_;
  int requests_ = 0;
};

// A key ring's way to the service in a sealed session: the wire's JSON over a desk.
class DeskPort : public api::GraphPort, public api::RotationPort {
 public:
  explicit DeskPort(Desk& desk) : desk_(desk) {}
  api::Outcome<crypto::AccessKeyRecord> access_key(const crypto::Id& key) override;
  api::Outcome<crypto::NodeState> node(const crypto::Id& node, std::uint64_t generation) override;
  api::Outcome<std::vector<crypto::LockboxRef>> lockboxes(const crypto::Id& node) override;
  api::Outcome<crypto::Bytes> lockbox(const crypto::Id& node, std::uint64_t generation,
                                      const crypto::Id& holder) override;
  api::Outcome<void> add_generation(const crypto::Id& node,
                                    const crypto::GenerationSubmission&) override;
  api::Outcome<void> add_previous(const crypto::Id& node, std::uint64_t generation,
                                  const crypto::Bytes& sealed) override;
  api::Outcome<api::RotationState> start(const crypto::Id& node,
                                         const crypto::GenerationSubmission&) override;
  api::Outcome<api::RotationState> batch(const crypto::Id& rotation,
                                         const std::vector<crypto::GenerationSubmission>&) override;
  api::Outcome<void> complete(const crypto::Id& rotation, const std::string& note) override;

 private:
  Desk& desk_;
};

}  // namespace support
