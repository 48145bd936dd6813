#include "vault/log_key.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "crypto/encoding.h"
#include "crypto/secret.h"
#include "vault/flush_folder.h"

namespace vault {
namespace {

constexpr std::string_view kPrefix = "PRIVATE+KEY+";
constexpr std::uint8_t kEd25519 = 0x01;
constexpr std::size_t kMaxFile = 1024;

class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  int get() const { return descriptor_; }

 private:
  int descriptor_;
};

bool write_all(int descriptor, crypto::ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return true;
}

crypto::SecretBytes file_text(const LogKey& key) {
  const std::string head = fmt::format("{}{}+{:08x}+", kPrefix, key.origin, key.verifier().hash());
  crypto::SecretBytes raw(1 + crypto::SigningSeed::kSize);
  raw.expose_mutable()[0] = kEd25519;
  const auto seed = key.key.expose_seed();
  std::copy(seed.begin(), seed.end(), raw.expose_mutable().begin() + 1);
  const auto encoded = crypto::base64_secret(raw.expose());
  crypto::SecretBytes text(head.size() + encoded.size() + 1);
  auto out = text.expose_mutable();
  std::copy(head.begin(), head.end(), out.begin());
  std::copy(encoded.expose().begin(), encoded.expose().end(),
            out.begin() + static_cast<std::ptrdiff_t>(head.size()));
  out.back() = '\n';
  return text;
}

Result<LogKey> parse(std::string_view text) {
  const auto invalid = tl::unexpected(Errc::invalid);
  if (!text.starts_with(kPrefix) || !text.ends_with('\n')) return invalid;
  text = text.substr(kPrefix.size(), text.size() - kPrefix.size() - 1);
  const auto name_end = text.find('+');
  if (name_end == std::string_view::npos) return invalid;
  const auto hash_end = text.find('+', name_end + 1);
  if (hash_end == std::string_view::npos) return invalid;
  auto raw = crypto::secret_from_base64(text.substr(hash_end + 1));
  if (!raw || raw->size() != 1 + crypto::SigningSeed::kSize || raw->expose()[0] != kEd25519) {
    return invalid;
  }
  auto seed =
      crypto::SigningSeed::take(raw->expose_mutable().subspan<1, crypto::SigningSeed::kSize>());
  LogKey key{std::string(text.substr(0, name_end)), crypto::SigningKey(seed)};
  const auto hash = text.substr(name_end + 1, hash_end - name_end - 1);
  if (hash != fmt::format("{:08x}", key.verifier().hash())) return invalid;
  return key;
}

}  // namespace

Result<LogKey> create_log_key(const std::filesystem::path& file, const std::string& origin) {
  LogKey key{origin, crypto::SigningKey::generate()};
  const File out(::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (out.get() < 0) return tl::unexpected(errno == EEXIST ? Errc::conflict : Errc::io_failure);
  const auto text = file_text(key);
  const auto parent = file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
  if (!write_all(out.get(), text.expose()) || ::fsync(out.get()) != 0 || !flush_folder(parent)) {
    ::unlink(file.c_str());
    return tl::unexpected(Errc::io_failure);
  }
  return key;
}

Result<LogKey> read_log_key(const std::filesystem::path& file) {
  const File in(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (in.get() < 0) return tl::unexpected(errno == ENOENT ? Errc::not_found : Errc::io_failure);
  struct stat status {};
  if (::fstat(in.get(), &status) != 0) return tl::unexpected(Errc::io_failure);
  // Whoever can read it can sign a forged log: a file that others read is refused, not warned of.
  if (!S_ISREG(status.st_mode) || (status.st_mode & 077) != 0 ||
      static_cast<std::size_t>(status.st_size) > kMaxFile) {
    return tl::unexpected(Errc::invalid);
  }
  crypto::SecretBytes text(static_cast<std::size_t>(status.st_size));
  const ssize_t got = ::read(in.get(), text.expose_mutable().data(), text.size());
  if (got < 0 || static_cast<std::size_t>(got) != text.size()) {
    return tl::unexpected(Errc::io_failure);
  }
  return parse(text.expose_text());
}

}  // namespace vault
