// A case and its documents: deposited, changed on the way and read back, in opened and in sealed
// sessions.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <utility>

#include "api/envelope.h"
#include "api/office.h"
#include "crypto/age.h"

namespace api {

std::string upload_metadata(std::initializer_list<std::pair<std::string, std::string>> fields);
std::string pattern(std::size_t size);
// The problem, but for the number of its request.
json unnumbered(const Answer& answer);

class DocumentOffice : public OfficeTest {
 protected:
  void SetUp() override;

  // Deposits as the session does, and gives the last answer.
  Answer deposit(Desk& desk, const Person& person, const std::string& content,
                 const std::string& type = "LAP-ADU");
  // The content as its reader gets it: plain, or the age file opened at home.
  std::string content_of(Desk& desk, const Person& person, const std::string& document);

  // The first step of a sealed deposit: a payload that waits for its manifest.
  struct Waiting {
    Id document;
    std::string content;
    Bytes payload;
    crypto::FileKey key = crypto::FileKey::random();
    Answer taken;
  };
  Waiting send_payload(Desk& desk, const Id& document, const std::string& content,
                       const std::string& type);
  // On top of another: `match` is the tag of the version that it stands on.
  Waiting send_payload_on(Desk& desk, const Id& document, const std::string& match,
                          const std::string& content, const std::string& type);
  // The second, as an honest client makes it, and what of it is sent.
  crypto::Manifest manifest_for(const Waiting& waiting);
  vault::Deposit sealed_by(Desk& desk, const Person& person, const Waiting& waiting,
                           const crypto::Manifest& manifest);
  Answer send_manifest(Desk& desk, const vault::Deposit& deposit);

  Id agency_, case_;
  std::optional<Desk> worker_desk_;

 private:
  Waiting send(Desk& desk, const std::string& method, const std::string& path, Waiting waiting);
};

}  // namespace api
