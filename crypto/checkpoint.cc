#include "crypto/checkpoint.h"

#include <algorithm>
#include <charconv>

#include "crypto/encoding.h"

namespace crypto {
namespace {

// Takes a line off the front of `text`, without its newline. Errors: malformed (there is none).
Result<std::string_view> take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  if (end == 0 || end == std::string_view::npos) return tl::unexpected(Errc::malformed);
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

}  // namespace

std::string Checkpoint::body() const {
  return origin + '\n' + std::to_string(size) + '\n' + base64(root) + '\n';
}

Result<Checkpoint> Checkpoint::parse_body(std::string_view text) {
  const auto malformed = tl::unexpected(Errc::malformed);
  const std::string_view whole = text;
  const auto origin = take_line(text);
  if (!origin) return malformed;
  const auto size = take_line(text);
  if (!size) return malformed;
  const auto root = take_line(text);
  if (!root) return malformed;

  Checkpoint checkpoint{std::string(*origin), 0, {}};
  const auto parsed = std::from_chars(size->data(), size->data() + size->size(), checkpoint.size);
  const auto hash = from_base64(*root);
  if (parsed.ec != std::errc() || !hash || hash->size() != checkpoint.root.size()) {
    return malformed;
  }
  std::copy(hash->begin(), hash->end(), checkpoint.root.begin());
  // Leading zeros, a sign, and extension lines, which no monitor could audit.
  if (checkpoint.body() != whole) return malformed;
  return checkpoint;
}

std::string Checkpoint::sign(const SigningKey& key) const {
  Note note{body(), {}};
  note.sign(origin, key);
  return note.encode();
}

Result<Checkpoint> Checkpoint::open(std::string_view note, const NoteVerifier& log) {
  const auto parsed = Note::parse(note);
  if (!parsed) return tl::unexpected(parsed.error());
  if (const auto verified = parsed->verify(log); !verified) {
    return tl::unexpected(verified.error());
  }
  auto checkpoint = parse_body(parsed->text);
  // A key that signs for two logs must not let one be taken for the other.
  if (checkpoint && checkpoint->origin != log.name) return tl::unexpected(Errc::untrusted);
  return checkpoint;
}

}  // namespace crypto
