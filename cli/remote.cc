#include "cli/remote.h"

#include <fmt/format.h>

#include <charconv>
#include <nlohmann/json.hpp>

#include "crypto/strict_json.h"

namespace cli {
namespace {

constexpr std::size_t kMaxProblem = 64 * 1024;
constexpr std::string_view kProblemBase = "https://segel.id/problems/";

struct Address {
  std::string host;
  std::uint16_t port = 443;
};

// `https://HOST`, `https://HOST:PORT`, `https://[::1]:PORT`, with or without a slash at the end.
std::optional<Address> parse_address(std::string_view url) {
  constexpr std::string_view kScheme = "https://";
  if (!url.starts_with(kScheme)) return std::nullopt;
  url.remove_prefix(kScheme.size());
  if (url.ends_with('/')) url.remove_suffix(1);
  if (url.find_first_of("/?#@ ") != std::string_view::npos) return std::nullopt;

  Address address;
  std::size_t end = url.find(':');
  if (url.starts_with('[')) {
    const auto bracket = url.find(']');
    if (bracket == std::string_view::npos) return std::nullopt;
    address.host = url.substr(1, bracket - 1);
    end = bracket + 1 == url.size() ? std::string_view::npos : bracket + 1;
  } else {
    address.host = url.substr(0, end);
  }
  if (address.host.empty()) return std::nullopt;
  if (end == std::string_view::npos) return address;
  if (url[end] != ':') return std::nullopt;
  const std::string_view port = url.substr(end + 1);
  const auto [last, error] = std::from_chars(port.data(), port.data() + port.size(), address.port);
  if (error != std::errc() || last != port.data() + port.size()) return std::nullopt;
  return address.port == 0 ? std::nullopt : std::optional(address);
}

}  // namespace

Result<Remote> Remote::open(const Settings& settings, Language language) {
  if (settings.server.empty()) {
    return refuse(Text::server_not_given, Text::server_not_given_advice);
  }
  const auto address = parse_address(settings.server);
  if (!address) return misused(Message(Text::server_malformed, settings.server));
  api::HttpClient::Options options;
  options.host = address->host;
  options.port = address->port;
  options.ca_file = settings.ca_file;
  return Remote(api::HttpClient(std::move(options)), settings.server, language);
}

Result<nlohmann::json> Remote::get(const std::string& target) {
  return exchange("GET", target, nullptr);
}

Result<nlohmann::json> Remote::post(const std::string& target, const nlohmann::json& body) {
  return exchange("POST", target, &body);
}

Result<nlohmann::json> Remote::put(const std::string& target, const nlohmann::json& body) {
  return exchange("PUT", target, &body);
}

Result<void> Remote::remove(const std::string& target) {
  api::ClientRequest request;
  request.method = "DELETE";
  request.target = target;
  const auto response = send(std::move(request));
  if (!response) return tl::unexpected(response.error());
  if (const auto rest = response->text(); !rest) return tl::unexpected(explain(rest.error()));
  return {};
}

Result<nlohmann::json> Remote::exchange(const char* method, const std::string& target,
                                        const nlohmann::json* body) {
  api::ClientRequest request;
  request.method = method;
  request.target = target;
  if (body != nullptr) {
    request.body = body->dump();
    request.headers.add("content-type", "application/json");
  }
  const auto response = send(std::move(request));
  if (!response) return tl::unexpected(response.error());
  return object(*response);
}

Result<nlohmann::json> Remote::ready() {
  api::ClientRequest request;
  request.method = "GET";
  request.target = "/readyz";
  const auto response = answer(std::move(request));
  if (!response) return tl::unexpected(response.error());
  if (response->status != 200 && response->status != 503) return tl::unexpected(refusal(*response));
  return object(*response);
}

Result<nlohmann::json> Remote::object(const api::ClientResponse& response) const {
  const auto text = response.text();
  if (!text) return tl::unexpected(explain(text.error()));
  auto parsed = crypto::parse_json(*text);
  if (!parsed || !parsed->is_object()) return tl::unexpected(explain(api::ClientErrc::malformed));
  return std::move(*parsed);
}

Result<api::ClientResponse> Remote::send(api::ClientRequest request) {
  auto response = answer(std::move(request));
  if (!response) return response;
  if (response->status < 200 || response->status > 299) return tl::unexpected(refusal(*response));
  return response;
}

Result<api::ClientResponse> Remote::answer(api::ClientRequest request) {
  request.headers.add("accept-language", language_ == Language::english ? "en" : "id");
  if (token_) request.bearer = &*token_;
  auto response = client_.send(request);
  if (!response) return tl::unexpected(explain(response.error()));
  return std::move(*response);
}

// The service's words are in the language that was asked for; its problem's type is the code.
Failure Remote::refusal(const api::ClientResponse& response) const {
  const auto text = response.text(kMaxProblem);
  if (!text) return explain(text.error());
  const auto problem = crypto::parse_json(*text);
  if (!problem || !problem->is_object()) return explain(api::ClientErrc::malformed);
  std::string type = text_of(*problem, "type");
  if (!type.starts_with(kProblemBase)) return explain(api::ClientErrc::malformed);
  type.erase(0, kProblemBase.size());

  if (type == "session-ended") {
    return {Text::session_ended, Message(Text::not_logged_in_advice), kFailed, type,
            response.status};
  }
  Failure failure{Message(Text::service_refused, text_of(*problem, "title")),
                  Message(Text::service_advice, text_of(*problem, "detail")), kFailed, type,
                  response.status};
  if (response.status >= 500) {
    failure.what =
        Message(Text::service_failed, text_of(*problem, "title"), text_of(*problem, "request"));
  }
  return failure;
}

Failure Remote::explain(api::ClientErrc error) const {
  using api::ClientErrc;
  const auto say = [&](Text what, Text advice) {
    return Failure{Message(what, server_), Message(advice), kFailed};
  };
  switch (error) {
    case ClientErrc::unreachable:
      return say(Text::service_unreachable, Text::service_unreachable_advice);
    case ClientErrc::not_trusted:
      return say(Text::service_untrusted, Text::service_untrusted_advice);
    case ClientErrc::timed_out:
      return say(Text::service_timed_out, Text::service_unreachable_advice);
    case ClientErrc::cut_short:
      return say(Text::service_cut_short, Text::service_cut_short_advice);
    case ClientErrc::body_failed:
      return {Text::body_unreadable, std::nullopt, kFailed};
    case ClientErrc::malformed:
      break;
  }
  return say(Text::service_malformed, Text::service_malformed_advice);
}

Failure Remote::explain(api::BodyErrc error) const {
  switch (error) {
    case api::BodyErrc::cut_short:
      return explain(api::ClientErrc::cut_short);
    case api::BodyErrc::timed_out:
      return explain(api::ClientErrc::timed_out);
    case api::BodyErrc::failed:
      return explain(api::ClientErrc::body_failed);
    case api::BodyErrc::malformed:
    case api::BodyErrc::too_large:
      break;
  }
  return explain(api::ClientErrc::malformed);
}

std::string encoded(const std::string& text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_' || c == '.';
    if (plain) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

std::string text_of(const nlohmann::json& object, const char* name) {
  const auto member = object.find(name);
  if (member == object.end()) return {};
  if (member->is_string()) return member->get<std::string>();
  return member->is_number_unsigned() ? member->dump() : std::string();
}

const nlohmann::json& items_of(const nlohmann::json& object) {
  static const nlohmann::json kNone = nlohmann::json::array();
  const auto member = object.find("items");
  return member != object.end() && member->is_array() ? *member : kNone;
}

Result<crypto::Id> id_of(const nlohmann::json& object, const char* name) {
  const auto id = crypto::Id::parse(text_of(object, name));
  if (!id) return refuse(Text::answer_unreadable, Text::service_malformed_advice);
  return *id;
}

}  // namespace cli
