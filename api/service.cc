#include "api/service.h"

#include <stdexcept>

#include "api/endpoint.h"
#include "api/metrics.h"
#include "api/refusals.h"
#include "api/router.h"
#include "api/services.h"
#include "vault/actions.h"

namespace api {

struct Service::Parts {
  Parts(vault::Vault& vault, const ServiceOptions& options)
      : sessions(vault, options.clock, options.steady, options.sessions),
        services{vault,
                 sessions,
                 vault::Policy::standard(),
                 options.clock,
                 options.steady,
                 options.memory_locked,
                 {},
                 {}},
        router(services.policy),
        refusals(vault.committer(), options.steady),
        metrics(services),
        endpoint(services, router, refusals, metrics) {}

  Sessions sessions;
  Services services;
  Router router;
  Refusals refusals;
  Metrics metrics;
  Endpoint endpoint;
};

namespace {

vault::Result<vault::Committed> enter(vault::Vault& vault, std::string_view action) {
  vault::EntryDraft entry;
  entry.action = action;
  return vault.committer().commit(entry);
}

void register_all(Router& router, Services& services) {
  register_session_routes(router, services);
  register_directory_routes(router, services);
  register_graph_routes(router, services);
  register_case_routes(router, services);
  register_document_routes(router, services);
  register_log_routes(router, services);
  register_operation_routes(router, services);
}

}  // namespace

Service::Service(vault::Vault& vault, const ServiceOptions& options)
    : parts_(std::make_unique<Parts>(vault, options)) {
  register_all(parts_->router, parts_->services);
  std::string gaps;
  for (const std::string& gap : parts_->router.gaps()) gaps += "\n  " + gap;
  if (!gaps.empty()) throw std::logic_error("routes and handlers do not agree:" + gaps);
  if (!enter(vault, vault::action::kServiceStart)) {
    throw std::runtime_error("the log cannot be written");
  }
}

Service::~Service() = default;

ConnectionHandler& Service::handler() { return parts_->endpoint; }
ConnectionHandler& Service::metrics() { return parts_->metrics; }

void Service::tick() {
  parts_->sessions.end_expired();
  parts_->refusals.flush(false);
  for (const auto& hook : parts_->services.on_tick) hook();
}

void Service::stop() {
  for (const auto& hook : parts_->services.on_stop) hook();
  parts_->sessions.drop_all();
  parts_->refusals.flush(true);
  (void)enter(parts_->services.vault, vault::action::kServiceStop);
}

std::vector<std::pair<std::string, std::string>> Service::routes() const {
  std::vector<std::pair<std::string, std::string>> routes;
  for (const Route& route : parts_->router.routes()) {
    routes.emplace_back(route.method, route.pattern);
  }
  return routes;
}

}  // namespace api
