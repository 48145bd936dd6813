#include "api/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include "api/problem.h"

namespace api {

struct Metrics::Families {
  prometheus::Registry registry;
  prometheus::Family<prometheus::Counter>& requests = prometheus::BuildCounter()
                                                          .Name("segel_requests_total")
                                                          .Help("Requests by route and status.")
                                                          .Register(registry);
  prometheus::Gauge& entries = prometheus::BuildGauge()
                                   .Name("segel_log_entries")
                                   .Help("Entries of the access log.")
                                   .Register(registry)
                                   .Add({});
  prometheus::Gauge& sessions = prometheus::BuildGauge()
                                    .Name("segel_sessions")
                                    .Help("Sessions that have not ended.")
                                    .Register(registry)
                                    .Add({});
  prometheus::Gauge& ready = prometheus::BuildGauge()
                                 .Name("segel_ready")
                                 .Help("1 when changes can be committed.")
                                 .Register(registry)
                                 .Add({});
};

Metrics::Metrics(const Services& services)
    : services_(services), families_(std::make_unique<Families>()) {}
Metrics::~Metrics() = default;

void Metrics::count_request(std::string_view method, std::string_view route, int status) {
  families_->requests
      .Add({{"method", std::string(method)},
            {"route", std::string(route)},
            {"status", std::to_string(status / 100) + "xx"}})
      .Increment();
}

std::string Metrics::text() {
  const auto head = services_.vault.log().head();
  if (head) families_->entries.Set(static_cast<double>(head->size));
  families_->sessions.Set(static_cast<double>(services_.sessions.count()));
  families_->ready.Set(head && !services_.vault.stopped() ? 1 : 0);
  return prometheus::TextSerializer().Serialize(families_->registry.Collect());
}

ConnectionHandler::Admission Metrics::admit(const Call&) { return {}; }

Reply Metrics::handle(Call& call) {
  if (call.method != "GET" || call.path != "/metrics") return problem(404, "not-found", "");
  Reply reply;
  reply.headers.set("content-type", "text/plain; version=0.0.4");
  reply.body = text();
  return reply;
}

Reply Metrics::problem(int status, std::string_view, std::string_view accept_language) {
  return problem_reply(problem_of_status(status), accept_language, "");
}

}  // namespace api
