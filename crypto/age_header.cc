// The header of a sealed object: its grammar, its MAC, and the file key in it.
#include <algorithm>
#include <optional>

#include "crypto/age.h"
#include "crypto/age_stanza.h"
#include "crypto/encoding.h"
#include "crypto/hash.h"

namespace crypto::age {
namespace {

constexpr std::string_view kOrigin = "age-encryption.org/";
constexpr std::string_view kVersionLine = "age-encryption.org/v1";
constexpr std::string_view kStanzaMark = "-> ";
constexpr std::string_view kEndMark = "---";
constexpr std::size_t kColumns = 64;

bool is_visible(char c) { return c >= 0x21 && c <= 0x7e; }

// Cuts a text into lines that end with a line feed; what follows the last one is no line.
class Lines {
 public:
  explicit Lines(std::string_view text) : text_(text) {}

  std::optional<std::string_view> next() {
    const auto end = text_.find('\n', position_);
    if (end == std::string_view::npos) return std::nullopt;
    const auto line = text_.substr(position_, end - position_);
    position_ = end + 1;
    return line;
  }
  std::size_t position() const { return position_; }

 private:
  std::string_view text_;
  std::size_t position_ = 0;
};

Result<std::vector<std::string>> parse_arguments(std::string_view line) {
  std::vector<std::string> arguments;
  for (;;) {
    const auto end = std::min(line.find(' '), line.size());
    const auto argument = line.substr(0, end);
    if (argument.empty() || !std::all_of(argument.begin(), argument.end(), is_visible)) {
      return tl::unexpected(Errc::malformed);
    }
    arguments.emplace_back(argument);
    if (end == line.size()) return arguments;
    line.remove_prefix(end + 1);
  }
}

// A body ends at its first line shorter than 64 columns, which may be empty and may not be left
// out: otherwise one stanza would have two texts.
Result<Bytes> parse_body(Lines& lines) {
  Bytes body;
  for (;;) {
    const auto line = lines.next();
    if (!line || line->size() > kColumns) return tl::unexpected(Errc::malformed);
    const auto bytes = from_base64_raw(*line);
    if (!bytes) return tl::unexpected(Errc::malformed);
    append(body, *bytes);
    if (line->size() < kColumns) return body;
  }
}

Result<Stanza> parse_stanza(std::string_view first_line, Lines& lines) {
  if (!first_line.starts_with(kStanzaMark)) return tl::unexpected(Errc::malformed);
  auto arguments = parse_arguments(first_line.substr(kStanzaMark.size()));
  if (!arguments) return tl::unexpected(arguments.error());
  auto body = parse_body(lines);
  if (!body) return tl::unexpected(body.error());

  Stanza stanza;
  stanza.type = std::move(arguments->front());
  stanza.args.assign(std::make_move_iterator(arguments->begin() + 1),
                     std::make_move_iterator(arguments->end()));
  stanza.body = std::move(*body);
  return stanza;
}

Result<Digest> parse_mac(std::string_view line) {
  if (line.size() <= kEndMark.size() || line[kEndMark.size()] != ' ') {
    return tl::unexpected(Errc::malformed);
  }
  const auto bytes = from_base64_raw(line.substr(kEndMark.size() + 1));
  Digest mac;
  if (!bytes || bytes->size() != mac.size()) return tl::unexpected(Errc::malformed);
  std::copy(bytes->begin(), bytes->end(), mac.begin());
  return mac;
}

Result<void> check_version(std::optional<std::string_view> line) {
  if (!line || !line->starts_with(kOrigin)) return tl::unexpected(Errc::malformed);
  if (*line == kVersionLine) return {};
  const auto version = line->substr(kOrigin.size());
  const bool plausible =
      !version.empty() && std::all_of(version.begin(), version.end(), is_visible);
  return tl::unexpected(plausible ? Errc::unsupported : Errc::malformed);
}

// Types known here are checked before any key is tried, so that what is refused does not depend on
// who opens. A passphrase says who sealed the file, which a second stanza would undo.
Result<void> check_stanzas(const std::vector<Stanza>& stanzas) {
  if (stanzas.empty()) return tl::unexpected(Errc::malformed);
  for (const Stanza& stanza : stanzas) {
    if (const auto form = check_x25519_form(stanza); !form) return form;
    if (const auto form = check_scrypt_form(stanza); !form) return form;
    if (is_scrypt(stanza) && stanzas.size() > 1) return tl::unexpected(Errc::malformed);
  }
  return {};
}

void append_stanza(std::string& text, const Stanza& stanza) {
  text.append(kStanzaMark).append(stanza.type);
  for (const std::string& argument : stanza.args) text.append(" ").append(argument);
  text += '\n';

  const std::string body = base64_raw(stanza.body);
  for (std::size_t at = 0; at <= body.size(); at += kColumns) {
    text.append(body, at, kColumns) += '\n';
  }
}

Digest header_mac(const FileKey& key, ByteView covered) {
  auto mac_key = Secret<struct HeaderMacKeyTag, 32>::zeros();
  hkdf_sha256(key.expose(), {}, "header", mac_key.expose_mutable());
  return hmac_sha256(mac_key.expose(), covered);
}

Bytes assemble(const FileKey& key, std::span<const Stanza> stanzas) {
  std::string text(kVersionLine);
  text += '\n';
  for (const Stanza& stanza : stanzas) append_stanza(text, stanza);
  text.append(kEndMark);
  const Digest mac = header_mac(key, as_bytes(text));
  text.append(" ").append(base64_raw(mac)) += '\n';
  return to_bytes(as_bytes(text));
}

// The MAC before the binding: what a stranger wrote is tampered with, and not another object.
Result<FileKey> verified(const Header& header, FileKey key, const std::optional<Binding>& wanted) {
  if (!equal_in_constant_time(header_mac(key, header.covered), header.mac)) {
    return tl::unexpected(Errc::tampered);
  }
  if (wanted) {
    const auto found = Binding::parse(header.stanzas.front());
    if (!found || *found != *wanted) return tl::unexpected(Errc::wrong_binding);
  }
  return key;
}

}  // namespace

Result<Header> parse_header(ByteView file) {
  const std::string_view text = as_text(file.first(std::min(file.size(), kMaxHeaderSize)));
  Lines lines(text);
  if (const auto version = check_version(lines.next()); !version) {
    return tl::unexpected(version.error());
  }

  Header header;
  for (;;) {
    const std::size_t begin = lines.position();
    const auto line = lines.next();
    if (!line) return tl::unexpected(Errc::malformed);
    if (line->starts_with(kEndMark)) {
      const auto mac = parse_mac(*line);
      if (!mac) return tl::unexpected(mac.error());
      header.mac = *mac;
      header.covered = to_bytes(file.first(begin + kEndMark.size()));
      header.size = lines.position();
      break;
    }
    auto stanza = parse_stanza(*line, lines);
    if (!stanza) return tl::unexpected(stanza.error());
    header.stanzas.push_back(std::move(*stanza));
  }
  if (const auto form = check_stanzas(header.stanzas); !form) return tl::unexpected(form.error());
  return header;
}

Result<bool> header_complete(ByteView begin) {
  const std::string_view text = as_text(begin);
  const auto known = std::min(text.size(), kOrigin.size());
  if (text.substr(0, known) != kOrigin.substr(0, known)) return tl::unexpected(Errc::malformed);

  // No line of a stanza begins so: "->" does not, and base64 has no hyphen.
  const auto mark = text.find("\n---");
  const auto end = mark == std::string_view::npos ? mark : text.find('\n', mark + 1);
  if (end < kMaxHeaderSize) return true;  // npos is not
  if (text.size() >= kMaxHeaderSize) return tl::unexpected(Errc::malformed);
  return false;
}

Bytes make_header(const FileKey& key, std::span<const Recipient> recipients,
                  const std::optional<Binding>& binding) {
  std::vector<Stanza> stanzas;
  stanzas.reserve(recipients.size() + 1);
  if (binding) stanzas.push_back(binding->stanza());
  for (const Recipient& recipient : recipients) stanzas.push_back(wrap_x25519(key, recipient));
  return assemble(key, stanzas);
}

Bytes make_header(const FileKey& key, const Recipient& recipient, const Binding& binding) {
  return make_header(key, std::span(&recipient, 1), binding);
}

Bytes make_passphrase_header(const FileKey& key, const SecretBytes& passphrase,
                             unsigned work_factor) {
  const Stanza stanza = wrap_scrypt(key, passphrase, work_factor);
  return assemble(key, std::span(&stanza, 1));
}

Result<FileKey> unwrap(const Header& header, std::span<const Identity> identities,
                       const std::optional<Binding>& binding) {
  for (const Identity& identity : identities) {
    for (const Stanza& stanza : header.stanzas) {
      if (!is_x25519(stanza)) continue;
      auto key = unwrap_x25519(stanza, identity);
      if (key) return verified(header, std::move(*key), binding);
      if (key.error() != Errc::no_matching_identity) return tl::unexpected(key.error());
    }
  }
  return tl::unexpected(Errc::no_matching_identity);
}

Result<FileKey> unwrap(const Header& header, const Identity& identity, const Binding& binding) {
  return unwrap(header, std::span(&identity, 1), binding);
}

Result<FileKey> unwrap_with_passphrase(const Header& header, const SecretBytes& passphrase,
                                       unsigned max_work_factor) {
  if (!is_passphrase_header(header)) return tl::unexpected(Errc::no_matching_identity);
  auto key = unwrap_scrypt(header.stanzas.front(), passphrase, max_work_factor);
  if (!key) return key;
  return verified(header, std::move(*key), std::nullopt);
}

bool is_passphrase_header(const Header& header) {
  return header.stanzas.size() == 1 && is_scrypt(header.stanzas.front());
}

Digest commitment(const FileKey& key) {
  Digest digest;
  hkdf_sha256(key.expose(), {}, "segel/v1/commitment", digest);
  return digest;
}

}  // namespace crypto::age
