#include "crypto/note.h"

#include <algorithm>

#include "crypto/encoding.h"
#include "crypto/hash.h"
#include "crypto/utf8.h"

namespace crypto {
namespace {

constexpr std::string_view kSignatureStart = "\xe2\x80\x94 ";  // an em dash and a space
constexpr std::uint8_t kEd25519 = 0x01;
constexpr std::size_t kMaxNote = std::size_t{64} * 1024;
constexpr std::size_t kMaxSignatures = 100;
constexpr std::size_t kHashSize = 4;

Block<kHashSize> big_endian(std::uint32_t value) {
  return {static_cast<std::uint8_t>(value >> 24), static_cast<std::uint8_t>(value >> 16 & 0xff),
          static_cast<std::uint8_t>(value >> 8 & 0xff), static_cast<std::uint8_t>(value & 0xff)};
}

std::uint32_t from_big_endian(ByteView bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < kHashSize; ++i) value = value << 8 | bytes[i];
  return value;
}

bool is_note_name(std::string_view name) {
  if (name.empty() || name.find('+') != std::string_view::npos || !is_utf8(name)) return false;
  return !has_unicode_space(name) && std::none_of(name.begin(), name.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20;
  });
}

bool is_note_text(std::string_view encoded) {
  return is_utf8(encoded) && std::none_of(encoded.begin(), encoded.end(), [](char c) {
           return static_cast<unsigned char>(c) < 0x20 && c != '\n';
         });
}

// `line` without its newline.
Result<NoteSignature> parse_signature(std::string_view line) {
  const auto malformed = tl::unexpected(Errc::malformed);
  if (!line.starts_with(kSignatureStart)) return malformed;
  line.remove_prefix(kSignatureStart.size());
  const std::size_t space = line.find(' ');
  if (space == std::string_view::npos || !is_note_name(line.substr(0, space))) return malformed;
  const auto raw = from_base64(line.substr(space + 1));
  if (!raw || raw->size() <= kHashSize) return malformed;
  return NoteSignature{std::string(line.substr(0, space)), from_big_endian(*raw),
                       Bytes(raw->begin() + kHashSize, raw->end())};
}

}  // namespace

std::uint32_t NoteVerifier::hash() const {
  constexpr std::uint8_t kSeparator[] = {'\n', kEd25519};
  return from_big_endian(sha256({as_bytes(name), kSeparator, key.key}));
}

std::string NoteVerifier::text() const {
  Bytes typed{kEd25519};
  append(typed, key.key);
  return name + '+' + to_hex(big_endian(hash())) + '+' + base64(typed);
}

Result<NoteVerifier> NoteVerifier::parse(std::string_view vkey) {
  const auto malformed = tl::unexpected(Errc::malformed);
  const std::size_t name_end = vkey.find('+');
  if (name_end == std::string_view::npos) return malformed;
  const std::size_t hash_end = vkey.find('+', name_end + 1);
  if (hash_end == std::string_view::npos) return malformed;
  const std::string_view name = vkey.substr(0, name_end);
  const auto hash = from_hex(vkey.substr(name_end + 1, hash_end - name_end - 1));
  const auto typed = from_base64(vkey.substr(hash_end + 1));
  if (!is_note_name(name) || !hash || hash->size() != kHashSize || !typed || typed->empty()) {
    return malformed;
  }
  if (typed->front() != kEd25519) return tl::unexpected(Errc::unsupported);
  const auto key = VerifyKey::parse(base64(ByteView(*typed).subspan(1)));
  if (!key) return malformed;
  NoteVerifier verifier{std::string(name), *key};
  if (verifier.hash() != from_big_endian(*hash)) return malformed;
  return verifier;
}

void Note::sign(const std::string& name, const SigningKey& key) {
  const Signature signature = key.sign(as_bytes(text));
  signatures.push_back({name, NoteVerifier{name, key.verify_key()}.hash(), to_bytes(signature)});
}

std::string Note::encode() const {
  std::string encoded = text + '\n';
  for (const NoteSignature& signature : signatures) {
    Bytes raw = to_bytes(big_endian(signature.hash));
    append(raw, signature.signature);
    encoded.append(kSignatureStart).append(signature.name).append(1, ' ');
    encoded.append(base64(raw)).append(1, '\n');
  }
  return encoded;
}

Result<Note> Note::parse(std::string_view encoded) {
  const auto malformed = tl::unexpected(Errc::malformed);
  if (encoded.size() > kMaxNote || !encoded.ends_with('\n') || !is_note_text(encoded)) {
    return malformed;
  }
  // The last blank line: the text may have others, and even lines that look like signatures.
  const std::size_t text_end = encoded.rfind("\n\n");
  if (text_end == std::string_view::npos) return malformed;
  Note note{std::string(encoded.substr(0, text_end + 1)), {}};
  std::string_view lines = encoded.substr(text_end + 2);
  while (!lines.empty()) {
    if (note.signatures.size() == kMaxSignatures) return malformed;
    const std::size_t line_end = lines.find('\n');
    auto signature = parse_signature(lines.substr(0, line_end));
    if (!signature) return tl::unexpected(signature.error());
    note.signatures.push_back(std::move(*signature));
    lines.remove_prefix(line_end + 1);
  }
  if (note.signatures.empty()) return malformed;
  return note;
}

Result<void> Note::verify(const NoteVerifier& verifier) const {
  const std::uint32_t hash = verifier.hash();
  bool verified = false;
  for (const NoteSignature& line : signatures) {
    if (line.name != verifier.name || line.hash != hash) continue;
    Signature signature;
    if (line.signature.size() != signature.size()) return tl::unexpected(Errc::untrusted);
    std::copy(line.signature.begin(), line.signature.end(), signature.begin());
    if (!verifier.key.verify(as_bytes(text), signature)) return tl::unexpected(Errc::untrusted);
    verified = true;
  }
  if (!verified) return tl::unexpected(Errc::untrusted);
  return {};
}

}  // namespace crypto
