#include "api/keyring.h"

#include <algorithm>

namespace api {
namespace {

using crypto::GenerationRecord;
using crypto::Holder;
using crypto::HolderKind;
using crypto::LockboxRef;
using crypto::NodeSecret;
using crypto::NodeState;

// Longer walks than person, agency, case and a run of previous generations do not occur; a server
// that answers in circles is not followed for ever.
constexpr int kMaxSteps = 1000;

// The nearest way first: her own lockbox, then her agency's, then the node's later generation.
int distance(const LockboxRef& ref, const Id& node) {
  if (ref.holder.kind == HolderKind::access_key) return 0;
  return ref.holder.id == node ? 2 : 1;
}

}  // namespace

KeyRing::KeyRing(GraphPort& port, const Id& key, const Id& agency, const crypto::Identity& identity,
                 std::string via)
    : port_(port),
      key_(key),
      agency_(agency),
      identity_(identity.duplicate()),
      signing_(crypto::SigningKey::derive(identity)),
      via_(std::move(via)) {}

std::string KeyRing::sign(crypto::Statement statement) const {
  statement.sign(key_, signing_);
  return statement.encode();
}

Outcome<const NodeSecret*> KeyRing::secret(const Id& node, std::uint64_t generation) {
  return find(node, generation, 0);
}

Outcome<const crypto::Identity*> KeyRing::opener(const Holder& holder) {
  if (holder.kind == HolderKind::access_key) {
    if (holder.id != key_) return fail("no-way", 404);
    return &identity_;
  }
  const auto found = secret(holder.id, holder.generation);
  if (!found) return tl::unexpected(found.error());
  return &(*found)->identity;
}

Outcome<const NodeSecret*> KeyRing::find(const Id& node, std::uint64_t generation, int depth) {
  const NodeGeneration wanted{node, generation};
  if (const auto held = secrets_.find(wanted); held != secrets_.end()) return &held->second;
  if (depth > kMaxSteps) return fail("no-way", 404);
  auto refs = port_.lockboxes(node);
  if (!refs) return tl::unexpected(refs.error());

  std::erase_if(*refs, [&](const LockboxRef& ref) { return ref.generation != generation; });
  std::sort(refs->begin(), refs->end(), [&](const LockboxRef& a, const LockboxRef& b) {
    return distance(a, node) < distance(b, node);
  });
  Failure last{"no-way", 404};
  for (const LockboxRef& ref : *refs) {
    auto opened = open_ref(node, ref, depth);
    if (opened) return &secrets_.emplace(wanted, std::move(*opened)).first->second;
    last = opened.error();
  }
  return tl::unexpected(last);
}

Outcome<NodeSecret> KeyRing::open_ref(const Id& node, const LockboxRef& ref, int depth) {
  const crypto::Identity* with = &identity_;
  if (ref.holder.kind == HolderKind::node) {
    const auto holder = find(ref.holder.id, ref.holder.generation, depth + 1);
    if (!holder) return tl::unexpected(holder.error());
    with = &(*holder)->identity;
  } else if (ref.holder.id != key_) {
    return fail("no-way", 404);
  }
  const auto sealed = port_.lockbox(node, ref.generation, ref.holder.id);
  if (!sealed) return tl::unexpected(sealed.error());
  auto opened = ref.holder.id == node ? crypto::open_previous(*sealed, *with, node, ref.generation)
                                      : crypto::open_lockbox(*sealed, *with, node, ref.generation);
  if (!opened) return fail("sealed-wrong", 500);

  // The secret must be the one whose public half everybody seals to.
  const auto state = port_.node(node, ref.generation);
  if (!state) return tl::unexpected(state.error());
  if (opened->identity.recipient() != state->record.recipient ||
      opened->signing.verify_key() != state->record.signing) {
    return fail("sealed-wrong", 500);
  }
  return std::move(*opened);
}

crypto::GenerationSubmission KeyRing::make(const NodeSecret& secret, GenerationRecord record) {
  record.node = secret.node;
  record.kind = secret.kind;
  record.generation = secret.generation;
  record.recipient = secret.identity.recipient();
  record.signing = secret.signing.verify_key();
  record.signer = key_;
  record.via = via_;
  crypto::GenerationSubmission submission;
  submission.note = sign(crypto::to_statement(record));
  for (const Holder& holder : record.holders) {
    submission.lockboxes.emplace_back(holder.id, crypto::seal_lockbox(secret, holder.recipient));
  }
  return submission;
}

crypto::GenerationSubmission KeyRing::first_generation(const Id& node, crypto::NodeKind kind,
                                                       const Id& agency,
                                                       const std::vector<Holder>& holders) {
  NodeSecret secret = NodeSecret::generate(node, kind, 1);
  GenerationRecord record;
  record.agency = agency;
  record.holders = holders;
  auto submission = make(secret, record);
  secrets_.emplace(NodeGeneration{node, 1}, std::move(secret));
  return submission;
}

Outcome<crypto::GenerationSubmission> KeyRing::successor(const NodeState& state) {
  const NodeSecret secret =
      NodeSecret::generate(state.record.node, state.record.kind, state.record.generation + 1);
  GenerationRecord record;
  record.agency = state.record.agency;
  record.previous = state.digest;
  record.holders = state.successors;
  auto submission = make(secret, record);
  const auto old = this->secret(state.record.node, state.record.generation);
  if (old) {
    submission.previous = crypto::seal_previous(**old, secret.identity.recipient());
  } else if (old.error().type != "no-way") {
    return tl::unexpected(old.error());
  }
  return submission;
}

Outcome<void> KeyRing::link_generations(const NodeState& latest) {
  const Id& node = latest.record.node;
  const auto refs = port_.lockboxes(node);
  if (!refs) return tl::unexpected(refs.error());
  for (std::uint64_t generation = 1; generation < latest.record.generation; ++generation) {
    const bool linked = std::any_of(refs->begin(), refs->end(), [&](const LockboxRef& ref) {
      return ref.generation == generation && ref.holder.id == node;
    });
    if (linked) continue;
    const auto old = secret(node, generation);
    if (!old && old.error().type == "no-way") continue;  // another holder can
    if (!old) return tl::unexpected(old.error());
    const auto next = port_.node(node, generation + 1);
    if (!next) return tl::unexpected(next.error());
    auto added =
        port_.add_previous(node, generation, crypto::seal_previous(**old, next->record.recipient));
    if (!added && added.error().status != 409) return added;
  }
  return {};
}

Outcome<crypto::HolderSubmission> KeyRing::add_holder(const NodeState& state,
                                                      const Holder& holder) {
  const auto held = secret(state.record.node, state.record.generation);
  if (!held) return tl::unexpected(held.error());
  if (const auto linked = link_generations(state); !linked) return tl::unexpected(linked.error());
  const crypto::HolderRecord record{state.record.node, state.record.generation, holder, key_, via_};
  return crypto::HolderSubmission{sign(crypto::to_statement(record)),
                                  crypto::seal_lockbox(**held, holder.recipient)};
}

Outcome<NodeState> KeyRing::fresh(const Id& node) {
  // Twice at most: somebody else may make the same successor at the same time.
  for (int tries = 0;; ++tries) {
    auto state = port_.node(node, 0);
    if (!state || !state->stale) return state;
    const auto next = successor(*state);
    if (!next) return tl::unexpected(next.error());
    const auto added = port_.add_generation(node, *next);
    const bool again = !added && added.error().status == 409;
    if (!added && (!again || tries == 2)) return tl::unexpected(added.error());
  }
}

}  // namespace api
