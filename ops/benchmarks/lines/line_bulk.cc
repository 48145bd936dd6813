// A line to measure large deposits and reads against, without a byte of Segel: what the same work
// costs when nothing but the work is done.
//
//   line_bulk deposit|read FILE [BYTES]
//
// deposit: a client process sends BYTES over TLS 1.3 on loopback; the server hashes them (SHA-256),
// seals them in chunks of 64 KiB (ChaCha20-Poly1305), writes them into FILE, whose blocks it
// already owns, flushes once and answers. read: FILE, sealed before, is opened chunk by chunk and
// sent to a client that throws it away. Prints one line of JSON; MB are 10^6 bytes of plaintext.
#include <arpa/inet.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr std::size_t kChunk = std::size_t{64} << 10;
constexpr std::size_t kTag = 16;
constexpr std::size_t kSealed = kChunk + kTag;
constexpr std::size_t kWrite = 16 * kSealed;  // one write call

using Byte = unsigned char;
using Clock = std::chrono::steady_clock;

void check(bool good, const char* what) {
  if (good) return;
  std::perror(what);
  std::_Exit(1);
}

template <auto Free>
struct Deleter {
  template <typename T>
  void operator()(T* owned) const {
    Free(owned);
  }
};
template <typename T, auto Free>
using Owned = std::unique_ptr<T, Deleter<Free>>;
using Context = Owned<SSL_CTX, SSL_CTX_free>;
using Connection = Owned<SSL, SSL_free>;

// One direction of the chunk cipher, its context used again for every chunk.
class ChunkCipher {
 public:
  explicit ChunkCipher(bool seal) : seal_(seal), context_(EVP_CIPHER_CTX_new()) {
    constexpr std::array<Byte, 32> kKey{};  // a line keeps no secret
    check(EVP_CipherInit_ex(context_.get(), EVP_chacha20_poly1305(), nullptr, kKey.data(), nullptr,
                            seal_) == 1,
          "cipher");
  }

  // From `in` (a chunk, with its tag when opening) to `out`; the nonce counts up.
  void apply(std::span<const Byte> in, Byte* out) {
    std::array<Byte, 12> nonce{};
    for (std::size_t i = 0; i < 8; ++i) nonce[i] = static_cast<Byte>(counter_ >> (8 * i));
    ++counter_;
    EVP_CIPHER_CTX* c = context_.get();
    const std::size_t plain = seal_ ? in.size() : in.size() - kTag;
    bool good = EVP_CipherInit_ex(c, nullptr, nullptr, nullptr, nonce.data(), seal_) == 1;
    if (!seal_) {
      std::array<Byte, kTag> tag{};
      std::copy_n(in.data() + plain, kTag, tag.data());
      good = good && EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_TAG, kTag, tag.data()) == 1;
    }
    int length = 0;
    int rest = 0;
    good = good && EVP_CipherUpdate(c, out, &length, in.data(), static_cast<int>(plain)) == 1 &&
           EVP_CipherFinal_ex(c, out + length, &rest) == 1;
    if (seal_) {
      good = good && EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_GET_TAG, kTag, out + plain) == 1;
    }
    check(good, "chunk");
  }

 private:
  int seal_;
  std::uint64_t counter_ = 0;
  Owned<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free> context_;
};

// A server's context with a certificate made here; the client of this program checks none.
Context server_context() {
  Context context(SSL_CTX_new(TLS_server_method()));
  const Owned<EVP_PKEY, EVP_PKEY_free> key(EVP_EC_gen("P-256"));
  const Owned<X509, X509_free> certificate(X509_new());
  check(context && key && certificate, "certificate");
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), 0);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  check(X509_set_pubkey(certificate.get(), key.get()) == 1 &&
            X509_sign(certificate.get(), key.get(), EVP_sha256()) > 0 &&
            SSL_CTX_set_min_proto_version(context.get(), TLS1_3_VERSION) == 1 &&
            SSL_CTX_use_certificate(context.get(), certificate.get()) == 1 &&
            SSL_CTX_use_PrivateKey(context.get(), key.get()) == 1,
        "certificate");
  return context;
}

Connection handshake(SSL_CTX* context, int fd, bool server) {
  Connection connection(SSL_new(context));
  check(connection && SSL_set_fd(connection.get(), fd) == 1 &&
            (server ? SSL_accept(connection.get()) : SSL_connect(connection.get())) == 1,
        "handshake");
  return connection;
}

// Fills `out` unless the stream ends.
std::size_t read_full(SSL* connection, std::span<Byte> out) {
  std::size_t filled = 0;
  std::size_t got = 0;
  while (filled < out.size() &&
         SSL_read_ex(connection, out.data() + filled, out.size() - filled, &got) == 1) {
    filled += got;
  }
  return filled;
}

void send_all(SSL* connection, std::span<const Byte> bytes) {
  std::size_t sent = 0;
  check(SSL_write_ex(connection, bytes.data(), bytes.size(), &sent) == 1 && sent == bytes.size(),
        "send");
}

void write_at(int file, std::span<const Byte> bytes, std::uint64_t offset) {
  check(pwrite(file, bytes.data(), bytes.size(), static_cast<off_t>(offset)) ==
            static_cast<ssize_t>(bytes.size()),
        "write");
}

std::vector<Byte> sample(std::size_t size) {
  std::vector<Byte> bytes(size);
  std::uint64_t state = 0x9e3779b97f4a7c15;
  for (Byte& byte : bytes) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    byte = static_cast<Byte>(state);
  }
  return bytes;
}

// Writes the whole FILE and flushes it, so that its blocks are owned; sealed as `read` expects it.
void prepare(int file, std::uint64_t size) {
  ChunkCipher cipher(true);
  const auto plain = sample(kChunk);
  std::vector<Byte> sealed(kWrite);
  std::uint64_t offset = 0;
  for (std::uint64_t done = 0; done < size;) {
    std::size_t used = 0;
    for (; used < kWrite && done < size; done += kChunk, used += kSealed) {
      cipher.apply(plain, sealed.data() + used);
    }
    write_at(file, std::span(sealed).first(used), offset);
    offset += used;
  }
  check(fsync(file) == 0, "flush");
}

void receive_and_seal(SSL* connection, int file, std::uint64_t size) {
  const Owned<EVP_MD_CTX, EVP_MD_CTX_free> hash(EVP_MD_CTX_new());
  check(EVP_DigestInit_ex(hash.get(), EVP_sha256(), nullptr) == 1, "hash");
  ChunkCipher cipher(true);
  std::vector<Byte> plain(kChunk);
  std::vector<Byte> sealed(kWrite);
  std::uint64_t offset = 0;
  for (std::uint64_t done = 0; done < size;) {
    std::size_t used = 0;
    for (; used < kWrite && done < size; done += kChunk, used += kSealed) {
      check(read_full(connection, plain) == kChunk, "receive");
      check(EVP_DigestUpdate(hash.get(), plain.data(), kChunk) == 1, "hash");
      cipher.apply(plain, sealed.data() + used);
    }
    write_at(file, std::span(sealed).first(used), offset);
    offset += used;
  }
  check(fdatasync(file) == 0, "flush");
  std::array<Byte, 32> digest{};
  check(EVP_DigestFinal_ex(hash.get(), digest.data(), nullptr) == 1, "hash");
  send_all(connection, digest);
}

void open_and_send(SSL* connection, int file, std::uint64_t size) {
  ChunkCipher cipher(false);
  std::vector<Byte> sealed(kWrite);
  std::vector<Byte> plain(kChunk);
  std::uint64_t offset = 0;
  for (std::uint64_t done = 0; done < size;) {
    const ssize_t got = pread(file, sealed.data(), kWrite, static_cast<off_t>(offset));
    check(got > 0 && static_cast<std::size_t>(got) % kSealed == 0, "read");
    offset += static_cast<std::uint64_t>(got);
    for (std::size_t at = 0; at < static_cast<std::size_t>(got); at += kSealed, done += kChunk) {
      cipher.apply(std::span(sealed).subspan(at, kSealed), plain.data());
      send_all(connection, plain);
    }
  }
}

// The other end, a process of its own, as curl would be.
[[noreturn]] void run_client(std::uint16_t port, bool deposit, std::uint64_t size) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  check(connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0, "connect");
  const Context context(SSL_CTX_new(TLS_client_method()));
  const Connection connection = handshake(context.get(), fd, false);
  auto buffer = sample(kChunk);
  if (deposit) {
    for (std::uint64_t done = 0; done < size; done += kChunk) send_all(connection.get(), buffer);
    check(read_full(connection.get(), std::span(buffer).first(32)) == 32, "answer");
  } else {
    for (std::uint64_t done = 0; done < size; done += kChunk) {
      check(read_full(connection.get(), buffer) == kChunk, "receive");
    }
  }
  std::_Exit(0);
}

// Seconds from the accepted connection to the client's end.
double run(bool deposit, int file, std::uint64_t size) {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  check(bind(listener, any, length) == 0 && listen(listener, 1) == 0 &&
            getsockname(listener, any, &length) == 0,
        "listen");
  const Context context = server_context();
  const pid_t client = fork();
  check(client >= 0, "fork");
  if (client == 0) run_client(ntohs(address.sin_port), deposit, size);

  const int fd = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
  const auto began = Clock::now();
  const Connection connection = handshake(context.get(), fd, true);
  deposit ? receive_and_seal(connection.get(), file, size)
          : open_and_send(connection.get(), file, size);
  int status = 1;
  check(waitpid(client, &status, 0) == client && status == 0, "client");
  const std::chrono::duration<double> took = Clock::now() - began;
  close(fd);
  close(listener);
  return took.count();
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view mode = argc > 1 ? argv[1] : "";
  const std::uint64_t size =
      argc > 3 ? std::strtoull(argv[3], nullptr, 10) : std::uint64_t{1} << 30;
  if (argc < 3 || (mode != "deposit" && mode != "read") || size == 0 || size % kChunk != 0) {
    (void)std::fputs("line_bulk deposit|read FILE [BYTES, a multiple of 65536]\n", stderr);
    return 2;
  }
  const int file = open(argv[2], O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  check(file >= 0, "file");
  prepare(file, size);
  const double seconds = run(mode == "deposit", file, size);
  std::printf("{\"mode\":\"%s\",\"bytes\":%llu,\"seconds\":%.4f,\"mb_per_s\":%.1f}\n", argv[1],
              static_cast<unsigned long long>(size), seconds,
              static_cast<double>(size) / 1e6 / seconds);
  return 0;
}
