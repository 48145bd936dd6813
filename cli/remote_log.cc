#include "cli/remote_log.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "crypto/encoding.h"

namespace cli {
namespace {

Result<void> keep(const crypto::NoteVerifier& log, Context& context) {
  const auto profile = context.open_profile();
  if (!profile) return tl::unexpected(profile.error());
  if (!(*profile)->settings().log_key.empty()) return {};
  (*profile)->settings().log_key = log.text();
  return (*profile)->save();
}

}  // namespace

Result<SignedHead> fetch_head(Remote& remote, const crypto::NoteVerifier& log, Context& context) {
  api::ClientRequest request;
  request.method = "GET";
  request.target = "/v1/log/checkpoint";
  const auto response = remote.send(request);
  if (!response) return tl::unexpected(response.error());
  auto note = response->text();
  if (!note) return refuse(Text::answer_unreadable, Text::service_malformed_advice);
  auto head = open_head(*note, request.target, log);
  if (!head) return tl::unexpected(head.error());
  if (auto kept = keep(log, context); !kept) return tl::unexpected(kept.error());
  return SignedHead{std::move(*note), std::move(*head)};
}

Result<crypto::merkle::Proof> read_proof(const nlohmann::json& answer) {
  const auto unreadable = [] {
    return refuse(Text::answer_unreadable, Text::service_malformed_advice);
  };
  const auto hashes = answer.find("proof");
  if (hashes == answer.end() || !hashes->is_array()) return unreadable();
  crypto::merkle::Proof proof;
  for (const auto& hash : *hashes) {
    if (!hash.is_string()) return unreadable();
    const auto bytes = crypto::from_base64(hash.get<std::string>());
    if (!bytes || bytes->size() != proof.emplace_back().size()) return unreadable();
    std::copy(bytes->begin(), bytes->end(), proof.back().begin());
  }
  return proof;
}

}  // namespace cli
