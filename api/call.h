// One request and its answer as handlers see them: no socket, no Poco.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/body.h"

namespace api {

// Field names in lower case, in the order of the message. A name may stand more than once.
class Headers {
 public:
  void add(std::string name, std::string value) {
    fields_.emplace_back(std::move(name), std::move(value));
  }
  void set(const std::string& name, std::string value);
  // The only value of `name`; none when it is missing or stands more than once.
  std::optional<std::string_view> one(std::string_view name) const;
  std::size_t count(std::string_view name) const;
  const std::vector<std::pair<std::string, std::string>>& all() const { return fields_; }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

struct Call {
  std::string method;
  std::string target;  // as sent, origin form
  std::string path;    // percent-decoded once, checked: segments without "/", ".", ".." or controls
  std::vector<std::string> segments;
  std::map<std::string, std::string> query;  // decoded; a name twice was refused
  Headers headers;
  BodyReader* body = nullptr;  // never null; valid during the call
  std::string request_id;      // made here, also in the answer's Request-Id
  std::string origin;          // the client's address
};

struct Reply {
  int status = 200;
  Headers headers;
  std::string body;                    // sent when `source` is empty
  std::unique_ptr<BodySource> source;  // a body made while it is sent
  bool head_only = false;              // HEAD: Content-Length of the body, no body
};

}  // namespace api
