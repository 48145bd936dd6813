// An office with a real `segeld` and real `segel` commands: people with homes, keys and enrolments,
// a vault that two of them founded, and the service over TLS.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/segel_command.h"
#include "support/certificates.h"

namespace segel_test {

// One person: her home with her key and enrolment, and what she types.
struct Colleague {
  Person person;
  std::string enrolment;    // path of her file
  std::string fingerprint;  // six words
  std::string key;          // id of her access key
};

class OfficeCommand : public testing::Test {
 protected:
  OfficeCommand();
  ~OfficeCommand() override;

  // Keys and enrolment; nothing is registered by it.
  std::unique_ptr<Colleague> make_colleague(const std::string& name);
  // Runs the command with the service's address and authority known.
  support::Finished run(const Colleague& who, std::vector<std::string> arguments,
                        std::string input = {}) const;
  support::Command command(const Colleague& who, std::vector<std::string> arguments) const;
  // The same, which must succeed, with its JSON; the last object if there are many.
  nlohmann::json did(const Colleague& who, std::vector<std::string> arguments) const;
  // Its JSON as a list, for commands that list.
  std::vector<nlohmann::json> listed(const Colleague& who,
                                     std::vector<std::string> arguments) const;
  // The code of the error with which it fails.
  std::string refused(const Colleague& who, std::vector<std::string> arguments,
                      int exit_code = 1) const;
  void log_in(const Colleague& who) const { did(who, {"login"}); }

  // An agency that two administrators registered and whose custodian has logged in; its id.
  std::string add_agency(const std::string& code, const Colleague& custodian) const;
  // Enrols a colleague of an agency, and logs her in.
  void enrol(const Colleague& who, const std::string& agency_code, const std::string& role) const;
  // A case of the caller's agency; its code.
  std::string create_case(const Colleague& who, const std::string& category = "KTP-FIS") const;

  std::string server() const { return "https://localhost:" + port_; }
  std::string data() const { return (folder_ / "data").string(); }
  std::string log_key() const { return (folder_ / "log.key").string(); }
  const std::string& log_verifier() const { return log_verifier_; }
  std::string authority() const { return certificates_.authority(); }
  void start_service();  // the constructor has started it
  void stop_service();
  // What it says where it does not start. REQUIRES: none runs.
  support::Finished refused_service() const;

  // The founders, not yet logged in.
  std::unique_ptr<Colleague> first_admin_, second_admin_;

 private:
  support::Command service_command() const;
  support::TempDir folder_;
  support::Certificates certificates_{"DNS:localhost,IP:127.0.0.1"};
  std::string port_;
  std::string log_verifier_;
  std::unique_ptr<support::OnTerminal> service_;
};

}  // namespace segel_test
