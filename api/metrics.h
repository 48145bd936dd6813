// Figures for monitoring, in Prometheus's text format: counts only, no ids, no names.
//
// Served on a loopback port of its own, without TLS. Thread-safe.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "api/connection_handler.h"
#include "api/services.h"

namespace api {

class Metrics : public ConnectionHandler {
 public:
  explicit Metrics(const Services& services);
  ~Metrics() override;

  // Method and route as in the table; `none` for calls that met no route.
  void count_request(std::string_view method, std::string_view route, int status);
  std::string text();

  Admission admit(const Call& call) override;
  Reply handle(Call& call) override;  // GET /metrics
  Reply problem(int status, std::string_view type, std::string_view accept_language) override;

 private:
  struct Families;
  const Services& services_;
  std::unique_ptr<Families> families_;
};

}  // namespace api
