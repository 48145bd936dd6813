#include "cli/office_command.h"

#include <sstream>

#include "support/free_port.h"

namespace segel_test {
namespace {

using nlohmann::json;

std::vector<json> objects(const std::string& text) {
  std::vector<json> all;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    all.push_back(json::parse(line, nullptr, false));
    EXPECT_TRUE(all.back().is_object()) << line;
  }
  return all;
}

}  // namespace

OfficeCommand::OfficeCommand() : port_(support::free_port()) {
  first_admin_ = make_colleague("Ani Lestari");
  second_admin_ = make_colleague("Budi Santoso");
  const json made =
      did(*first_admin_, {"init", "--data", data(), "--log-key", log_key(), "--admin",
                          first_admin_->enrolment, "--admin", second_admin_->enrolment});
  log_verifier_ = made.value("log_verifier", "");
  start_service();
}

OfficeCommand::~OfficeCommand() = default;

support::Command OfficeCommand::service_command() const {
  return {{std::string(SEGEL_BIN) + "/segeld", "--data", data(), "--log-key", log_key(),
           "--certificate", certificates_.certificate(), "--key", certificates_.key(), "--port",
           port_, "--allow-unlocked-memory"}};
}

void OfficeCommand::start_service() {
  service_ = std::make_unique<support::OnTerminal>(service_command());
  EXPECT_TRUE(service_->shows("serves on"));
}

support::Finished OfficeCommand::refused_service() const {
  support::OnTerminal service(service_command());
  // One that serves all the same would never end.
  if (service.shows("serves on")) service.type("\x03");
  return service.finish();
}

void OfficeCommand::stop_service() {
  service_->type("\x03");
  EXPECT_EQ(service_->finish().exit_code, 0);
  service_.reset();
}

std::unique_ptr<Colleague> OfficeCommand::make_colleague(const std::string& name) {
  auto colleague = std::make_unique<Colleague>();
  colleague->enrolment = (colleague->person.folder() / "me.enrol").string();
  did(*colleague, {"keygen", "--no-passphrase"});
  const json enrolled = did(
      *colleague, {"enrol", "--name", name, "--office", "UPTD PPA", "-o", colleague->enrolment});
  colleague->fingerprint = enrolled.value("fingerprint", "");
  colleague->key = enrolled.value("access_key", "");
  return colleague;
}

support::Command OfficeCommand::command(const Colleague& who,
                                        std::vector<std::string> arguments) const {
  auto command = who.person.command(std::move(arguments));
  command.environment["SEGEL_SERVER"] = server();
  command.environment["SEGEL_CA"] = authority();
  return command;
}

support::Finished OfficeCommand::run(const Colleague& who, std::vector<std::string> arguments,
                                     std::string input) const {
  auto whole = command(who, std::move(arguments));
  whole.input = std::move(input);
  return support::run(whole);
}

std::vector<json> OfficeCommand::listed(const Colleague& who,
                                        std::vector<std::string> arguments) const {
  arguments.insert(arguments.begin(), "--json");
  const auto done = run(who, arguments);
  EXPECT_EQ(done.exit_code, 0) << testing::PrintToString(arguments) << "\n" << done.err;
  return objects(done.out);
}

json OfficeCommand::did(const Colleague& who, std::vector<std::string> arguments) const {
  const auto all = listed(who, std::move(arguments));
  return all.empty() ? json::object() : all.back();
}

std::string OfficeCommand::refused(const Colleague& who, std::vector<std::string> arguments,
                                   int exit_code) const {
  arguments.insert(arguments.begin(), "--json");
  const auto done = run(who, arguments);
  EXPECT_EQ(done.exit_code, exit_code) << testing::PrintToString(arguments) << "\n" << done.out;
  const auto said = objects(done.err);
  if (said.empty() || !said.back().contains("error")) return done.err;
  return said.back()["error"].value("code", "");
}

std::string OfficeCommand::add_agency(const std::string& code, const Colleague& custodian) const {
  log_in(*first_admin_);
  log_in(*second_admin_);
  const json asked = did(
      *first_admin_, {"agency", "add", "--code", code, "--name", "Office " + code, "--custodian",
                      custodian.enrolment, "--fingerprint", custodian.fingerprint});
  did(*second_admin_,
      {"pending", "confirm", asked.value("order", ""), "--fingerprint", custodian.fingerprint});
  log_in(custodian);
  return asked.value("id", "");
}

void OfficeCommand::enrol(const Colleague& who, const std::string& agency_code,
                          const std::string& role) const {
  did(*first_admin_, {"key", "add", who.enrolment, "--role", role, "--agency", agency_code,
                      "--fingerprint", who.fingerprint});
  log_in(who);
}

std::string OfficeCommand::create_case(const Colleague& who, const std::string& category) const {
  return did(who, {"case", "create", "--category", category}).value("code", "");
}

}  // namespace segel_test
