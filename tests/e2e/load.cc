#include "e2e/load.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <exception>
#include <stdexcept>

#include "api/wire.h"
#include "crypto/bytes.h"
#include "support/pattern.h"
#include "support/process.h"
#include "support/remote.h"

namespace e2e {
namespace {

using nlohmann::json;
using support::Answer;
using support::Desk;

// A person's session at the service, over a connection of its own.
class Seat {
 public:
  Seat(const support::House& house, const support::Person& person)
      : remote_(house.address()), desk_(remote_) {
    if (!desk_.lend_key(person)) throw std::runtime_error("no session");
  }
  Desk& desk() { return desk_; }

 private:
  support::RemoteService remote_;
  Desk desk_;
};

// What another client has changed meanwhile: read it again, and try again.
struct Changed : std::exception {};

json made(const Answer& answer, int status) {
  if (answer.status == 409) throw Changed();
  if (answer.status != status) throw std::logic_error("refused: " + answer.body);
  return answer.json();
}

std::string make_case(Desk& desk) {
  const json body{{"category", "KTP-FIS"}, {"flags", json::array()}, {"minor", false}};
  return made(desk.post("/v1/cases", body), 201).at("id");
}

}  // namespace

Load::Load(const support::House& house, const crypto::Id& police)
    : house_(house), police_(police.text()) {
  Seat manager(house, house.manager());
  told_.case_id = make_case(manager.desk());
}

void Load::work(unsigned seed) {
  std::mt19937 random(seed);
  try {
    Seat manager(house_, house_.manager());
    for (;;) {
      try {
        step(manager.desk(), random);
      } catch (const Changed&) {
        note([](Told&) {});
      }
    }
  } catch (const std::runtime_error&) {
    // No answer: it was killed.
  } catch (const std::logic_error& refused) {
    ADD_FAILURE() << refused.what();
  }
  const std::lock_guard lock(mutex_);
  ended_ = true;
  changed_.notify_all();
}

void Load::wait_for(std::size_t answers) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return answers_ >= answers || ended_; });
}

template <typename Note>
void Load::note(const Note& what) {
  const std::lock_guard lock(mutex_);
  what(told_);
  ++answers_;
  changed_.notify_all();
}

void Load::step(Desk& desk, std::mt19937& random) {
  switch (random() % 16) {
    case 0:
      return rotate();
    case 1:
      return share(desk);
    case 2:
    case 3: {
      const Answer listed = desk.get("/v1/cases/" + told_.case_id + "/documents");
      (void)made(listed, 200);
      return note([](Told&) {});
    }
    case 4:
    case 5:
    case 6:
      return deposit(desk, 70'000 + random() % 2'000'000);
    case 7:
    case 8:
    case 9:
    case 10:
      return read(desk, random);
    default:
      return deposit(desk, 1 + random() % 50'000);
  }
}

void Load::deposit(Desk& desk, std::size_t size) {
  const crypto::Bytes content = support::pattern(size, size);
  desk.headers = {
      {"upload-metadata", support::upload_metadata({{"title", "Laporan"}, {"type", "LAP-ADU"}})}};
  const Answer answer = desk.call("POST", "/v1/cases/" + told_.case_id + "/documents",
                                  std::string(crypto::as_text(content)), "application/pdf");
  desk.headers.clear();
  const std::string id = made(answer, 201).at("id");
  note([&](Told& told) { told.documents[id] = size; });
}

void Load::read(Desk& desk, std::mt19937& random) {
  std::pair<std::string, std::size_t> document;
  {
    const std::lock_guard lock(mutex_);
    if (told_.documents.empty()) return;
    const auto at = static_cast<std::ptrdiff_t>(random() % told_.documents.size());
    document = *std::next(told_.documents.begin(), at);
  }
  const auto& [id, size] = document;
  const Answer answer = desk.get("/v1/documents/" + id + "/content");
  if (answer.status != 200 || answer.body != crypto::as_text(support::pattern(size, size))) {
    throw std::logic_error("read otherwise: " + id);
  }
  note([&document](Told& told) { told.read.push_back(document.first); });
}

void Load::share(Desk& desk) {
  const std::string case_id = make_case(desk);
  const json offered =
      made(desk.post("/v1/cases/" + case_id + "/shares", {{"agency", police_}}), 201);
  note([&](Told& told) { told.shares[case_id] = offered.at("id"); });
}

// One at a time: a second order would be refused while the first is open.
void Load::rotate() {
  const std::unique_lock alone(rotating_, std::try_to_lock);
  if (!alone.owns_lock()) return;
  const std::string path = "/v1/nodes/" + house_.agency().text() + "/rotations";
  Seat administrator(house_, house_.administrator());
  // The order of a rotation that was killed before it began is still open, and is carried out now.
  const Answer ordered = administrator.desk().post(path);
  if (ordered.status != 409) (void)made(ordered, 202);
  Seat custodian(house_, house_.custodian());
  const auto state = api::wire::read<api::RotationState>(made(custodian.desk().post(path), 200));
  if (!state) throw std::logic_error("a rotation without its state");
  note([&](Told& told) { told.generation = std::max(told.generation, state->to); });
}

crypto::Id add_agency(const support::House& house, const std::string& code) {
  const support::Person custodian = support::make_person();
  Seat first(house, house.administrator());
  const json asked = made(first.desk().post("/v1/agencies", {{"code", code},
                                                             {"name", "Kantor " + code},
                                                             {"enrolment", custodian.enrolment}}),
                          202);
  Seat second(house, house.second_administrator());
  const std::string order = asked.at("order");
  (void)made(second.desk().post("/v1/orders/" + order + "/signatures"), 200);
  Seat(house, custodian);  // makes the agency's first generation
  return crypto::Id::parse(asked.at("id").get<std::string>()).value();
}

std::vector<std::string> documents_of(Desk& desk, const std::string& case_id) {
  std::vector<std::string> ids;
  std::string after;
  for (;;) {
    const json page = made(desk.get("/v1/cases/" + case_id + "/documents?limit=100" + after), 200);
    for (const json& item : page.at("items")) ids.push_back(item.at("id"));
    if (!page.contains("next")) return ids;
    after = "&after=" + page.at("next").get<std::string>();
  }
}

std::vector<std::string> log_of(Desk& desk, const std::string& case_id) {
  std::vector<std::string> lines;
  for (;;) {
    const json page = made(
        desk.get("/v1/log/entries?case=" + case_id + "&from=" + std::to_string(lines.size() + 1)),
        200);
    if (page.at("items").empty()) return lines;
    for (const json& item : page.at("items")) lines.push_back(item.at("line"));
    if (!page.contains("next")) return lines;
  }
}

bool is_in(const std::vector<std::string>& lines, const std::string& action,
           const std::string& id) {
  return std::any_of(lines.begin(), lines.end(), [&](const std::string& line) {
    return line.find("\"action\":\"" + action + "\"") != std::string::npos &&
           line.find(id) != std::string::npos;
  });
}

std::uint64_t generation_of(Desk& desk, const crypto::Id& node) {
  const auto state =
      api::wire::read<crypto::NodeState>(made(desk.get("/v1/nodes/" + node.text()), 200));
  if (!state) throw std::logic_error("a node without its record");
  return state->record.generation;
}

std::string verify_store(const support::House& house) {
  const auto done = support::run({.arguments = {std::string(SEGEL_BIN) + "/segel", "verify-store",
                                                house.data(), "--log-key", house.log_verifier()}});
  return done.exit_code == 0 ? "" : done.out + done.err;
}

}  // namespace e2e
