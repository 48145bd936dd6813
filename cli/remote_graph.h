// The key ring's way to the service in a sealed session: what api/graph_port.h asks, over HTTP.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/graph_port.h"
#include "cli/remote.h"

namespace cli {

class RemoteGraph : public api::GraphPort, public api::RotationPort {
 public:
  explicit RemoteGraph(Remote& remote) : remote_(remote) {}  // which outlives this

  api::Outcome<crypto::AccessKeyRecord> access_key(const crypto::Id& key) override;
  api::Outcome<crypto::NodeState> node(const crypto::Id& node, std::uint64_t generation) override;
  api::Outcome<std::vector<crypto::LockboxRef>> lockboxes(const crypto::Id& node) override;
  api::Outcome<crypto::Bytes> lockbox(const crypto::Id& node, std::uint64_t generation,
                                      const crypto::Id& holder) override;
  api::Outcome<void> add_generation(const crypto::Id& node,
                                    const crypto::GenerationSubmission& submission) override;
  api::Outcome<void> add_previous(const crypto::Id& node, std::uint64_t generation,
                                  const crypto::Bytes& sealed) override;
  api::Outcome<api::RotationState> start(const crypto::Id& node,
                                         const crypto::GenerationSubmission& submission) override;
  api::Outcome<api::RotationState> batch(
      const crypto::Id& rotation,
      const std::vector<crypto::GenerationSubmission>& submissions) override;
  api::Outcome<void> complete(const crypto::Id& rotation, const std::string& note) override;
  // A rotation as it stands.
  api::Outcome<api::RotationState> rotation(const crypto::Id& rotation);

  // What a failure of a procedure that used this port means for the person: the service's own
  // words if it was the service that refused.
  Failure explain(const api::Failure& failure) const;

 private:
  template <typename T>
  api::Outcome<T> read_as(const Result<nlohmann::json>& answer);
  tl::unexpected<api::Failure> keep(const Failure& failure);

  Remote& remote_;
  std::optional<Failure> last_;
};

}  // namespace cli
