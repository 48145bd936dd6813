#include "cli/sealed_session.h"

namespace cli {

Result<std::unique_ptr<SealedSession>> SealedSession::open(Context& context) {
  auto remote = context.open_remote();
  if (!remote) return tl::unexpected(remote.error());
  const auto profile = context.open_profile();
  if (!profile) return tl::unexpected(profile.error());
  // Set at log-in. Of no agency: an administrator or auditor.
  const Settings& settings = (*profile)->settings();
  const auto key = crypto::Id::parse(settings.access_key);
  const auto agency = settings.agency.empty() ? crypto::Id{} : crypto::Id::parse(settings.agency);
  if (!key || !agency) return refuse(Text::not_logged_in, Text::not_logged_in_advice);
  const auto identity = context.open_key();
  if (!identity) return tl::unexpected(identity.error());
  return std::make_unique<SealedSession>(std::move(*remote), *key, *agency, *identity);
}

}  // namespace cli
