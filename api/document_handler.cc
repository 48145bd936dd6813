// Documents: deposited, listed, opened.
#include "api/problem.h"
#include "api/services.h"

namespace api {

void register_document_routes(Router& router, Services&) {
  const auto add = [&](const char* method, const char* route, std::uint64_t max_body) {
    router.add(method, route, max_body,
               [](Incoming&) -> Outcome<Reply> { return refuse("not-implemented"); });
  };
  add("GET", "/v1/cases/{case}/documents", kNoBody);
  add("POST", "/v1/cases/{case}/documents", kNoBody);
  add("GET", "/v1/documents/{document}", kNoBody);
  add("PUT", "/v1/documents/{document}/manifest", kNoBody);
  add("GET", "/v1/documents/{document}/versions", kNoBody);
  add("GET", "/v1/documents/{document}/content", kNoBody);
  add("HEAD", "/v1/documents/{document}/content", kNoBody);
  add("PUT", "/v1/documents/{document}/content", kNoBody);
}

}  // namespace api
