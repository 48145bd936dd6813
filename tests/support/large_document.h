// A document of any size, made while it is sent and judged while it is read: never held as a whole.
#pragma once

#include <cstdint>
#include <string_view>

#include "api/body.h"
#include "crypto/age.h"
#include "crypto/hash.h"

namespace support {

// Bytes that look random, with `planted` in them every mebibyte or so, at every alignment.
class LargeDocument {
 public:
  LargeDocument(std::uint64_t size, std::string_view planted);
  std::uint64_t size() const { return size_; }
  void fill(std::uint64_t offset, crypto::MutableBytes out) const;

 private:
  std::uint64_t size_;
  crypto::Bytes period_;
};

// It, as an opened session sends it.
class PlainBody : public api::BodySource {
 public:
  explicit PlainBody(const LargeDocument& document) : document_(document) {}
  std::uint64_t length() const override { return document_.size(); }
  tl::expected<std::size_t, api::BodyErrc> read(crypto::MutableBytes out) override;
  void finished(std::uint64_t, bool) override {}

 private:
  const LargeDocument& document_;
  std::uint64_t next_ = 0;
};

// It, as a sealed session sends it: an age payload. What its manifest needs is known once it is
// sent.
class SealedBody : public api::BodySource {
 public:
  SealedBody(const LargeDocument& document, const crypto::FileKey& key);
  std::uint64_t length() const override { return crypto::age::sealed_size(document_.size()); }
  tl::expected<std::size_t, api::BodyErrc> read(crypto::MutableBytes out) override;
  void finished(std::uint64_t, bool) override {}

  const crypto::age::PayloadNonce& nonce() const { return nonce_; }
  crypto::Digest sha256() { return hash_.finish(); }
  crypto::Digest payload_root() const { return sealer_.payload_root(); }

 private:
  void seal_next();

  const LargeDocument& document_;
  crypto::age::PayloadNonce nonce_;
  crypto::age::PayloadSealer sealer_;
  crypto::Sha256 hash_;
  std::uint64_t next_ = 0;
  crypto::Bytes sealed_;  // what of the payload is to be sent next
  std::size_t sent_ = 0;
};

// What came back.
struct ReadBack {
  std::uint64_t size = 0;
  crypto::Digest sha256{};
};
// Both throw std::runtime_error when the body fails, and the second when it does not open.
ReadBack read_plain(api::BodyReader& body);
ReadBack read_age_file(api::BodyReader& body, const crypto::FileKey& key);

}  // namespace support
