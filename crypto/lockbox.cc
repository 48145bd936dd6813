#include "crypto/lockbox.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "crypto/age.h"
#include "crypto/encoding.h"

namespace crypto {
namespace {

constexpr std::string_view kTitle = "# segel/v1 lockbox\n";
constexpr std::string_view kNode = "# node ";
constexpr std::string_view kKind = "# kind ";
constexpr std::string_view kGeneration = "# generation ";
constexpr std::string_view kSeed = "# signing-seed ";

// The rest of the line that begins `text` with `label`, taken off; none when it begins otherwise.
std::optional<std::string_view> take_line(std::string_view& text, std::string_view label) {
  if (!text.starts_with(label)) return std::nullopt;
  const auto end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const auto value = text.substr(label.size(), end - label.size());
  text.remove_prefix(end + 1);
  return value;
}

std::optional<std::uint64_t> parse_number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  if (text.size() > 1 && text.front() == '0') return std::nullopt;
  return value;
}

std::optional<SigningSeed> parse_seed(std::string_view text) {
  auto bytes = secret_from_base64(text);
  if (!bytes || bytes->size() != SigningSeed::kSize) return std::nullopt;
  return SigningSeed::take(bytes->expose_mutable().first<SigningSeed::kSize>());
}

Bytes seal_as(age::Kind kind, const NodeSecret& secret, const Recipient& to) {
  const SecretBytes text = secret.text();
  return age::seal(text.expose(), to, {kind, secret.node, 0, secret.generation});
}

Result<NodeSecret> open_as(age::Kind kind, ByteView sealed, const Identity& with, const Id& node,
                           std::uint64_t generation) {
  const auto text = age::open(sealed, with, {kind, node, 0, generation});
  if (!text) return tl::unexpected(text.error());
  auto secret = NodeSecret::parse(text->expose_text());
  if (!secret) return secret;
  if (secret->node != node || secret->generation != generation) {
    return tl::unexpected(Errc::wrong_binding);
  }
  return secret;
}

}  // namespace

std::string_view name_of(NodeKind kind) { return kind == NodeKind::agency ? "agency" : "case"; }

Result<NodeKind> parse_node_kind(std::string_view name) {
  if (name == "agency") return NodeKind::agency;
  if (name == "case") return NodeKind::case_file;
  return tl::unexpected(Errc::malformed);
}

NodeSecret NodeSecret::generate(const Id& node, NodeKind kind, std::uint64_t generation) {
  return {node, kind, generation, Identity::generate(), SigningKey::generate()};
}

NodeSecret NodeSecret::duplicate() const {
  return {node, kind, generation, identity.duplicate(), signing.duplicate()};
}

SecretBytes NodeSecret::text() const {
  const std::string head = fmt::format("{}{}{}\n{}{}\n{}{}\n{}", kTitle, kNode, node.text(), kKind,
                                       name_of(kind), kGeneration, generation, kSeed);
  const SecretBytes seed = base64_secret(signing.expose_seed());
  const SecretBytes key = identity.text();
  SecretBytes text(head.size() + seed.size() + 1 + key.size() + 1);
  std::uint8_t* out = text.expose_mutable().data();
  out = std::copy(head.begin(), head.end(), out);
  out = std::copy(seed.expose().begin(), seed.expose().end(), out);
  *out++ = '\n';
  out = std::copy(key.expose().begin(), key.expose().end(), out);
  *out = '\n';
  return text;
}

Result<NodeSecret> NodeSecret::parse(std::string_view text) {
  const auto malformed = tl::unexpected(Errc::malformed);
  if (!text.starts_with(kTitle)) return malformed;  // whole: one secret has one text
  text.remove_prefix(kTitle.size());
  const auto node = take_line(text, kNode);
  const auto kind = node ? take_line(text, kKind) : std::nullopt;
  const auto generation = kind ? take_line(text, kGeneration) : std::nullopt;
  const auto seed = generation ? take_line(text, kSeed) : std::nullopt;
  const auto key = seed ? take_line(text, "") : std::nullopt;
  if (!key || !text.empty()) return malformed;

  const auto id = Id::parse(*node);
  const auto node_kind = parse_node_kind(*kind);
  const auto number = parse_number(*generation);
  auto signing_seed = parse_seed(*seed);
  auto identity = Identity::parse(*key);
  if (!id || !node_kind || !number || !signing_seed || !identity) return malformed;
  return NodeSecret{*id, *node_kind, *number, std::move(*identity), SigningKey(*signing_seed)};
}

Bytes seal_lockbox(const NodeSecret& secret, const Recipient& holder) {
  return seal_as(age::Kind::lockbox, secret, holder);
}

Bytes seal_previous(const NodeSecret& secret, const Recipient& successor) {
  return seal_as(age::Kind::previous, secret, successor);
}

Result<NodeSecret> open_lockbox(ByteView sealed, const Identity& holder, const Id& node,
                                std::uint64_t generation) {
  return open_as(age::Kind::lockbox, sealed, holder, node, generation);
}

Result<NodeSecret> open_previous(ByteView sealed, const Identity& successor, const Id& node,
                                 std::uint64_t generation) {
  return open_as(age::Kind::previous, sealed, successor, node, generation);
}

}  // namespace crypto
