#include "support/certificates.h"

#include <cstdlib>
#include <stdexcept>

namespace support {
namespace {

void run(const std::string& command) {
  if (std::system((command + " >/dev/null 2>&1").c_str()) != 0) {
    throw std::runtime_error("failed: " + command);
  }
}

}  // namespace

Certificates::Certificates(const std::string& names) {
  const std::string in = "cd " + dir_.path().string() + " && openssl req -x509 -newkey ec " +
                         "-pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 ";
  run(in + "-keyout ca.key -out ca.pem -subj '/CN=Test authority' " +
      "-addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign");
  run(in + "-CA ca.pem -CAkey ca.key -keyout server.key -out server.pem -subj '/CN=Test server' " +
      "-addext basicConstraints=critical,CA:FALSE -addext 'subjectAltName=" + names + "'");
}

}  // namespace support
