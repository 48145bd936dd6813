#include "cli/sealing_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>

#include "crypto/hash.h"

namespace cli {
namespace {

using crypto::age::kChunkSize;
using crypto::age::kNonceSize;
using crypto::age::kTagSize;

}  // namespace

struct SealingSource::State {
  explicit State(int descriptor) : fd(descriptor) {}
  ~State() {
    ::close(fd);
    crypto::wipe(plain);
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  // Fills `plain` with the next chunk. False: the file is not what it was when it was opened.
  bool read_chunk(std::size_t wanted) {
    std::size_t have = 0;
    while (have < wanted) {
      const ssize_t got = ::read(fd, plain.data() + have, wanted - have);
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) return false;
      have += static_cast<std::size_t>(got);
    }
    return true;
  }
  bool at_end() {
    std::uint8_t more = 0;
    ssize_t got = -1;
    do {
      got = ::read(fd, &more, 1);
    } while (got < 0 && errno == EINTR);
    return got == 0;
  }
  bool make_chunk() {
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(kChunkSize, left));
    const bool last = wanted == left;
    if (!read_chunk(wanted) || (last && !at_end())) return false;
    const auto chunk = crypto::ByteView(plain).first(wanted);
    hash.update(chunk);
    sealer->seal(chunk, last, sealed.data());
    ready = crypto::ByteView(sealed).first(wanted + kTagSize);
    left -= wanted;
    if (last) {
      done = true;
      digest = hash.finish();
    }
    progress->advance(wanted);
    return true;
  }

  int fd;
  std::uint64_t size = 0;
  std::uint64_t left = 0;  // of the file
  bool done = false;       // the last chunk was made
  bool changed = false;
  crypto::age::PayloadNonce nonce{};
  std::optional<crypto::age::PayloadSealer> sealer;
  crypto::Sha256 hash;
  crypto::Digest digest{};
  Progress* progress = nullptr;
  crypto::Bytes plain = crypto::Bytes(kChunkSize);
  crypto::Bytes sealed = crypto::Bytes(kChunkSize + kTagSize);
  crypto::ByteView ready;  // what was made and not yet taken
};

SealingSource::SealingSource(std::unique_ptr<State> state) : state_(std::move(state)) {}
SealingSource::~SealingSource() = default;

Result<std::unique_ptr<SealingSource>> SealingSource::open(const std::filesystem::path& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return refuse(Message(Text::file_unreadable, path.string(), std::strerror(errno)));
  auto state = std::make_unique<State>(fd);
  struct stat found {};
  if (::fstat(fd, &found) != 0 || !S_ISREG(found.st_mode)) {
    return refuse(Message(Text::not_a_file, path.string()));
  }
  state->size = static_cast<std::uint64_t>(found.st_size);
  return std::unique_ptr<SealingSource>(new SealingSource(std::move(state)));
}

void SealingSource::begin(const crypto::FileKey& key, Progress& progress) {
  state_->nonce = crypto::random_block<kNonceSize>();
  state_->sealer.emplace(key, state_->nonce);
  state_->left = state_->size;
  state_->progress = &progress;
  state_->ready = state_->nonce;
}

std::uint64_t SealingSource::length() const { return crypto::age::sealed_size(state_->size); }

tl::expected<std::size_t, api::BodyErrc> SealingSource::read(crypto::MutableBytes out) {
  std::size_t filled = 0;
  while (filled < out.size()) {
    if (state_->ready.empty()) {
      if (state_->done) break;
      if (!state_->make_chunk()) {
        state_->changed = true;
        return tl::unexpected(api::BodyErrc::failed);
      }
    }
    const std::size_t some = std::min(state_->ready.size(), out.size() - filled);
    std::copy_n(state_->ready.begin(), some, out.begin() + static_cast<std::ptrdiff_t>(filled));
    state_->ready = state_->ready.subspan(some);
    filled += some;
  }
  return filled;
}

std::uint64_t SealingSource::plain_size() const { return state_->size; }
bool SealingSource::changed() const { return state_->changed; }
const crypto::Digest& SealingSource::sha256() const { return state_->digest; }
crypto::Digest SealingSource::payload_root() const { return state_->sealer->payload_root(); }
const crypto::age::PayloadNonce& SealingSource::nonce() const { return state_->nonce; }

}  // namespace cli
