// A file that is sealed while it is sent: a payload of known length, made chunk by chunk.
#pragma once

#include <filesystem>
#include <memory>

#include "api/body.h"
#include "cli/failure.h"
#include "cli/progress.h"
#include "crypto/age.h"

namespace cli {

class SealingSource final : public api::BodySource {
 public:
  // Opens the file; nothing is read yet. Errors: file_unreadable, not_a_file.
  static Result<std::unique_ptr<SealingSource>> open(const std::filesystem::path& path);
  ~SealingSource() override;

  // Begins with a key of its own for this payload. The progress outlives the sending.
  void begin(const crypto::FileKey& key, Progress& progress);

  std::uint64_t length() const override;
  tl::expected<std::size_t, api::BodyErrc> read(crypto::MutableBytes out) override;
  void finished(std::uint64_t, bool) override {}

  std::uint64_t plain_size() const;
  // The file was cut or went on growing while it was read.
  bool changed() const;
  // Once all was read: of the original, and of the payload.
  const crypto::Digest& sha256() const;
  crypto::Digest payload_root() const;
  const crypto::age::PayloadNonce& nonce() const;

 private:
  struct State;
  explicit SealingSource(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace cli
