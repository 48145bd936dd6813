#include "api/json_body.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "api/parse.h"
#include "api/problem.h"
#include "api/router.h"
#include "crypto/strict_json.h"

namespace api {
namespace {

Outcome<void> check_type(const Call& call) {
  const auto type = call.headers.one("content-type");
  if (!type || parse::media_type(*type) != "application/json") {
    return refuse("unsupported-media-type");
  }
  return {};
}

}  // namespace

Failure failure_of(BodyErrc error) {
  const auto failure = [](std::string_view type) { return refuse(type).value(); };
  switch (error) {
    case BodyErrc::cut_short:
      return failure("cut-short");
    case BodyErrc::malformed:
      return failure("bad-request");
    case BodyErrc::too_large:
      return failure("too-large");
    case BodyErrc::timed_out:
      return failure("timed-out");
    case BodyErrc::failed:
      return failure("internal");
  }
  return failure("internal");
}

Outcome<nlohmann::json> read_json(Call& call) {
  std::string text;
  std::size_t size = 0;
  for (;;) {
    if (size == text.size()) text.resize(std::min<std::size_t>(2 * size + 4096, kJsonBody + 1));
    const auto got =
        call.body->read({reinterpret_cast<std::uint8_t*>(text.data()) + size, text.size() - size});
    if (!got) return tl::unexpected(failure_of(got.error()));
    if (*got == 0) break;
    size += *got;
    if (size > kJsonBody) return refuse("too-large");
  }
  text.resize(size);
  if (text.empty()) return nlohmann::json::object();
  if (const auto fits = check_type(call); !fits) return tl::unexpected(fits.error());
  auto parsed = crypto::parse_json(text);
  if (!parsed || !parsed->is_object()) return refuse("bad-request");
  return std::move(*parsed);
}

Outcome<crypto::SecretBytes> read_secret(Call& call, std::size_t most) {
  if (const auto fits = check_type(call); !fits) return tl::unexpected(fits.error());
  crypto::SecretBytes bytes(most + 1);
  std::size_t size = 0;
  while (size < bytes.size()) {
    const auto got = call.body->read(bytes.expose_mutable().subspan(size));
    if (!got) return tl::unexpected(failure_of(got.error()));
    if (*got == 0) break;
    size += *got;
  }
  if (size > most) return refuse("too-large");
  bytes.shrink(size);
  return bytes;
}

Reply json_reply(int status, const nlohmann::json& body) {
  Reply reply;
  reply.status = status;
  reply.headers.set("content-type", "application/json");
  reply.body = body.dump();
  return reply;
}

Reply empty_reply(int status) {
  Reply reply;
  reply.status = status;
  return reply;
}

}  // namespace api
