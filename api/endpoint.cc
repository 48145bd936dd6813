#include "api/endpoint.h"

#include <cstdio>
#include <exception>
#include <new>
#include <optional>
#include <typeinfo>

#include "api/parse.h"
#include "vault/actions.h"

namespace api {
namespace {

// What every answer carries.
void finish(const Call& call, Reply& reply) {
  reply.headers.set("request-id", call.request_id);
  reply.headers.set("cache-control", "no-store");
  reply.headers.set("x-content-type-options", "nosniff");
  reply.head_only = call.method == "HEAD";
}

std::string_view language_of(const Call& call) {
  return call.headers.one("accept-language").value_or("");
}

// What a call gets that an exception has ended: want of memory, or a bug.
Reply reply_for_exception(const Call& call, const std::exception& error) {
  const bool no_memory = dynamic_cast<const std::bad_alloc*>(&error) != nullptr;
  // Its text may quote what was sent; its kind does not.
  (void)std::fprintf(stderr, "segeld: request %s: %s\n", call.request_id.c_str(),
                     typeid(error).name());
  Reply reply = problem_reply(problem_of(no_memory ? "no-memory" : "internal"), language_of(call),
                              call.request_id);
  if (no_memory) reply.headers.set("retry-after", "5");
  finish(call, reply);
  return reply;
}

// The body of a call, for as long as its session lasts: what comes after its end is not taken.
class SessionBody : public BodyReader {
 public:
  SessionBody(BodyReader& body, const Session& session) : body_(body), session_(session) {}
  std::optional<std::uint64_t> declared_length() const override { return body_.declared_length(); }
  tl::expected<std::size_t, BodyErrc> read(MutableBytes out) override {
    auto size = body_.read(out);
    if (session_.ended()) return tl::unexpected(BodyErrc::failed);
    return size;
  }

 private:
  BodyReader& body_;
  const Session& session_;
};

}  // namespace

struct Endpoint::Entry {
  Router::Match match;
  SessionUse use;
};

Outcome<Endpoint::Entry> Endpoint::let_in(const Call& call) const {
  Entry entry;
  entry.match = router_.match(call.method, call.segments);
  const Route* route = entry.match.route;
  if (route == nullptr)
    return refuse(entry.match.allow.empty() ? "not-found" : "method-not-allowed");
  if (route->right == "-") return entry;

  const auto authorization = call.headers.one("authorization");
  const auto token = authorization ? parse::bearer(*authorization) : std::nullopt;
  if (!token) return refuse("session-ended");
  auto use = services_.sessions.use(*token, call);
  if (!use) return tl::unexpected(use.error());
  entry.use = std::move(*use);
  return entry;
}

ConnectionHandler::Admission Endpoint::admit(const Call& call) {
  try {
    const auto entry = let_in(call);
    const Router::Match match = router_.match(call.method, call.segments);
    if (!entry) return {refuse_call(call, entry.error(), match, nullptr), 0};
    const Session* session = entry->use.get();
    const bool granted =
        session == nullptr || services_.policy.grants(session->actor().role, match.route->right);
    if (!granted)
      return {refuse_call(call, failure_for(vault::Errc::wrong_role), match, session), 0};
    return {std::nullopt, match.route->max_body};
  } catch (const std::exception& error) {
    return {reply_for_exception(call, error), 0};
  }
}

Reply Endpoint::handle(Call& call) {
  Reply reply;
  try {
    auto entry = let_in(call);
    if (!entry) {
      return refuse_call(call, entry.error(), router_.match(call.method, call.segments), nullptr);
    }
    Session* session = entry->use.get();
    const Route& route = *entry->match.route;
    if (session != nullptr && !services_.policy.grants(session->actor().role, route.right)) {
      return refuse_call(call, failure_for(vault::Errc::wrong_role), entry->match, session);
    }
    Incoming incoming{call, session, {}, entry->match.names};
    std::optional<SessionBody> body;
    if (session != nullptr) {
      incoming.actor = session->actor(call);
      body.emplace(*call.body, *session);
      call.body = &*body;
    }
    auto answered = route.handler(incoming);
    if (!answered && session != nullptr && session->ended()) {
      answered = refuse("session-ended");
    }
    if (!answered) return refuse_call(call, answered.error(), entry->match, session);
    reply = std::move(*answered);
    metrics_.count_request(route.method, route.pattern, reply.status);
  } catch (const std::exception& error) {
    return reply_for_exception(call, error);
  }
  finish(call, reply);
  return reply;
}

Reply Endpoint::refuse_call(const Call& call, const Failure& failure, const Router::Match& match,
                            const Session* session) {
  const Problem& problem = problem_for(failure);
  note(call, problem, match, session);
  if (problem.type == "damaged") {
    (void)std::fprintf(stderr,
                       "segeld: request %s: what is stored is damaged: segel verify-store\n",
                       call.request_id.c_str());
  }
  // Of the table, never of the call: each text that is new here is kept for good.
  if (match.route != nullptr)
    metrics_.count_request(match.route->method, match.route->pattern, problem.status);
  else
    metrics_.count_request("none", "none", problem.status);
  Reply reply = problem_reply(problem, language_of(call), call.request_id);
  if (problem.status == 401) reply.headers.set("www-authenticate", "Bearer");
  if (problem.status == 405) reply.headers.set("allow", match.allow);
  if (problem.type == "busy") reply.headers.set("retry-after", "5");
  finish(call, reply);
  return reply;
}

// A known person's refusal is an entry; a stranger's is counted.
void Endpoint::note(const Call& call, const Problem& problem, const Router::Match& match,
                    const Session* session) {
  if (session == nullptr) {
    if (problem.status < 500) refusals_.count(call.origin, problem.type);
    return;
  }
  const bool tells =
      problem.type == "wrong-role" || problem.type == "not-found" || problem.type == "untrusted";
  if (!tells || match.route == nullptr) return;
  vault::EntryDraft entry = session->actor(call).draft(vault::action::kRefused);
  entry.outcome = problem.type;
  entry.detail = match.route->method + " " + match.route->pattern;
  refusals_.enter(entry);
}

Reply Endpoint::problem(int status, std::string_view type, std::string_view accept_language) {
  const Problem& named = problem_of(type);
  const Problem& problem = named.status == status ? named : problem_of_status(status);
  if (status < 500) refusals_.count("", problem.type);
  Reply reply = problem_reply(problem, accept_language, "");
  reply.headers.set("cache-control", "no-store");
  reply.headers.set("x-content-type-options", "nosniff");
  if (status == 503) reply.headers.set("retry-after", "5");
  return reply;
}

}  // namespace api
