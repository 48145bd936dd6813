// The service as commands speak to it: one connection, the session's token, JSON both ways, and
// refusals as failures in the person's language.
//
// One thread at a time.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "api/http_client.h"
#include "cli/failure.h"
#include "cli/language.h"
#include "cli/profile.h"
#include "crypto/id.h"
#include "crypto/secret.h"

namespace cli {

class Remote {
 public:
  // Nothing is sent yet, and no session is used. Errors: server_not_given, server_malformed.
  static Result<Remote> open(const Settings& settings, Language language);

  // From now on all is asked in this session.
  void use_session(crypto::SecretBytes token) { token_ = std::move(token); }

  // `target`: path and query, encoded. Errors: those of send(), and service_malformed for an
  // answer that is no JSON object.
  Result<nlohmann::json> get(const std::string& target);
  Result<nlohmann::json> post(const std::string& target, const nlohmann::json& body);
  Result<nlohmann::json> put(const std::string& target, const nlohmann::json& body);
  Result<void> remove(const std::string& target);
  // What /readyz says, also of a service that is not ready (503). Errors: as get().
  Result<nlohmann::json> ready();

  // For what is streamed: any request, in this session and language. What comes is an answer of
  // status 200 to 299, its body unread and valid until the next request.
  // Errors: service_unreachable, service_untrusted, service_timed_out, service_cut_short,
  // service_malformed, body_unreadable (the request's source failed), session_ended, and
  // service_refused with the problem that the service named.
  Result<api::ClientResponse> send(api::ClientRequest request);
  // What it means that an answer's body ended before its end.
  Failure explain(api::BodyErrc error) const;

 private:
  Remote(api::HttpClient client, std::string server, Language language)
      : client_(std::move(client)), server_(std::move(server)), language_(language) {}
  Failure explain(api::ClientErrc error) const;
  Failure refusal(const api::ClientResponse& response) const;
  Result<nlohmann::json> exchange(const char* method, const std::string& target,
                                  const nlohmann::json* body);
  Result<api::ClientResponse> answer(api::ClientRequest request);
  Result<nlohmann::json> object(const api::ClientResponse& response) const;

  api::HttpClient client_;
  std::string server_;
  Language language_;
  std::optional<crypto::SecretBytes> token_;
};

// `text` as a part of a path or a query.
std::string encoded(const std::string& text);

// The members of an answer that a command reads. A member that is missing or of another kind is the
// service's mistake, and reads as empty.
std::string text_of(const nlohmann::json& object, const char* name);
const nlohmann::json& items_of(const nlohmann::json& object);  // `items`, an array
// Errors: service_malformed.
Result<crypto::Id> id_of(const nlohmann::json& object, const char* name);

}  // namespace cli
