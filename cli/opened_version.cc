#include "cli/opened_version.h"

#include <nlohmann/json.hpp>

#include "api/wire.h"
#include "crypto/encoding.h"
#include "crypto/timestamp.h"

namespace cli {
namespace {

using nlohmann::json;

std::string path_of(const crypto::Id& document) { return "/v1/documents/" + document.text(); }

tl::unexpected<Failure> unreadable() {
  return refuse(Text::answer_unreadable, Text::service_malformed_advice);
}

}  // namespace

json OpenedVersion::describe() const {
  return {{"id", sealed.document.text()},
          {"version", sealed.version},
          {"versions", sealed.versions},
          {"case", sealed.case_id.text()},
          {"type", sealed.label.type},
          {"class", sealed.label.classification},
          {"minor", sealed.label.minor},
          {"title", manifest.title},
          {"file_name", manifest.file_name},
          {"media_type", manifest.media_type},
          {"size", manifest.size},
          {"sha256", crypto::to_hex(manifest.sha256)},
          {"depositor", sealed.depositor.text()},
          {"via", manifest.via},
          {"created", crypto::time_text(sealed.created)}};
}

Result<crypto::Id> parse_document(const std::string& text) {
  const auto id = crypto::Id::parse(text);
  if (!id) return misused(Message(Text::document_id_malformed, text), Text::document_id_advice);
  return *id;
}

Result<OpenedVersion> open_listed(SealedSession& session, const json& item) {
  auto sealed = api::wire::read<api::SealedVersion>(item);
  if (!sealed) return unreadable();
  auto manifest = session.result(api::open_manifest(session.ring(), session.graph(), *sealed));
  if (!manifest) return tl::unexpected(manifest.error());
  return OpenedVersion{std::move(*sealed), std::move(*manifest)};
}

Result<OpenedVersion> open_version(SealedSession& session, const crypto::Id& document,
                                   std::uint64_t version) {
  const std::string query = version == 0 ? "" : "?version=" + std::to_string(version);
  const auto item = session.remote().get(path_of(document) + query);
  if (!item) return tl::unexpected(item.error());
  auto opened = open_listed(session, *item);
  if (!opened) return opened;
  // Another document, with a manifest of its own, is not what was asked for.
  const api::SealedVersion& sealed = opened->sealed;
  if (sealed.document != document || (version != 0 && sealed.version != version)) {
    return unreadable();
  }
  return opened;
}

Result<std::vector<OpenedVersion>> open_versions(SealedSession& session,
                                                 const crypto::Id& document) {
  const auto answer = session.remote().get(path_of(document) + "/versions");
  if (!answer) return tl::unexpected(answer.error());
  std::vector<OpenedVersion> versions;
  for (const json& item : items_of(*answer)) {
    auto opened = open_listed(session, item);
    if (!opened) return tl::unexpected(opened.error());
    if (opened->sealed.document != document) return unreadable();
    versions.push_back(std::move(*opened));
  }
  if (versions.empty()) return unreadable();
  return versions;
}

}  // namespace cli
