// A body as it comes from the service, read as a stream, each byte also written to a file.
#pragma once

#include <optional>
#include <ostream>
#include <streambuf>

#include "api/body.h"
#include "crypto/bytes.h"

namespace cli {

class TeeIn : public std::streambuf {
 public:
  // Both outlive this.
  TeeIn(api::BodyReader& body, std::ostream& copy) : body_(body), copy_(copy) {}

  // Why the body ended before its end, if it did.
  const std::optional<api::BodyErrc>& failed() const { return failed_; }
  bool copy_failed() const { return !copy_; }

 protected:
  int_type underflow() override;

 private:
  api::BodyReader& body_;
  std::ostream& copy_;
  crypto::Bytes block_ = crypto::Bytes(std::size_t{64} << 10);
  std::optional<api::BodyErrc> failed_;
};

}  // namespace cli
