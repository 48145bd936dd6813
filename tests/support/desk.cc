#include "support/desk.h"

#include <algorithm>
#include <cstring>

#include "api/wire.h"
#include "crypto/age.h"
#include "crypto/encoding.h"

namespace support {
namespace {

using crypto::Id;
using nlohmann::json;

class TextBody : public api::BodyReader {
 public:
  TextBody(std::string_view text, const std::function<void(std::size_t)>& on_piece)
      : text_(text), on_piece_(on_piece) {}
  std::optional<std::uint64_t> declared_length() const override { return text_.size(); }
  tl::expected<std::size_t, api::BodyErrc> read(api::MutableBytes out) override {
    if (on_piece_) on_piece_(at_);
    // A few bytes at a time, as a slow connection would bring them.
    const std::size_t size = std::min<std::size_t>({out.size(), text_.size() - at_, 1000});
    std::memcpy(out.data(), text_.data() + at_, size);
    at_ += size;
    return size;
  }

 private:
  std::string_view text_;
  const std::function<void(std::size_t)>& on_piece_;
  std::size_t at_ = 0;
};

void parse_target(const std::string& target, api::Call& call) {
  const std::size_t mark = std::min(target.find('?'), target.size());
  call.target = target;
  call.path = target.substr(0, mark);
  for (std::size_t at = 1; at <= mark;) {
    const std::size_t end = std::min(target.find('/', at), mark);
    call.segments.push_back(target.substr(at, end - at));
    at = end + 1;
  }
  for (std::size_t at = mark + 1; at < target.size();) {
    const std::size_t end = std::min(target.find('&', at), target.size());
    const std::string pair = target.substr(at, end - at);
    const std::size_t equals = std::min(pair.find('='), pair.size());
    call.query[pair.substr(0, equals)] = equals < pair.size() ? pair.substr(equals + 1) : "";
    at = end + 1;
  }
}

template <typename T>
api::Outcome<T> read_as(const Answer& answer) {
  if (answer.status >= 300) return api::fail(answer.problem(), answer.status);
  auto value = api::wire::read<T>(answer.json());
  if (!value) return api::fail("malformed");
  return std::move(*value);
}

// As a connection sends it: to its declared length, and then tells how it ended.
std::string drain(api::BodySource& source, const std::function<void(std::size_t)>& on_piece) {
  std::string body;
  crypto::Bytes piece(70'000);
  while (body.size() < source.length()) {
    if (on_piece) on_piece(body.size());
    const auto got = source.read(piece);
    if (!got || *got == 0) break;
    body += crypto::as_text(crypto::ByteView(piece).first(*got));
  }
  source.finished(body.size(), body.size() == source.length());
  return body;
}

api::Outcome<void> nothing(const Answer& answer) {
  if (answer.status >= 300) return api::fail(answer.problem(), answer.status);
  return {};
}

}  // namespace

std::string Answer::problem() const {
  if (headers.one("content-type") != "application/problem+json") return {};
  const std::string type = json().at("type");
  return type.substr(type.rfind('/') + 1);
}

Answer Desk::call(const std::string& method, const std::string& target, const std::string& body,
                  const std::string& type) {
  TextBody reader(body, on_sending);
  api::Call call;
  call.method = method;
  parse_target(target, call);
  call.body = &reader;
  call.request_id = "request-" + std::to_string(++requests_);
  call.origin = origin;
  if (!token.empty()) call.headers.add("authorization", "Bearer " + token);
  if (!language.empty()) call.headers.add("accept-language", language);
  if (!body.empty()) call.headers.add("content-type", type);
  for (const auto& [name, value] : headers) call.headers.add(name, value);

  auto admission = handler_.admit(call);
  api::Reply reply;
  if (admission.refusal)
    reply = std::move(*admission.refusal);
  else if (body.size() > admission.max_body)
    reply = handler_.problem(413, "too-large", language);
  else
    reply = handler_.handle(call);
  if (reply.source && method != "HEAD") reply.body = drain(*reply.source, on_piece);
  return {reply.status, reply.headers, reply.body};
}

bool Desk::lend_key(const Person& person) {
  token.clear();
  const crypto::SecretBytes key = person.identity.text();
  const Answer answer = post("/v1/sessions", {{"identity", key.expose_text()}});
  if (answer.status != 201) return false;
  token = answer.json().at("token");
  return true;
}

bool Desk::answer_challenge(const Person& person) {
  token.clear();
  const Answer answer = post("/v1/sessions", {{"recipient", person.identity.recipient().text()}});
  if (answer.status != 201) return false;
  const auto sealed = crypto::from_base64(answer.json().at("challenge").get<std::string>());
  if (!sealed) return false;
  const auto header = crypto::age::parse_header(*sealed);
  if (!header || header->stanzas.empty()) return false;
  const auto binding = crypto::age::Binding::parse(header->stanzas[0]);
  if (!binding || binding->kind != crypto::age::Kind::challenge) return false;
  const auto opened = crypto::age::open(*sealed, person.identity, *binding);
  if (!opened) return false;
  token = opened->expose_text();
  return true;
}

api::Outcome<crypto::AccessKeyRecord> DeskPort::access_key(const Id& key) {
  const Answer answer = desk_.get("/v1/access-keys/" + key.text());
  if (answer.status != 200) return api::fail(answer.problem(), answer.status);
  auto record = api::wire::read<crypto::AccessKeyRecord>(answer.json().at("record"));
  if (!record) return api::fail("malformed");
  return std::move(*record);
}

api::Outcome<crypto::NodeState> DeskPort::node(const Id& node, std::uint64_t generation) {
  return read_as<crypto::NodeState>(
      desk_.get("/v1/nodes/" + node.text() + "?generation=" + std::to_string(generation)));
}

api::Outcome<std::vector<crypto::LockboxRef>> DeskPort::lockboxes(const Id& node) {
  const Answer answer = desk_.get("/v1/nodes/" + node.text() + "/lockboxes");
  if (answer.status != 200) return api::fail(answer.problem(), answer.status);
  const json body = answer.json();
  auto refs = api::wire::read_list<crypto::LockboxRef>(body.at("items"));
  if (!refs) return api::fail("malformed");
  return std::move(*refs);
}

api::Outcome<crypto::Bytes> DeskPort::lockbox(const Id& node, std::uint64_t generation,
                                              const Id& holder) {
  const Answer answer =
      desk_.get("/v1/nodes/" + node.text() + "/lockboxes?generation=" + std::to_string(generation) +
                "&holder=" + holder.text());
  if (answer.status != 200) return api::fail(answer.problem(), answer.status);
  auto bytes = crypto::from_base64(answer.json().at("lockbox").get<std::string>());
  if (!bytes) return api::fail("malformed");
  return std::move(*bytes);
}

api::Outcome<void> DeskPort::add_generation(const Id& node,
                                            const crypto::GenerationSubmission& submission) {
  return nothing(
      desk_.post("/v1/nodes/" + node.text() + "/generations", api::wire::of(submission)));
}

api::Outcome<void> DeskPort::add_previous(const Id& node, std::uint64_t generation,
                                          const crypto::Bytes& sealed) {
  return nothing(desk_.post("/v1/nodes/" + node.text() + "/lockboxes",
                            {{"generation", generation}, {"previous", crypto::base64(sealed)}}));
}

api::Outcome<api::RotationState> DeskPort::start(const Id& node,
                                                 const crypto::GenerationSubmission& submission) {
  return read_as<api::RotationState>(desk_.post("/v1/nodes/" + node.text() + "/rotations",
                                                {{"generation", api::wire::of(submission)}}));
}

api::Outcome<api::RotationState> DeskPort::batch(
    const Id& rotation, const std::vector<crypto::GenerationSubmission>& submissions) {
  json list = json::array();
  for (const auto& one : submissions) list.push_back(api::wire::of(one));
  return read_as<api::RotationState>(desk_.post("/v1/rotations/" + rotation.text() + "/batches",
                                                {{"generations", std::move(list)}}));
}

api::Outcome<void> DeskPort::complete(const Id& rotation, const std::string& note) {
  return nothing(
      desk_.post("/v1/rotations/" + rotation.text() + "/batches", {{"statement", note}}));
}

}  // namespace support
