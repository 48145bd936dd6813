// What handlers work with, and where a room of the service registers its routes and hooks.
#pragma once

#include <functional>
#include <vector>

#include "api/router.h"
#include "api/session.h"
#include "vault/clock.h"
#include "vault/policy.h"
#include "vault/vault.h"

namespace api {

struct Services {
  vault::Vault& vault;
  Sessions& sessions;
  const vault::Policy& policy;
  vault::Clock clock;         // what is told
  vault::Clock steady;        // when something ends
  bool memory_locked = true;  // shown in /readyz

  // Run about once a second, and once before the service's last entry. Registered before it serves.
  std::vector<std::function<void()>> on_tick;
  std::vector<std::function<void()>> on_stop;
};

// What adds a handler file's routes: functions that are called with `services` and the call.
inline auto routes_into(Router& router, Services& services) {
  return [&router, &services](const char* method, const char* pattern, std::uint64_t max_body,
                              auto function) {
    router.add(method, pattern, max_body,
               [&services, function](Incoming& in) { return function(services, in); });
  };
}

// Each adds the routes of its handler file. `services` outlives the router.
void register_session_routes(Router& router, Services& services);
void register_directory_routes(Router& router, Services& services);
void register_graph_routes(Router& router, Services& services);
void register_case_routes(Router& router, Services& services);
void register_document_routes(Router& router, Services& services);
void register_log_routes(Router& router, Services& services);
void register_operation_routes(Router& router, Services& services);

}  // namespace api
