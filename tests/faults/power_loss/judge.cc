// What a store that lost its power must still be: opened, verified, read, and written to again.
#include <fstream>
#include <stdexcept>

#include "api/wire.h"
#include "crypto/checkpoint.h"
#include "crypto/encoding.h"
#include "faults/power_loss/stage.h"
#include "support/house.h"
#include "support/pattern.h"
#include "vault/verify.h"
#include "vault/verify_chain.h"
#include "vault/verify_documents.h"
#include "vault/verify_erase_keys.h"

namespace power_loss {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using support::Answer;
using support::Desk;

// A crash state is small, and space owned ahead of need is not copied for every one.
constexpr std::uint64_t kMapSize = std::uint64_t{32} << 20;

std::string verify(const vault::Vault& vault, const fs::path& data, const Promise& promise) {
  const auto log = crypto::NoteVerifier::parse(promise.at("log").get<std::string>()).value();
  const auto head = crypto::Checkpoint::open(promise.at("head").get<std::string>(), log).value();
  const auto report =
      vault::verify_store(vault.meta(), vault.blobs(),
                          {log,
                           head,
                           {vault::verify_documents, vault::verify_chain(log),
                            vault::verify_erase_keys(data / "erase.keys", vault.meta())}});
  if (!report) return "not verified: " + std::to_string(static_cast<int>(report.error()));
  std::string found;
  for (const auto& finding : report->findings) {
    found += std::string(vault::to_text(finding.damage)) + " " + finding.id + "\n";
  }
  return found;
}

// Every document that is listed reads whole, and every acknowledged one is listed.
std::string read_documents(Desk& desk, const Promise& promise) {
  json missing = promise.at("documents");
  const json listed =
      desk.get("/v1/cases/" + promise.at("case").get<std::string>() + "/documents?limit=200")
          .json();
  for (const json& item : listed.at("items")) {
    const std::string id = item.at("id");
    const Answer content = desk.get("/v1/documents/" + id + "/content");
    const std::size_t size = missing.value(id, content.body.size());
    if (content.status != 200) return id + " does not read: " + content.body;
    if (content.body != crypto::as_text(support::pattern(size, size))) return id + " is another";
    missing.erase(id);
  }
  return missing.empty() ? "" : "acknowledged and lost: " + missing.dump();
}

std::string look_at_slots(const fs::path& file, const Promise& promise) {
  std::ifstream in(file, std::ios::binary);
  const std::string keys{std::istreambuf_iterator<char>(in), {}};
  for (const auto& [slot, held] : promise.at("gone").items()) {
    const auto key = keys.substr(std::stoull(slot) * 32, 32);
    if (crypto::to_hex(crypto::as_bytes(key)) == held) return "erased and there: slot " + slot;
  }
  return "";
}

std::string deposit_one_more(Desk& desk, const Promise& promise) {
  desk.headers = {
      {"upload-metadata", support::upload_metadata({{"title", "Laporan"}, {"type", "LAP-ADU"}})}};
  const Answer answer =
      desk.call("POST", "/v1/cases/" + promise.at("case").get<std::string>() + "/documents",
                "afterwards", "application/pdf");
  return answer.status == 201 ? "" : "takes nothing more: " + answer.body;
}

}  // namespace

std::string judge(const fs::path& folder, const Promise& promise) {
  vault::VaultOptions options;
  options.directory = folder / "data";
  options.log_key = folder / "log.key";
  options.map_size = kMapSize;
  options.clock = [] { return support::FoundedVault::kStart + 1000; };
  const auto vault = vault::Vault::open(options);
  if (!vault) return "does not open: " + std::to_string(static_cast<int>(vault.error()));
  if (auto found = verify(**vault, options.directory, promise); !found.empty()) return found;
  if (auto found = look_at_slots(options.directory / "erase.keys", promise); !found.empty())
    return found;

  api::ServiceOptions serving;
  serving.clock = options.clock;
  api::Service service(**vault, serving);
  support::Person manager;
  manager.identity = crypto::Identity::parse(promise.at("identity").get<std::string>()).value();
  Desk desk(service.handler());
  if (!desk.lend_key(manager)) return "no session";
  const auto node = api::wire::read<crypto::NodeState>(
      desk.get("/v1/nodes/" + promise.at("agency").get<std::string>()).json());
  if (!node || node->record.generation < promise.at("generation").get<std::uint64_t>())
    return "rotated back";
  if (auto found = read_documents(desk, promise); !found.empty()) return found;
  if (auto found = deposit_one_more(desk, promise); !found.empty()) return found;
  service.stop();
  return "";
}

}  // namespace power_loss
