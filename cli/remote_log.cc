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

Result<SignedHead> open_head(std::string note, const crypto::NoteVerifier& log) {
  auto head = crypto::Checkpoint::open(note, log);
  if (head) return SignedHead{std::move(note), std::move(*head)};
  const Text what =
      head.error() == crypto::Errc::untrusted ? Text::head_untrusted : Text::head_malformed;
  return refuse(Message(what, "/v1/log/checkpoint"), Text::head_untrusted_advice);
}

Result<SignedHead> fetch_head(Remote& remote, const LogKeyOptions& key, Context& context) {
  const auto log = log_key(key, context);
  if (!log) return tl::unexpected(log.error());
  api::ClientRequest request;
  request.method = "GET";
  request.target = "/v1/log/checkpoint";
  const auto response = remote.send(std::move(request));
  if (!response) return tl::unexpected(response.error());
  auto note = response->text();
  if (!note) return refuse(Text::answer_unreadable, Text::service_malformed_advice);
  auto head = open_head(std::move(*note), *log);
  if (!head) return head;
  if (auto kept = keep(*log, context); !kept) return tl::unexpected(kept.error());
  return head;
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
