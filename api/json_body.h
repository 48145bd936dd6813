// Bodies of JSON, in and out of a call.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "api/call.h"
#include "api/failure.h"
#include "crypto/secret.h"

namespace api {

// The call's body, read whole and parsed strictly; an empty body is an empty object. At most
// kJsonBody bytes. Failures: unsupported-media-type, too-large, bad-request, cut-short, timed-out.
Outcome<nlohmann::json> read_json(Call& call);

// The call's body, read straight into the locked arena: at most `most` bytes. Failures: the same.
Outcome<crypto::SecretBytes> read_secret(Call& call, std::size_t most);

Reply json_reply(int status, const nlohmann::json& body);
Reply empty_reply(int status);

// What a body's end means to its sender.
Failure failure_of(BodyErrc error);

}  // namespace api
