// What can go wrong in the vault. A code carries no text, so that an error can't carry a secret.
#pragma once

#include <tl/expected.hpp>

namespace vault {

enum class Errc {
  not_found,     // no such thing
  forbidden,     // this actor may not do this here; outside it looks like not_found
  wrong_role,    // nobody in this role may do this, whatever the id: decided before it is looked up
  invalid,       // a request that contradicts itself or the policy's codes
  untrusted,     // a signed record whose signatures or chain do not hold
  conflict,      // the thing exists already, or changed since it was read
  narrower,      // a version for fewer readers than the one it would stand on
  stale,         // a generation that a holder has left: its successor must be made first
  too_large,     // over a limit that the request could have known
  pending,       // waits for a second signature or a confirmation
  corrupt,       // stored bytes contradict themselves; never the caller's fault
  newer_format,  // written by a later release; nothing was read or changed
  no_space,      // the disk or the map is full: nothing was changed, try again when there is room
  io_failure,    // the disk refused; nothing was acknowledged
  stopped,       // the committer has stopped after a failed commit: the process must end
  locked,        // another process has the data directory
};

template <typename T>
using Result = tl::expected<T, Errc>;

}  // namespace vault
