#include "cli/first_generation.h"

namespace cli {

Result<void> make_first_generation(SealedSession& session) {
  api::KeyRing& ring = session.ring();
  const crypto::Holder only{crypto::HolderKind::access_key, ring.key(), 0,
                            ring.identity().recipient()};
  const auto submission =
      ring.first_generation(ring.agency(), crypto::NodeKind::agency, ring.agency(), {only});
  auto added = session.graph().add_generation(ring.agency(), submission);
  if (!added && added.error().type == "conflict") return {};
  return session.result(std::move(added));
}

}  // namespace cli
