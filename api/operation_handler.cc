// Whether the service lives and is ready, and what its API is: asked by anyone.
#include <nlohmann/json.hpp>

#include "api/json_body.h"
#include "api/openapi_text.h"
#include "api/problem.h"
#include "api/services.h"

namespace api {
namespace {

Reply text_reply(std::string_view type, std::string_view body) {
  Reply reply;
  reply.headers.set("content-type", std::string(type));
  reply.body = body;
  return reply;
}

Outcome<Reply> ready(Services& services, Incoming&) {
  const auto head = services.vault.log().head();
  const auto founding = services.vault.directory().founding();
  const bool ready = head && founding && !services.vault.stopped();
  nlohmann::json body{{"ready", ready}, {"memory_locked", services.memory_locked}};
  // A vault whose founding set is one person is for trying out, and says so.
  if (founding) body["trial"] = founding->quorum < 2;
  if (head) body["log_size"] = head->size;
  return json_reply(ready ? 200 : 503, body);
}

}  // namespace

void register_operation_routes(Router& router, Services& services) {
  router.add("GET", "/livez", kNoBody,
             [](Incoming&) -> Outcome<Reply> { return text_reply("text/plain", "ok\n"); });
  router.add("GET", "/readyz", kNoBody, [&](Incoming& in) { return ready(services, in); });
  router.add("GET", "/openapi.yaml", kNoBody,
             [](Incoming&) -> Outcome<Reply> { return text_reply("application/yaml", kOpenapi); });
}

}  // namespace api
