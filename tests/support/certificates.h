// A certificate authority and a server's certificate, made anew for each test that needs TLS.
#pragma once

#include <string>

#include "support/temp_dir.h"

namespace support {

// ECDSA P-256, made by the `openssl` command, valid for two days.
class Certificates {
 public:
  // `names`: as in subjectAltName, for example "DNS:localhost,IP:127.0.0.1".
  explicit Certificates(const std::string& names);

  std::string authority() const { return (dir_ / "ca.pem").string(); }
  std::string certificate() const { return (dir_ / "server.pem").string(); }
  std::string key() const { return (dir_ / "server.key").string(); }

 private:
  TempDir dir_;
};

}  // namespace support
