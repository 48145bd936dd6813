// A node's secret, and the lockbox that carries it to a holder (FORMAT.md, "Lockbox").
//
// A node (an agency or a case) owns, per generation, an age identity to open with and an Ed25519
// seed to sign with. A lockbox is that secret as an age identity file, sealed to one holder, so
// that stock `age` walks from a person's key to the agency, the case and the document.
#pragma once

#include <cstdint>
#include <string_view>

#include "crypto/bytes.h"
#include "crypto/error.h"
#include "crypto/id.h"
#include "crypto/keys.h"

namespace crypto {

enum class NodeKind { agency, case_file };
std::string_view name_of(NodeKind kind);             // "agency", "case"
Result<NodeKind> parse_node_kind(std::string_view);  // Errors: malformed

struct NodeSecret {
  Id node;
  NodeKind kind = NodeKind::agency;
  std::uint64_t generation = 1;
  Identity identity;
  SigningKey signing;

  static NodeSecret generate(const Id& node, NodeKind kind, std::uint64_t generation);
  // The age identity file, with comment lines for node, kind, generation and signing seed.
  SecretBytes text() const;
  static Result<NodeSecret> parse(std::string_view text);  // Errors: malformed
  NodeSecret duplicate() const;
};

// Seals the secret to a holder's public key, bound to its node and generation.
Bytes seal_lockbox(const NodeSecret& secret, const Recipient& holder);
// Seals the secret of an older generation to the node's own next one, for those who join later.
Bytes seal_previous(const NodeSecret& secret, const Recipient& successor);

// Opens either form. The secret must be the one of `node` and `generation` and, when it is compared
// with the public record by the caller, of that record's keys.
// Errors: no_matching_identity, wrong_binding, tampered, malformed.
Result<NodeSecret> open_lockbox(ByteView sealed, const Identity& holder, const Id& node,
                                std::uint64_t generation);
Result<NodeSecret> open_previous(ByteView sealed, const Identity& successor, const Id& node,
                                 std::uint64_t generation);

}  // namespace crypto
