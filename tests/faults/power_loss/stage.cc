#include "faults/power_loss/stage.h"

#include <cstdlib>
#include <fstream>
#include <stdexcept>

#include "crypto/encoding.h"
#include "faults/power_loss/recorder.h"
#include "support/house.h"
#include "support/pattern.h"
#include "vault/actions.h"
#include "vault/erase_slots.h"
#include "vault/keys.h"

namespace power_loss {
namespace {

using crypto::Bytes;
using crypto::Id;
using nlohmann::json;
using support::Answer;
using support::Desk;

// Cases whose lockboxes erase_slot() takes, one a step.
constexpr int kSpareCases = 4;

json made(const Answer& answer, int status) {
  if (answer.status != status) throw std::runtime_error("a step was refused: " + answer.body);
  return answer.json();
}

// Recording begins before the first call. The folder outlives this process.
support::FoundedVault& found(const std::filesystem::path& folder,
                             const std::filesystem::path& trace) {
  ::setenv("TMPDIR", folder.c_str(), 1);
  power_loss_record(folder.c_str(), trace.c_str());
  return *new support::FoundedVault();  // NOLINT(cppcoreguidelines-owning-memory): for good
}

std::string slot_of(const std::filesystem::path& file, std::uint64_t slot) {
  std::ifstream in(file, std::ios::binary);
  std::string key(32, '\0');
  in.seekg(static_cast<std::streamoff>(slot * key.size()));
  in.read(key.data(), static_cast<std::streamsize>(key.size()));
  return crypto::to_hex(crypto::as_bytes(key));
}

}  // namespace

Stage::Stage(const std::filesystem::path& folder, const std::filesystem::path& trace)
    : founded_(found(folder, trace)) {
  api::ServiceOptions options;
  options.clock = founded_.clock();
  service_ = std::make_unique<api::Service>(founded_.vault(), options);
  Desk first = desk_of(founded_.first_admin);
  Desk second = desk_of(founded_.second_admin);
  const json asked = made(
      first.post("/v1/agencies",
                 {{"code", "UPTDPPA"}, {"name", "Kantor"}, {"enrolment", custodian_.enrolment}}),
      202);
  const std::string agency = asked.at("id");
  made(second.post("/v1/orders/" + asked.at("order").get<std::string>() + "/signatures"), 200);
  (void)desk_of(custodian_);  // makes the agency's first generation
  made(first.post("/v1/agencies/" + agency + "/access-keys",
                  {{"enrolment", manager_.enrolment}, {"role", "MANAJER"}}),
       201);
  desk_ = std::make_unique<Desk>(desk_of(manager_));
  std::string file;
  for (int i = 0; i <= kSpareCases; ++i) {
    const json answer =
        made(desk_->post("/v1/cases",
                         {{"category", "KTP-FIS"}, {"flags", json::array()}, {"minor", false}}),
             201);
    if (i == 0) file = answer.at("id");
  }
  const crypto::SecretBytes identity = manager_.identity.text();
  promise_ = {{"data", founded_.data()},
              {"log", founded_.vault().log_verifier().text()},
              {"identity", identity.expose_text()},
              {"case", file},
              {"agency", agency},
              {"generation", 1},
              {"documents", json::object()},
              {"gone", json::object()}};
  acknowledged();
}

Desk Stage::desk_of(const support::Person& person) {
  Desk desk(service_->handler());
  if (!desk.lend_key(person)) throw std::runtime_error("no session");
  return desk;
}

void Stage::acknowledged() {
  const auto head = founded_.vault().log().head();
  if (!head) throw std::runtime_error("no head");
  promise_["head"] = head->checkpoint;
  power_loss_mark(promise_.dump().c_str());
}

void Stage::close() {
  desk_.reset();
  service_->stop();
  service_.reset();
  founded_.close();
  power_loss_stop();
}

void Stage::deposit(std::size_t size) {
  const Bytes content = support::pattern(size, size);
  desk_->headers = {
      {"upload-metadata", support::upload_metadata({{"title", "Laporan"}, {"type", "LAP-ADU"}})}};
  const Answer answer =
      desk_->call("POST", "/v1/cases/" + promise_["case"].get<std::string>() + "/documents",
                  std::string(crypto::as_text(content)), "application/pdf");
  desk_->headers.clear();
  promise_["documents"][made(answer, 201).at("id").get<std::string>()] = size;
  acknowledged();
}

void Stage::rotate() {
  const std::string path = "/v1/nodes/" + promise_["agency"].get<std::string>() + "/rotations";
  made(desk_of(founded_.first_admin).post(path), 202);
  acknowledged();
  made(desk_of(custodian_).post(path), 200);
  promise_["generation"] = promise_["generation"].get<int>() + 1;
  acknowledged();
}

// No call erases yet: as one will, a closure that goes through the committer.
void Stage::erase_slot() {
  const Id kept = Id::parse(promise_["case"].get<std::string>()).value();
  Bytes key;
  std::uint64_t slot = 0;
  const auto looked = founded_.vault().meta().read([&](const vault::ReadTxn& txn) {
    return vault::each_wrapped(txn, [&](crypto::ByteView at, const auto& record) {
      const vault::Key mine = vault::Key(vault::Kind::lockbox).id(manager_.key());
      const Bytes of_kept = vault::Key(mine).id(kept).raw();
      if (at.size() < of_kept.size() ||
          !std::equal(mine.raw().begin(), mine.raw().end(), at.begin()))
        return true;
      if (std::equal(of_kept.begin(), of_kept.end(), at.begin())) return true;
      key.assign(at.begin(), at.end());
      slot = record.value().slot;
      return false;
    });
  });
  if (!looked || key.empty()) throw std::runtime_error("no lockbox to erase");
  const std::string held = slot_of(founded_.data() + "/erase.keys", slot);
  vault::EntryDraft entry;
  entry.action = vault::action::kCaseTeam;
  entry.actor = manager_.key();
  const auto done = founded_.vault().committer().commit(
      [&](vault::ChangeTxn& txn) -> vault::Result<void> {
        txn.destroy(key, slot);
        return {};
      },
      entry);
  if (!done) throw std::runtime_error("not erased");
  promise_["gone"][std::to_string(slot)] = held;
  acknowledged();
}

void Stage::append_to_log() {
  vault::EntryDraft entry;
  entry.action = vault::action::kLogRead;
  entry.actor = manager_.key();
  if (!founded_.vault().committer().commit(entry)) throw std::runtime_error("no entry");
  acknowledged();
}

}  // namespace power_loss
