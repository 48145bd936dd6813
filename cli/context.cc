#include "cli/context.h"

#include <cstdlib>

namespace cli {

Result<Profile*> Context::open_profile() {
  if (!profile_) {
    auto opened = Profile::open(profile_flags, [](const char* name) { return std::getenv(name); });
    if (!opened) return tl::unexpected(opened.error());
    profile_ = std::move(*opened);
  }
  return &*profile_;
}

}  // namespace cli
