// The scrypt recipient stanza: a file key wrapped for whoever knows a passphrase.
#include <sodium.h>

#include <algorithm>
#include <charconv>
#include <new>
#include <stdexcept>

#include "crypto/age_stanza.h"
#include "crypto/encoding.h"
#include "crypto/sodium_start.h"

namespace crypto::age {
namespace {

constexpr std::string_view kType = "scrypt";
constexpr std::string_view kSaltLabel = "age-encryption.org/v1/scrypt";
constexpr std::size_t kSaltSize = 16;
constexpr std::uint32_t kBlockFactor = 8;    // scrypt's r
constexpr std::uint32_t kParallelism = 1;    // scrypt's p
constexpr unsigned kLargestWorkFactor = 63;  // N fits in 64 bits

struct Arguments {
  Bytes salt;
  unsigned work_factor = 0;
};

Result<unsigned> parse_work_factor(std::string_view text) {
  unsigned factor = 0;
  const char* const end = text.data() + text.size();
  if (text.empty() || text.front() < '1' || text.front() > '9') {
    return tl::unexpected(Errc::malformed);
  }
  const auto [stop, error] = std::from_chars(text.data(), end, factor);
  if (error != std::errc{} || stop != end) return tl::unexpected(Errc::malformed);
  return factor;
}

Result<Arguments> parse_arguments(const Stanza& stanza) {
  if (stanza.args.size() != 2 || stanza.body.size() != kWrappedKeySize) {
    return tl::unexpected(Errc::malformed);
  }
  auto salt = from_base64_raw(stanza.args[0]);
  const auto work_factor = parse_work_factor(stanza.args[1]);
  if (!salt || salt->size() != kSaltSize || !work_factor) return tl::unexpected(Errc::malformed);
  return Arguments{std::move(*salt), *work_factor};
}

WrapKey derive(const SecretBytes& passphrase, ByteView salt, unsigned work_factor) {
  start_sodium();
  Bytes labelled = to_bytes(as_bytes(kSaltLabel));
  append(labelled, salt);
  auto wrap_key = WrapKey::zeros();
  // An empty one has no address, and libsodium wants one.
  constexpr std::uint8_t kNothing = 0;
  const auto words = passphrase.expose();
  const std::uint8_t* const password = words.empty() ? &kNothing : words.data();
  const auto out = wrap_key.expose_mutable();
  // It fails only where its memory (128 * r * N bytes) is not to be had.
  if (crypto_pwhash_scryptsalsa208sha256_ll(
          password, words.size(), labelled.data(), labelled.size(), std::uint64_t{1} << work_factor,
          kBlockFactor, kParallelism, out.data(), out.size()) != 0) {
    throw std::bad_alloc();
  }
  return wrap_key;
}

}  // namespace

bool is_scrypt(const Stanza& stanza) { return stanza.type == kType; }

Result<void> check_scrypt_form(const Stanza& stanza) {
  if (!is_scrypt(stanza)) return {};
  const auto arguments = parse_arguments(stanza);
  if (!arguments) return tl::unexpected(arguments.error());
  return {};
}

Stanza wrap_scrypt(const FileKey& key, const SecretBytes& passphrase, unsigned work_factor) {
  if (work_factor == 0 || work_factor > kLargestWorkFactor) {
    throw std::invalid_argument("age: a work factor out of range");
  }
  const auto salt = random_block<kSaltSize>();
  return {std::string(kType),
          {base64_raw(salt), std::to_string(work_factor)},
          wrap_file_key(derive(passphrase, salt, work_factor), key)};
}

Result<FileKey> unwrap_scrypt(const Stanza& stanza, const SecretBytes& passphrase,
                              unsigned max_work_factor) {
  const auto arguments = parse_arguments(stanza);
  if (!arguments) return tl::unexpected(arguments.error());
  // Whoever wrote the file chose it: each step doubles the time and the memory asked of us.
  if (arguments->work_factor > std::min(max_work_factor, kLargestWorkFactor)) {
    return tl::unexpected(Errc::excessive_work);
  }
  return unwrap_file_key(derive(passphrase, arguments->salt, arguments->work_factor), stanza.body);
}

}  // namespace crypto::age
