#include "cli/commands/keygen.h"

#include <CLI/App.hpp>
#include <memory>

#include "cli/key_file.h"
#include "cli/now.h"

namespace cli {
namespace {

struct Options {
  std::string file;
  bool without_passphrase = false;
};

Result<void> write_key(const Options& options, const Context& context,
                       const std::filesystem::path& path, const crypto::Identity& identity) {
  if (options.without_passphrase) return write_key_file(path, identity, nullptr, now_ms());
  const auto passphrase = context.terminal.ask_new_passphrase();
  if (!passphrase) return tl::unexpected(passphrase.error());
  return write_key_file(path, identity, &*passphrase, now_ms());
}

Result<void> keygen(const Options& options, Context& context) {
  std::filesystem::path path = options.file;
  Profile* profile = nullptr;
  if (options.file.empty()) {
    const auto opened = context.open_profile();
    if (!opened) return tl::unexpected(opened.error());
    profile = *opened;
    if (auto made = profile->make_folder(); !made) return made;
    path = profile->folder() / "key.age";
  }
  // Before a passphrase is thought up and typed twice.
  std::error_code ignored;
  if (std::filesystem::exists(std::filesystem::symlink_status(path, ignored))) {
    return refuse(Message(Text::file_exists, path.string()), Text::file_exists_advice);
  }

  const auto identity = crypto::Identity::generate();
  if (auto written = write_key(options, context, path, identity); !written) return written;
  if (profile != nullptr) {
    profile->settings().key_file = path.string();
    if (auto saved = profile->save(); !saved) return saved;
  }
  const auto signing = crypto::SigningKey::derive(identity).verify_key();
  context.output.show({
      {"file", Text::label_file, path.string()},
      {"recipient", Text::label_recipient, identity.recipient().text()},
      {"signing", Text::label_signing, signing.text()},
      {"fingerprint", Text::label_fingerprint, crypto::fingerprint(identity.recipient(), signing)},
  });
  context.output.say(Text::keygen_next);
  return {};
}

}  // namespace

void add_keygen(CLI::App& app, Context& context) {
  const auto options = std::make_shared<Options>();
  CLI::App& command =
      add_command(app, context, "keygen", Text::keygen_about, Text::keygen_examples);
  command.add_option("-o,--output", options->file, context.say(Text::keygen_output))
      ->type_name("FILE");
  command.add_flag("--no-passphrase", options->without_passphrase,
                   context.say(Text::keygen_no_passphrase));
  runs(command, context, [options, &context] { return keygen(*options, context); });
}

}  // namespace cli
