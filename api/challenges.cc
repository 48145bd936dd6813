#include "api/challenges.h"

#include <algorithm>

#include "api/token.h"
#include "crypto/age.h"
#include "crypto/hash.h"

namespace api {
namespace {

constexpr std::size_t kIdSize = 16;
constexpr std::size_t kNumberSize = 8;
constexpr std::size_t kSaidSize = kIdSize + 2 * kNumberSize;

void append_number(Bytes& to, std::uint64_t number) {
  for (int shift = 56; shift >= 0; shift -= 8) {
    to.push_back(static_cast<std::uint8_t>(number >> shift));
  }
}

std::uint64_t number_at(ByteView bytes, std::size_t at) {
  std::uint64_t number = 0;
  for (const std::uint8_t byte : bytes.subspan(at, kNumberSize)) number = number << 8 | byte;
  return number;
}

}  // namespace

// key (16) ‖ made, ms of the steady clock (8, big endian) ‖ number (8, big endian) ‖ HMAC-SHA-256
// of these
struct Challenges::Token {
  crypto::Id key;
  vault::Time made = 0;
  std::uint64_t number = 0;  // of this process's tokens: no two have the same
};

Challenges::Challenges(vault::Clock clock, vault::Clock steady, vault::Time lifetime)
    : clock_(std::move(clock)),
      steady_(std::move(steady)),
      lifetime_(lifetime),
      mac_key_(crypto::SecretBytes::random(32)) {}

Challenges::Sealed Challenges::make(const crypto::Recipient& recipient,
                                    const crypto::Id& key) const {
  // Made for known and unknown alike, so that the work is the same.
  const crypto::Recipient nobody = crypto::Identity::generate().recipient();
  const vault::Time now = clock_();
  Bytes said = crypto::to_bytes(key.bytes);
  append_number(said, static_cast<std::uint64_t>(steady_()));
  append_number(said, next_++);
  crypto::append(said, crypto::hmac_sha256(mac_key_.expose(), said));

  std::string token = token_of(said);
  const crypto::age::Binding binding{crypto::age::Kind::challenge, crypto::Id::make(now), 0, 0};
  Sealed sealed{
      crypto::age::seal(crypto::as_bytes(token), key.is_nil() ? nobody : recipient, binding),
      now + lifetime_};
  crypto::wipe(said);
  crypto::wipe({reinterpret_cast<std::uint8_t*>(token.data()), token.size()});
  return sealed;
}

std::optional<Challenges::Token> Challenges::read(std::string_view token) const {
  const auto bytes = bytes_of_token(token);
  if (!bytes || bytes->size() != kSaidSize + mac_key_.size()) return std::nullopt;
  const ByteView all(*bytes);
  const crypto::Digest mac = crypto::hmac_sha256(mac_key_.expose(), all.first(kSaidSize));
  if (!crypto::equal_in_constant_time(mac, all.subspan(kSaidSize))) return std::nullopt;
  Token read{
      {}, static_cast<vault::Time>(number_at(all, kIdSize)), number_at(all, kIdSize + kNumberSize)};
  std::copy_n(all.begin(), kIdSize, read.key.bytes.begin());
  if (steady_() >= read.made + lifetime_) return std::nullopt;
  return read;
}

std::optional<crypto::Id> Challenges::owner(std::string_view token) const {
  const auto read = this->read(token);
  if (!read || read->key.is_nil()) return std::nullopt;
  return read->key;
}

bool Challenges::spend(std::string_view token) {
  const auto read = this->read(token);
  if (!read) return false;
  const std::lock_guard lock(mutex_);
  const auto ended = ended_.find(read->key);
  if (ended != ended_.end() && read->number < ended->second.number) return false;
  return spent_.emplace(read->number, read->made + lifetime_).second;
}

void Challenges::end_all_of(const crypto::Id& key) {
  const std::lock_guard lock(mutex_);
  ended_[key] = {next_, steady_() + lifetime_};
}

void Challenges::forget_expired() {
  const vault::Time now = steady_();
  const std::lock_guard lock(mutex_);
  std::erase_if(spent_, [&](const auto& one) { return one.second <= now; });
  std::erase_if(ended_, [&](const auto& one) { return one.second.until <= now; });
}

}  // namespace api
