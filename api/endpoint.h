// Where a call is let in or refused, and where its failures and exceptions end.
//
// The order of the checks tells a caller no more than he may know: the path, then who he is, then
// what his role may do whatever the id, then what he sent.
#pragma once

#include "api/connection_handler.h"
#include "api/metrics.h"
#include "api/problem.h"
#include "api/refusals.h"
#include "api/router.h"
#include "api/services.h"

namespace api {

// All references outlive it. Thread-safe.
class Endpoint : public ConnectionHandler {
 public:
  Endpoint(Services& services, const Router& router, Refusals& refusals, Metrics& metrics)
      : services_(services), router_(router), refusals_(refusals), metrics_(metrics) {}

  Admission admit(const Call& call) override;
  Reply handle(Call& call) override;
  Reply problem(int status, std::string_view type, std::string_view accept_language) override;

 private:
  struct Entry;  // a call on its way in
  Outcome<Entry> let_in(const Call& call) const;
  Reply refuse_call(const Call& call, const Failure& failure, const Router::Match& match,
                    const Session* session);
  void note(const Call& call, const Problem& problem, const Router::Match& match,
            const Session* session);

  Services& services_;
  const Router& router_;
  Refusals& refusals_;
  Metrics& metrics_;
};

}  // namespace api
