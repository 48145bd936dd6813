// Sends bytes to a service and takes the answers that they must get: how many, the bytes themselves
// say, by the rules that the service has for where a request ends.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "api/call.h"
#include "support/raw_tls.h"

namespace fuzz {

struct Asked {
  std::string method;
  std::vector<std::string> segments;
};

// What a service must make of these bytes.
struct Meaning {
  std::vector<Asked> requests;  // whole ones, and behind them one whose body is malformed
  bool refused = false;         // then a head that is none
  bool cut = false;             // or a request that has not ended
};
Meaning meaning_of(std::string_view bytes);

struct Reply {
  int status = 0;
  api::Headers headers;
  std::string body;
};

struct Exchange {
  Meaning meaning;
  std::vector<Reply> replies;  // in the order of the requests; the refusal's behind them
  bool ended = false;          // the service closed the connection
  bool silent = false;         // neither an answer nor an end came
  bool unreadable = false;     // what came is no answer
};

class HttpExchanger {
 public:
  explicit HttpExchanger(std::uint16_t port) : port_(port) {}
  // On the connection of the last exchange, when that can go on.
  Exchange exchange(std::string_view bytes);

 private:
  void read_replies(Exchange& exchange);
  bool read_reply(Exchange& exchange, std::string& came);

  std::uint16_t port_;
  std::unique_ptr<support::RawTls> connection_;
};

}  // namespace fuzz
