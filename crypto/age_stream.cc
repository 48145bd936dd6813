// Whole objects: sealed and opened as streams, or in memory where they are small.
#include <istream>
#include <ostream>

#include "crypto/age.h"

namespace crypto::age {
namespace {

// One chunk on its way; the plaintext in it is wiped.
class ChunkBuffer {
 public:
  ChunkBuffer() : bytes_(kSealedChunkSize) {}
  ChunkBuffer(const ChunkBuffer&) = delete;
  ChunkBuffer& operator=(const ChunkBuffer&) = delete;
  ~ChunkBuffer() { wipe(bytes_); }

  std::uint8_t* data() { return bytes_.data(); }
  ByteView first(std::size_t size) const { return ByteView(bytes_).first(size); }

 private:
  Bytes bytes_;
};

std::size_t read_some(std::istream& in, std::uint8_t* out, std::size_t size) {
  in.read(reinterpret_cast<char*>(out), static_cast<std::streamsize>(size));
  return static_cast<std::size_t>(in.gcount());
}

bool at_end(std::istream& in) { return in.eof() || in.peek() == std::istream::traits_type::eof(); }

Result<void> write_all(std::ostream& out, ByteView bytes) {
  out.write(reinterpret_cast<const char*>(bytes.data()),
            static_cast<std::streamsize>(bytes.size()));
  if (!out) return tl::unexpected(Errc::write_failed);
  return {};
}

Result<void> flushed(std::ostream& out) {
  if (!out.flush()) return tl::unexpected(Errc::write_failed);
  return {};
}

Result<void> seal_chunks(std::istream& plain, const FileKey& key, std::ostream& sealed) {
  const auto nonce = random_block<kNonceSize>();
  if (const auto wrote = write_all(sealed, nonce); !wrote) return wrote;

  PayloadSealer sealer(key, nonce);
  ChunkBuffer in;
  ChunkBuffer out;
  for (bool last = false; !last;) {
    const std::size_t size = read_some(plain, in.data(), kChunkSize);
    last = size < kChunkSize || at_end(plain);
    if (plain.bad()) return tl::unexpected(Errc::read_failed);
    sealer.seal(in.first(size), last, out.data());
    if (const auto wrote = write_all(sealed, out.first(size + kTagSize)); !wrote) return wrote;
  }
  return flushed(sealed);
}

Result<void> open_chunks(std::istream& sealed, const FileKey& key, std::ostream& plain) {
  PayloadNonce nonce;
  const std::size_t got = read_some(sealed, nonce.data(), nonce.size());
  if (sealed.bad()) return tl::unexpected(Errc::read_failed);
  if (got < nonce.size()) return tl::unexpected(Errc::malformed);

  PayloadOpener opener(key, nonce);
  ChunkBuffer in;
  ChunkBuffer out;
  for (std::uint64_t index = 0;; ++index) {
    const std::size_t size = read_some(sealed, in.data(), kSealedChunkSize);
    const bool last = size < kSealedChunkSize || at_end(sealed);
    if (sealed.bad()) return tl::unexpected(Errc::read_failed);

    const bool opened = opener.open(index, last, in.first(size), out.data()).has_value();
    // Genuine but at a wrong end: the file was cut between two chunks, or something was appended.
    // Its plaintext is still what was sealed here, and goes out as other programs let it.
    const bool genuine = opened || opener.open(index, !last, in.first(size), out.data());
    if (!genuine) return tl::unexpected(Errc::tampered);
    if (const auto wrote = write_all(plain, out.first(size - kTagSize)); !wrote) return wrote;
    if (!opened) return tl::unexpected(Errc::tampered);
    if (last) return flushed(plain);
  }
}

// Takes the header and not a byte more from the stream: the payload follows it at once.
Result<Header> read_header(std::istream& sealed) {
  Bytes bytes;
  std::size_t line = 0;  // where the present one begins
  for (char c = 0; sealed.get(c);) {
    bytes.push_back(static_cast<std::uint8_t>(c));
    if (c == '\n') {
      if (as_text(bytes).substr(line).starts_with("---")) return parse_header(bytes);
      line = bytes.size();
    }
    // What is not of the format is refused at its first bytes, however long it is.
    if (bytes.size() < 64 || bytes.size() == kMaxHeaderSize) {
      if (const auto begun = header_complete(bytes); !begun) {
        return tl::unexpected(begun.error());
      }
    }
  }
  return tl::unexpected(sealed.bad() ? Errc::read_failed : Errc::malformed);
}

Result<FileKey> unwrap_with(const Header& header, const Openers& openers) {
  if (!is_passphrase_header(header)) return unwrap(header, openers.identities);
  if (openers.passphrase != nullptr) return unwrap_with_passphrase(header, *openers.passphrase);
  const auto asked = openers.ask ? openers.ask() : std::nullopt;
  if (!asked) return tl::unexpected(Errc::no_matching_identity);
  return unwrap_with_passphrase(header, *asked);
}

Result<void> open_binary(std::istream& sealed, const Openers& openers, std::ostream& plain) {
  const auto header = read_header(sealed);
  if (!header) return tl::unexpected(header.error());
  const auto key = unwrap_with(*header, openers);
  if (!key) return tl::unexpected(key.error());
  return open_chunks(sealed, *key, plain);
}

Result<void> open_armored(std::istream& sealed, const Openers& openers, std::ostream& plain) {
  ArmorReader reader(sealed);
  auto opened = open_binary(reader.stream(), openers, plain);
  if (reader.malformed()) return tl::unexpected(Errc::malformed);
  return opened;
}

bool is_white_space(int c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// Whether armor follows, by its first character. White space may come before armor, in lines of
// its own, and before nothing else. Errors: malformed, read_failed.
Result<bool> armor_follows(std::istream& sealed) {
  constexpr int kMaxWhiteSpace = 1024;
  int before = '\n';
  for (int skipped = 0; skipped < kMaxWhiteSpace; ++skipped) {
    const int next = sealed.peek();
    if (sealed.bad()) return tl::unexpected(Errc::read_failed);
    if (!is_white_space(next)) {
      if (next == '-' && before == '\n') return true;
      if (skipped == 0) return false;
      break;
    }
    before = sealed.get();
  }
  return tl::unexpected(Errc::malformed);
}

}  // namespace

Bytes seal(ByteView plain, const Recipient& recipient, const Binding& binding) {
  const FileKey key = FileKey::random();
  Bytes sealed = make_header(key, recipient, binding);
  append(sealed, seal_payload(plain, key));
  return sealed;
}

Result<SecretBytes> open(ByteView sealed, const Identity& identity, const Binding& binding) {
  const auto header = parse_header(sealed);
  if (!header) return tl::unexpected(header.error());
  const auto key = unwrap(*header, identity, binding);
  if (!key) return tl::unexpected(key.error());
  return open_payload(sealed.subspan(header->size), *key);
}

Result<void> seal(std::istream& plain, std::span<const Recipient> recipients,
                  std::ostream& sealed) {
  const FileKey key = FileKey::random();
  const Bytes header = make_header(key, recipients, std::nullopt);
  if (const auto wrote = write_all(sealed, header); !wrote) return wrote;
  return seal_chunks(plain, key, sealed);
}

Result<void> seal_with_passphrase(std::istream& plain, const SecretBytes& passphrase,
                                  unsigned work_factor, std::ostream& sealed) {
  const FileKey key = FileKey::random();
  const Bytes header = make_passphrase_header(key, passphrase, work_factor);
  if (const auto wrote = write_all(sealed, header); !wrote) return wrote;
  return seal_chunks(plain, key, sealed);
}

Result<void> open(std::istream& sealed, const Openers& openers, std::ostream& plain) {
  const auto armored = armor_follows(sealed);
  if (!armored) return tl::unexpected(armored.error());
  return *armored ? open_armored(sealed, openers, plain) : open_binary(sealed, openers, plain);
}

}  // namespace crypto::age
