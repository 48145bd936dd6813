#include "cli/commands/fingerprint.h"

#include <CLI/App.hpp>
#include <memory>

#include "cli/age_files.h"
#include "cli/enrolment_file.h"
#include "cli/file_in.h"

namespace cli {
namespace {

void show_enrolment(const EnrolmentFile& file, Context& context) {
  context.output.show({
      {"fingerprint", Text::label_fingerprint, file.fingerprint()},
      {"recipient", Text::label_recipient, file.enrolment.recipient.text()},
      {"signing", Text::label_signing, file.enrolment.signing.text()},
      {"access_key", Text::label_access_key, file.enrolment.key.text()},
      {"name", Text::label_name, file.name},
      {"office", Text::label_office, file.office},
  });
}

void show_key(const crypto::Identity& identity, Context& context) {
  const auto signing = crypto::SigningKey::derive(identity).verify_key();
  context.output.show({
      {"fingerprint", Text::label_fingerprint, crypto::fingerprint(identity.recipient(), signing)},
      {"recipient", Text::label_recipient, identity.recipient().text()},
      {"signing", Text::label_signing, signing.text()},
  });
}

Result<void> fingerprint(const std::string& path, Context& context) {
  // As a secret until it is known to be none.
  auto file = read_secret_file(path);
  if (!file) return tl::unexpected(file.error());
  if (file->expose_text().starts_with('{')) {
    const auto enrolment = EnrolmentFile::parse(file->expose_text(), path);
    if (!enrolment) return tl::unexpected(enrolment.error());
    show_enrolment(*enrolment, context);
    return {};
  }
  const auto identities = parse_identities(std::move(*file), path, context.terminal);
  if (!identities) return tl::unexpected(identities.error());
  show_key(identities->front(), context);
  return {};
}

}  // namespace

void add_fingerprint(CLI::App& app, Context& context) {
  const auto path = std::make_shared<std::string>();
  CLI::App& command =
      add_command(app, context, "fingerprint", Text::fingerprint_about, Text::fingerprint_examples);
  command.add_option("file", *path, context.say(Text::fingerprint_file))
      ->type_name("FILE")
      ->required();
  runs(command, context, [path, &context] { return fingerprint(*path, context); });
}

}  // namespace cli
