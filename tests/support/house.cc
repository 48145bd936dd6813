#include "support/house.h"

#include <signal.h>
#include <unistd.h>

#include <stdexcept>

#include "api/service.h"
#include "crypto/encoding.h"
#include "support/desk.h"
#include "support/free_port.h"

namespace support {
namespace {

using nlohmann::json;

// The answer's body, once it has the status that it should.
json made(const Answer& answer, int status) {
  if (answer.status != status) throw std::runtime_error("setting up failed: " + answer.body);
  return answer.json();
}

Desk desk_of(api::Service& service, const Person& person) {
  Desk desk(service.handler());
  if (!desk.lend_key(person)) throw std::runtime_error("no session");
  return desk;
}

}  // namespace

House::House(const std::vector<std::string>& under, const std::vector<std::string>& settings) {
  set_up();
  founded_.close();
  serve(under, settings);
}

// In this process, in opened sessions: what is tested comes afterwards.
void House::set_up() {
  api::ServiceOptions options;
  options.clock = founded_.clock();
  options.steady = founded_.steady();
  api::Service service(founded_.vault(), options);
  Desk first = desk_of(service, founded_.first_admin);
  Desk second = desk_of(service, founded_.second_admin);
  const json asked = made(
      first.post("/v1/agencies",
                 {{"code", "UPTDPPA"}, {"name", "Kantor"}, {"enrolment", custodian_.enrolment}}),
      202);
  const std::string agency = asked.at("id");
  made(second.post("/v1/orders/" + asked.at("order").get<std::string>() + "/signatures"), 200);
  // Her first session makes the agency's first generation.
  (void)desk_of(service, custodian_);
  made(first.post("/v1/agencies/" + agency + "/access-keys",
                  {{"enrolment", manager_.enrolment}, {"role", "MANAJER"}}),
       201);
  Desk manager = desk_of(service, manager_);
  const json file =
      made(manager.post("/v1/cases",
                        {{"category", "KTP-FIS"}, {"flags", json::array()}, {"minor", false}}),
           201);
  agency_ = crypto::Id::parse(agency).value();
  case_ = crypto::Id::parse(file.at("id").get<std::string>()).value();
  service.stop();
  log_verifier_ = founded_.vault().log_verifier().text();
}

void House::serve(std::vector<std::string> under, const std::vector<std::string>& settings) {
  port_ = free_port();
  metrics_port_ = free_port();
  for (const std::string& argument :
       {std::string(SEGEL_BIN) + "/segeld", std::string("--data"), data(), std::string("--log-key"),
        founded_.log_key(), std::string("--certificate"), certificates_.certificate(),
        std::string("--key"), certificates_.key(), std::string("--port"), port_,
        std::string("--metrics-port"), metrics_port_, std::string("--allow-unlocked-memory")}) {
    under.push_back(argument);
  }
  under.insert(under.end(), settings.begin(), settings.end());
  Command command{std::move(under)};
  command.timeout = std::chrono::hours(1);  // what it serves may be large
  service_.emplace(command);
  if (!service_->shows("serves on")) throw std::runtime_error("segeld does not serve");
}

api::HttpClient::Options House::address() const {
  api::HttpClient::Options options;
  options.host = "localhost";
  options.port = static_cast<std::uint16_t>(std::stoi(port_));
  options.ca_file = certificates_.authority();
  return options;
}

bool House::stop() {
  ::kill(service_->pid(), SIGTERM);
  const Finished finished = service_->finish();
  said_ = finished.out;
  return finished.exit_code == 0;
}

std::vector<std::string> House::log_lines() {
  founded_.reopen();
  auto lines = founded_.lines();
  founded_.close();
  return lines;
}

std::string upload_metadata(const std::vector<std::pair<std::string, std::string>>& fields) {
  std::string text;
  for (const auto& [name, value] : fields) {
    text += (text.empty() ? "" : ",") + name + " " + crypto::base64(crypto::as_bytes(value));
  }
  return text;
}

}  // namespace support
