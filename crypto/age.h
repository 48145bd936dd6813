// Sealed objects: the age v1 file format (c2sp.org/age; FORMAT.md, "Sealed object").
//
// A sealed object is a header (who can open it) and a payload (nonce and chunks of 64 KiB). The two
// can be made, kept and opened apart; headers for new holders are made without touching the
// payload. Streaming both ways: at most one chunk of plaintext is in memory, and it is wiped after
// use. Thread-safe: no state is shared between calls.
#pragma once

#include <functional>
#include <iosfwd>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "crypto/bytes.h"
#include "crypto/error.h"
#include "crypto/id.h"
#include "crypto/keys.h"
#include "crypto/secret.h"

namespace crypto::age {

inline constexpr std::size_t kChunkSize = 65536;
inline constexpr std::size_t kTagSize = 16;
inline constexpr std::size_t kSealedChunkSize = kChunkSize + kTagSize;
inline constexpr std::size_t kNonceSize = 16;
inline constexpr std::size_t kMaxHeaderSize = std::size_t{1} << 20;
using PayloadNonce = Block<kNonceSize>;

// ---- The header ----

struct Stanza {
  std::string type;
  std::vector<std::string> args;
  Bytes body;
};

// What an object is: the stanza `segel/v1 KIND ID VERSION GENERATION` with an empty body, first in
// every header of ours. The MAC covers it and stock age ignores it; it is compared on every open,
// so that whoever holds the disk cannot put one object in the place of another.
enum class Kind { document, manifest, lockbox, previous, challenge };
struct Binding {
  Kind kind = Kind::document;
  Id id;
  std::uint64_t version = 0;
  std::uint64_t generation = 0;
  bool operator==(const Binding&) const = default;
  Stanza stanza() const;
  static Result<Binding> parse(const Stanza& stanza);  // Errors: malformed
};

struct Header {
  std::vector<Stanza> stanzas;
  Digest mac{};
  Bytes covered;         // what the MAC covers: all up to and with "---"
  std::size_t size = 0;  // bytes of the header in the file, newline included
};

// Reads the header that `file` begins with. Strict, as the specification says.
// Errors: malformed (also: not complete in `file`), unsupported (another version of age).
Result<Header> parse_header(ByteView file);
// Whether `begin`, the first bytes of a file, holds the whole header. Errors: malformed (too long).
Result<bool> header_complete(ByteView begin);

// A header that wraps `key` for each recipient. REQUIRES: recipients not empty, none a low-order
// point (Recipient::parse refuses those).
Bytes make_header(const FileKey& key, std::span<const Recipient> recipients,
                  const std::optional<Binding>& binding);
// One recipient, bound: what the vault stores for a holder.
Bytes make_header(const FileKey& key, const Recipient& recipient, const Binding& binding);
// The one stanza a passphrase header may have. work_factor: log2 of scrypt's N (age's default is
// 18).
Bytes make_passphrase_header(const FileKey& key, const SecretBytes& passphrase,
                             unsigned work_factor);

// The file key, once the MAC is verified with it. With `binding`: the header must carry that one.
// Errors: no_matching_identity, malformed, tampered (MAC), wrong_binding.
Result<FileKey> unwrap(const Header& header, std::span<const Identity> identities,
                       const std::optional<Binding>& binding = std::nullopt);
Result<FileKey> unwrap(const Header& header, const Identity& identity, const Binding& binding);
// Errors: as above; excessive_work above `max_work_factor`.
Result<FileKey> unwrap_with_passphrase(const Header& header, const SecretBytes& passphrase,
                                       unsigned max_work_factor = 22);
bool is_passphrase_header(const Header& header);

// A commitment to the file key (HKDF-SHA-256, info "segel/v1/commitment"): ChaCha20-Poly1305 alone
// lets one ciphertext open under two keys.
Digest commitment(const FileKey& key);

// ---- The payload ----

// Sizes: of a payload (nonce and chunks) of so many plaintext bytes, and back.
std::uint64_t sealed_size(std::uint64_t plain_size);
Result<std::uint64_t> plain_size(std::uint64_t sealed_size);  // Errors: malformed

// Seals chunk after chunk. Movable; one thread at a time.
class PayloadSealer {
 public:
  PayloadSealer(const FileKey& key, const PayloadNonce& nonce);
  PayloadSealer(PayloadSealer&&) noexcept;
  PayloadSealer& operator=(PayloadSealer&&) noexcept;
  ~PayloadSealer();

  // Writes plain.size() + kTagSize bytes to `out` (they may not overlap).
  // REQUIRES: plain is kChunkSize long, or `last`; empty only when it is all there is; none after
  // the last.
  void seal(ByteView plain, bool last, std::uint8_t* out);
  // Of nonce and chunks so far (PayloadRoot).
  Digest payload_root() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Opens any chunk, in any order. One thread at a time.
class PayloadOpener {
 public:
  PayloadOpener(const FileKey& key, const PayloadNonce& nonce);
  PayloadOpener(PayloadOpener&&) noexcept;
  PayloadOpener& operator=(PayloadOpener&&) noexcept;
  ~PayloadOpener();

  // Opens chunk `index` of sealed.size() - kTagSize bytes into `out`. Errors: tampered.
  Result<void> open(std::uint64_t index, bool last, ByteView sealed, std::uint8_t* out);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// The RFC 6962 root over a payload's nonce and whole sealed chunks (FORMAT.md, "Payload root"): one
// short value that fixes every byte, computed without a key.
class PayloadRoot {
 public:
  explicit PayloadRoot(const PayloadNonce& nonce);
  PayloadRoot(PayloadRoot&&) noexcept;
  PayloadRoot& operator=(PayloadRoot&&) noexcept;
  ~PayloadRoot();
  void add(ByteView sealed_chunk);
  Digest root() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// ---- Whole objects ----

// Small objects that fit in memory. A sealed one is a complete age file.
Bytes seal(ByteView plain, const Recipient& recipient, const Binding& binding);
// Errors: as unwrap and PayloadOpener::open.
Result<SecretBytes> open(ByteView sealed, const Identity& identity, const Binding& binding);
// The payload alone (nonce and chunks), and back.
Bytes seal_payload(ByteView plain, const FileKey& key);
Result<SecretBytes> open_payload(ByteView payload, const FileKey& key);

// Streams of any length, for files: seals for recipients, or for a passphrase.
// After an error, what is in `sealed` is not a document: discard it. Errors: read_failed,
// write_failed.
Result<void> seal(std::istream& plain, std::span<const Recipient> recipients, std::ostream& sealed);
Result<void> seal_with_passphrase(std::istream& plain, const SecretBytes& passphrase,
                                  unsigned work_factor, std::ostream& sealed);

// Opens with the first of `identities` that fits, or asks for a passphrase when the header wants
// one. Bytes reach `plain` only once they are verified, but until the call returns they may be a
// prefix of the document. Armored or not is seen from the first bytes. Errors: malformed,
// unsupported, no_matching_identity, tampered, excessive_work, read_failed, write_failed.
struct Openers {
  std::span<const Identity> identities;
  const SecretBytes* passphrase = nullptr;
  // Called once, and only for a passphrase file where `passphrase` is null. None, or nothing to
  // call: such a file is no_matching_identity.
  std::function<std::optional<SecretBytes>()> ask = {};
};
Result<void> open(std::istream& sealed, const Openers& openers, std::ostream& plain);

// ---- Armor (PEM-like text form of the specification) ----

// An output stream buffer that armors what is written; finish() writes the end line.
class ArmorWriter {
 public:
  explicit ArmorWriter(std::ostream& out);
  ~ArmorWriter();
  std::ostream& stream();
  Result<void> finish();  // Errors: write_failed

 private:
  struct State;
  std::unique_ptr<State> state_;
};
// Strict, streaming reader of an armored file; the stream fails (badbit) at what is not armor, and
// malformed() tells that from a failing source.
class ArmorReader {
 public:
  explicit ArmorReader(std::istream& in);
  ~ArmorReader();
  std::istream& stream();
  bool malformed() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};
bool looks_armored(ByteView begin);  // white space, then "-----BEGIN AGE ENCRYPTED FILE-----"

}  // namespace crypto::age
