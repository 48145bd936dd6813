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
  // -D); none: it is started itself. Throws std::runtime_error when anything fails.
  explicit House(const std::vector<std::string>& under = {});

  const Person& manager() const { return manager_; }
  const crypto::Id& agency() const { return agency_; }
  const crypto::Id& case_id() const { return case_; }

  std::string data() const { return founded_.data(); }
  pid_t service() const { return service_->pid(); }
  api::HttpClient::Options address() const;
  // Asks it to end and waits; false when it did not end well.
  bool stop();

 private:
  void set_up();
  void serve(std::vector<std::string> under);

  FoundedVault founded_;
  Certificates certificates_{"DNS:localhost,IP:127.0.0.1"};
  Person custodian_ = make_person();
  Person manager_ = make_person();
  crypto::Id agency_, case_;
  std::string port_;
  std::optional<OnTerminal> service_;
};

// What `Upload-Metadata` says of a document.
std::string upload_metadata(const std::vector<std::pair<std::string, std::string>>& fields);

}  // namespace support
