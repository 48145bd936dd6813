// Reading any part of a sealed payload: of the sealed bytes, only the chunks that hold it.
#pragma once

#include <functional>

#include "crypto/age.h"

namespace crypto::age {

class RangeOpener {
 public:
  // Fills `out` from position `offset` of the payload (0: its nonce).
  using ReadAt = std::function<Result<void>(std::uint64_t offset, MutableBytes out)>;
  // Gets the plaintext piece by piece; a piece lives as long as the call.
  using Take = std::function<Result<void>(ByteView piece)>;

  // Reads the nonce and the last chunk: only if that opens as the last is the length true, and
  // with it every position. `payload_size`: nonce and chunks.
  // Errors: malformed (no payload has that size), tampered, and what `read_at` fails with.
  static Result<RangeOpener> over(const FileKey& key, std::uint64_t payload_size, ReadAt read_at);
  RangeOpener(RangeOpener&&) noexcept;
  RangeOpener& operator=(RangeOpener&&) noexcept;
  ~RangeOpener();

  std::uint64_t size() const;  // of the plaintext
  // Hands the bytes from `begin` to before `end` to `take`, each once its chunk is verified.
  // Errors: out_of_range (begin > end, or end > size()), tampered, and what `read_at` and `take`
  // fail with.
  Result<void> read(std::uint64_t begin, std::uint64_t end, const Take& take);

 private:
  struct State;
  explicit RangeOpener(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace crypto::age
