#include "cli/key_way.h"

#include <algorithm>
#include <set>
#include <utility>

namespace cli {
namespace {

using crypto::HolderKind;
using crypto::Id;
using crypto::LockboxRef;

class Search {
 public:
  explicit Search(SealedSession& session) : session_(session) {}

  // Adds the steps to this secret behind `way`. False: no way leads there.
  Result<bool> reach(const Id& node, std::uint64_t generation, std::vector<SealedStep>& way) {
    if (!seen_.emplace(node, generation).second) return false;
    auto refs = session_.result(session_.graph().lockboxes(node));
    if (!refs) return tl::unexpected(refs.error());
    std::erase_if(*refs, [&](const LockboxRef& ref) { return ref.generation != generation; });
    // Her own lockbox first: the shortest way.
    std::stable_partition(refs->begin(), refs->end(), [](const LockboxRef& ref) {
      return ref.holder.kind == HolderKind::access_key;
    });
    for (const LockboxRef& ref : *refs) {
      const auto reached = by(node, ref, way);
      if (!reached || *reached) return reached;
    }
    return false;
  }

 private:
  Result<bool> by(const Id& node, const LockboxRef& ref, std::vector<SealedStep>& way) {
    if (ref.holder.kind == HolderKind::access_key) {
      if (ref.holder.id != session_.ring().key()) return false;
    } else {
      const auto reached = reach(ref.holder.id, ref.holder.generation, way);
      if (!reached || !*reached) return reached;
    }
    auto lockbox = session_.result(session_.graph().lockbox(node, ref.generation, ref.holder.id));
    if (!lockbox) return tl::unexpected(lockbox.error());
    way.push_back({node, ref.generation, std::move(*lockbox)});
    return true;
  }

  SealedSession& session_;
  std::set<std::pair<Id, std::uint64_t>> seen_;
};

}  // namespace

Result<std::vector<SealedStep>> find_way(SealedSession& session, const crypto::Holder& holder) {
  std::vector<SealedStep> way;
  if (holder.kind == HolderKind::access_key) return way;
  const auto reached = Search(session).reach(holder.id, holder.generation, way);
  if (!reached) return tl::unexpected(reached.error());
  if (!*reached) return refuse(Text::no_way, Text::no_way_advice);
  return way;
}

}  // namespace cli
