// Which handler answers which method and path, by the table of routes (ops/policy/routes.csv).
//
// The table and the handlers must agree: gaps() names what one has and the other has not, and the
// service does not start with any. Immutable once it serves; thread-safe then.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "api/call.h"
#include "api/failure.h"
#include "api/session.h"
#include "vault/actor.h"
#include "vault/policy.h"

namespace api {

// A call that was let in: who calls, and what its path names.
struct Incoming {
  Call& call;
  Session* session = nullptr;                             // null only on routes that need none
  vault::Actor actor;                                     // with this request's id and origin
  std::map<std::string, std::string, std::less<>> names;  // of the route: {case} and so on

  // The id in the path under `name`. Failures: bad-request.
  Outcome<crypto::Id> id(std::string_view name) const;
  bool opened() const { return session != nullptr && session->opened(); }
};

using Handler = std::function<Outcome<Reply>(Incoming&)>;

inline constexpr std::uint64_t kNoBody = 0;
inline constexpr std::uint64_t kSecretBody = 4096;  // read into the locked arena
inline constexpr std::uint64_t kJsonBody = std::uint64_t{1} << 20;
// As much as the largest store holds: a length that no disk has is refused before its bytes come.
inline constexpr std::uint64_t kDocumentBody = std::uint64_t{1} << 40;

struct Route {
  std::string method;
  std::string pattern;  // as in the table
  std::string right;    // of the table; empty when it has no such route
  std::uint64_t max_body = kNoBody;
  Handler handler;
  std::vector<std::string> segments;
};

class Router {
 public:
  explicit Router(const vault::Policy& policy) : policy_(policy) {}

  // A route twice is an error that gaps() names as well.
  void add(std::string method, std::string pattern, std::uint64_t max_body, Handler handler);
  std::vector<std::string> gaps() const;

  struct Match {
    const Route* route = nullptr;  // null: no such path, or `allow` says with which methods
    std::string allow;
    std::map<std::string, std::string, std::less<>> names;
  };
  Match match(const std::string& method, const std::vector<std::string>& segments) const;
  const std::vector<Route>& routes() const { return routes_; }

 private:
  const vault::Policy& policy_;
  std::vector<Route> routes_;
};

}  // namespace api
