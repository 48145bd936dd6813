// The binding stanza: which object a header belongs to (FORMAT.md, "Binding").
#include <charconv>

#include "crypto/age.h"

namespace crypto::age {
namespace {

constexpr std::string_view kStanzaType = "segel/v1";

struct KindName {
  Kind kind;
  std::string_view name;
};
constexpr KindName kKinds[] = {
    {Kind::document, "document"}, {Kind::manifest, "manifest"},   {Kind::lockbox, "lockbox"},
    {Kind::previous, "previous"}, {Kind::challenge, "challenge"},
};

std::string_view name_of(Kind kind) {
  for (const KindName& row : kKinds) {
    if (row.kind == kind) return row.name;
  }
  return {};
}

Result<Kind> kind_named(std::string_view name) {
  for (const KindName& row : kKinds) {
    if (row.name == name) return row.kind;
  }
  return tl::unexpected(Errc::malformed);
}

// Digits without a leading zero, so that a number has one text.
Result<std::uint64_t> parse_number(std::string_view text) {
  if (text.empty() || (text.size() > 1 && text.front() == '0')) {
    return tl::unexpected(Errc::malformed);
  }
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || stop != end) return tl::unexpected(Errc::malformed);
  return number;
}

}  // namespace

Stanza Binding::stanza() const {
  return {
      std::string(kStanzaType),
      {std::string(name_of(kind)), id.text(), std::to_string(version), std::to_string(generation)},
      {}};
}

Result<Binding> Binding::parse(const Stanza& stanza) {
  if (stanza.type != kStanzaType || stanza.args.size() != 4 || !stanza.body.empty()) {
    return tl::unexpected(Errc::malformed);
  }
  const auto kind = kind_named(stanza.args[0]);
  const auto id = Id::parse(stanza.args[1]);
  const auto version = parse_number(stanza.args[2]);
  const auto generation = parse_number(stanza.args[3]);
  if (!kind || !id || !version || !generation) return tl::unexpected(Errc::malformed);
  return Binding{*kind, *id, *version, *generation};
}

}  // namespace crypto::age
