#include "cli/context.h"

#include <cstdlib>

#include "cli/key_file.h"

namespace cli {

Result<Profile*> Context::open_profile() {
  if (!profile_) {
    auto opened = Profile::open(profile_flags, [](const char* name) { return std::getenv(name); });
    if (!opened) return tl::unexpected(opened.error());
    profile_ = std::move(*opened);
  }
  return &*profile_;
}

Result<crypto::Identity> Context::open_key() {
  const auto profile = open_profile();
  if (!profile) return tl::unexpected(profile.error());
  const std::string& path = (*profile)->settings().key_file;
  if (path.empty()) return refuse(Text::key_not_given, Text::key_not_given_advice);
  return open_key_file(path, terminal);
}

Result<Remote> Context::open_remote() {
  const auto profile = open_profile();
  if (!profile) return tl::unexpected(profile.error());
  auto token = (*profile)->token();
  if (!token) return tl::unexpected(token.error());
  auto remote = Remote::open((*profile)->settings(), language);
  if (remote) remote->use_session(std::move(*token));
  return remote;
}

}  // namespace cli
