// A vault with one agency, a case manager of hers and a case, served by a real segeld over HTTPS.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/http_client.h"
#include "support/certificates.h"
#include "support/people.h"
#include "support/process.h"

namespace support {

class House {
 public:
  // `under`: a command that starts segeld as its own process, by the arguments behind it (strace
  // -D); none: it is started itself. `settings`: further options of segeld's. Throws
  // std::runtime_error when anything fails.
  explicit House(const std::vector<std::string>& under = {},
                 const std::vector<std::string>& settings = {});

  const Person& administrator() const { return founded_.first_admin; }
  const Person& second_administrator() const { return founded_.second_admin; }
  const Person& custodian() const { return custodian_; }
  const Person& manager() const { return manager_; }
  const crypto::Id& agency() const { return agency_; }
  const crypto::Id& case_id() const { return case_; }

  std::string data() const { return founded_.data(); }
  const std::string& log_verifier() const { return log_verifier_; }
  pid_t service() const { return service_->pid(); }
  api::HttpClient::Options address() const;
  // Of /metrics, on 127.0.0.1, without TLS.
  const std::string& metrics_port() const { return metrics_port_; }
  // Asks it to end and waits; false when it did not end well.
  bool stop();
  // Waits for an end that nobody asks for.
  Finished wait() { return service_->finish(); }
  // Starts it anew, once it has ended, on another port. Throws as the constructor does.
  void serve(std::vector<std::string> under = {}, const std::vector<std::string>& settings = {});
  // Once stopped: all that it wrote to its output and its errors.
  const std::string& said() const { return said_; }
  // All entries of the log. REQUIRES: it was stopped.
  std::vector<std::string> log_lines();

 private:
  void set_up();

  FoundedVault founded_;
  Certificates certificates_{"DNS:localhost,IP:127.0.0.1"};
  Person custodian_ = make_person();
  Person manager_ = make_person();
  crypto::Id agency_, case_;
  std::string log_verifier_, port_, metrics_port_, said_;
  std::optional<OnTerminal> service_;
};

// What `Upload-Metadata` says of a document.
std::string upload_metadata(const std::vector<std::pair<std::string, std::string>>& fields);

}  // namespace support
