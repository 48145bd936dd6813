// The JSON forms of what travels between service and client (api/openapi.yaml, "schemas").
//
// Reading is strict: a field missing, unknown or ill-formed makes the whole refused. Bytes are
// base64, ids lower-case UUIDs, public keys `age1…`, statements the text of their notes. What a
// statement says is read from the statement, never from fields beside it.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <vector>

#include "api/envelope.h"
#include "api/graph_port.h"
#include "crypto/key_records.h"
#include "crypto/submission.h"

namespace api::wire {

using nlohmann::json;

json of(const crypto::Holder& holder);
json of(const crypto::NodeState& state);
json of(const crypto::LockboxRef& ref);
json of(const crypto::GenerationSubmission& submission);
json of(const crypto::HolderSubmission& submission);
json of(const crypto::HeaderSubmission& submission);
json of(const crypto::AccessKeyRecord& record);
json of(const RotationState& state);
json of(const SealedVersion& version);
json of(const crypto::Label& label);
json of(const crypto::Manifest& manifest);  // opened; for its reader only

// No value: malformed.
template <typename T>
std::optional<T> read(const json& value);

// A list under one name, each element read as T.
template <typename T>
std::optional<std::vector<T>> read_list(const json& array);

}  // namespace api::wire
