#include "cli/commands/age.h"

#include <CLI/App.hpp>
#include <functional>
#include <iterator>
#include <memory>

#include "cli/age_files.h"
#include "cli/key_file.h"
#include "cli/now.h"

namespace cli {
namespace {

struct Options {
  std::vector<std::string> recipients;
  std::vector<std::string> recipient_files;
  std::vector<std::string> identity_files;
  bool passphrase = false;
  bool armor = false;
  std::string output;
  std::string input = "-";
};

// ---- keygen ----

Result<void> write_identity(const Options& options, Context& context) {
  const auto identity = crypto::Identity::generate();
  const auto file = identity_file(identity, now_ms());
  if (options.output.empty()) {
    DescriptorOut out(DescriptorOut::Bytes::any);
    const std::string_view text = file.expose_text();
    out.stream().write(text.data(), static_cast<std::streamsize>(text.size()));
    if (!out.stream().flush()) return refuse(Text::output_failed);
  } else if (auto wrote = write_file(options.output, file.expose(), FileKind::secret); !wrote) {
    return wrote;
  }
  // On the terminal it stands in the file's comment already.
  if (!options.output.empty() || !context.terminal.shows_output()) {
    context.output.note(Message(Text::age_public_key, identity.recipient().text()));
  }
  return {};
}

// The recipients of identities that are there (age-keygen -y).
Result<void> write_recipients(const Options& options, Context& context) {
  const auto identities = read_identities(options.input, context.terminal);
  if (!identities) return tl::unexpected(identities.error());
  auto sink = AgeSink::open(options.output, context.terminal, DescriptorOut::Bytes::any);
  if (!sink) return tl::unexpected(sink.error());
  for (const auto& identity : *identities) sink->stream() << identity.recipient().text() << '\n';
  return std::move(*sink).commit();
}

void add_keygen_command(CLI::App& group, Context& context) {
  const auto options = std::make_shared<Options>();
  const auto convert = std::make_shared<bool>(false);
  CLI::App& command =
      add_command(group, context, "keygen", Text::age_keygen_about, Text::age_keygen_examples);
  command.add_option("-o,--output", options->output, context.say(Text::age_keygen_output))
      ->type_name("FILE");
  auto* const y = command.add_flag("-y", *convert, context.say(Text::age_keygen_y));
  command.add_option("INPUT", options->input, context.say(Text::age_keygen_input))
      ->type_name("")
      ->needs(y);
  runs(command, context, [options, convert, &context] {
    return *convert ? write_recipients(*options, context) : write_identity(*options, context);
  });
}

// ---- encrypt ----

Result<std::vector<crypto::Recipient>> all_recipients(const Options& options,
                                                      const Terminal& terminal) {
  std::vector<crypto::Recipient> all;
  for (const std::string& text : options.recipients) {
    const auto recipient = crypto::Recipient::parse(text);
    if (!recipient) return misused(Message(Text::age_recipient_malformed, text));
    all.push_back(*recipient);
  }
  for (const std::string& path : options.recipient_files) {
    const auto recipients = read_recipients(path);
    if (!recipients) return tl::unexpected(recipients.error());
    all.insert(all.end(), recipients->begin(), recipients->end());
  }
  for (const std::string& path : options.identity_files) {
    const auto identities = read_identities(path, terminal);
    if (!identities) return tl::unexpected(identities.error());
    for (const auto& identity : *identities) all.push_back(identity.recipient());
  }
  return all;
}

// Seals `plain` into a stream in one of the two ways. Errors: as age_failure.
using Sealing = std::function<crypto::Result<void>(std::istream& plain, std::ostream& sealed)>;

Result<void> seal_to(const Options& options, Context& context, const Sealing& sealing) {
  auto source = DescriptorIn::open(options.input);
  if (!source) return tl::unexpected(source.error());
  const auto on_terminal = options.armor ? std::optional(DescriptorOut::Bytes::any) : std::nullopt;
  auto sink = AgeSink::open(options.output, context.terminal, on_terminal);
  if (!sink) return tl::unexpected(sink.error());

  crypto::Result<void> sealed;
  if (options.armor) {
    crypto::age::ArmorWriter armor(sink->stream());
    sealed = sealing(source->stream(), armor.stream());
    if (sealed) sealed = armor.finish();
  } else {
    sealed = sealing(source->stream(), sink->stream());
  }
  if (!sealed) return tl::unexpected(age_failure(sealed.error(), options.input));
  return std::move(*sink).commit();
}

// Standard input is read once: as the document, or as one of the files of keys.
bool reads_input_twice(const Options& options) {
  auto readers = std::count(options.identity_files.begin(), options.identity_files.end(), "-") +
                 std::count(options.recipient_files.begin(), options.recipient_files.end(), "-");
  if (options.input == "-") ++readers;
  return readers > 1;
}

Result<void> encrypt(const Options& options, Context& context) {
  if (reads_input_twice(options)) return misused(Text::age_input_twice);
  const auto recipients = all_recipients(options, context.terminal);
  if (!recipients) return tl::unexpected(recipients.error());
  if (options.passphrase != recipients->empty()) return misused(Text::age_for_whom);

  if (!options.passphrase) {
    return seal_to(options, context, [&](std::istream& plain, std::ostream& sealed) {
      return crypto::age::seal(plain, *recipients, sealed);
    });
  }
  const auto passphrase = context.terminal.ask_new_passphrase();
  if (!passphrase) return tl::unexpected(passphrase.error());
  return seal_to(options, context, [&](std::istream& plain, std::ostream& sealed) {
    return crypto::age::seal_with_passphrase(plain, *passphrase, kPassphraseWork, sealed);
  });
}

void add_encrypt_command(CLI::App& group, Context& context) {
  const auto options = std::make_shared<Options>();
  CLI::App& command =
      add_command(group, context, "encrypt", Text::age_encrypt_about, Text::age_encrypt_examples);
  command.add_option("-r,--recipient", options->recipients, context.say(Text::age_recipient))
      ->type_name("AGE1…")
      ->allow_extra_args(false);
  command
      .add_option("-R,--recipients-file", options->recipient_files,
                  context.say(Text::age_recipients_file))
      ->type_name("FILE")
      ->allow_extra_args(false);
  command.add_option("-i,--identity", options->identity_files, context.say(Text::age_to_identity))
      ->type_name("FILE")
      ->allow_extra_args(false);
  command.add_flag("-p,--passphrase", options->passphrase, context.say(Text::age_passphrase));
  command.add_flag("-a,--armor", options->armor, context.say(Text::age_armor));
  command.add_option("-o,--output", options->output, context.say(Text::age_output))
      ->type_name("FILE");
  command.add_option("INPUT", options->input, context.say(Text::age_input))->type_name("");
  runs(command, context, [options, &context] { return encrypt(*options, context); });
}

// ---- decrypt ----

Result<void> decrypt(const Options& options, Context& context) {
  if (reads_input_twice(options)) return misused(Text::age_input_twice);
  std::vector<crypto::Identity> identities;
  for (const std::string& path : options.identity_files) {
    auto more = read_identities(path, context.terminal);
    if (!more) return tl::unexpected(more.error());
    std::move(more->begin(), more->end(), std::back_inserter(identities));
  }
  auto source = DescriptorIn::open(options.input);
  if (!source) return tl::unexpected(source.error());
  auto sink =
      AgeSink::open(options.output, context.terminal, DescriptorOut::Bytes::shown_by_terminals);
  if (!sink) return tl::unexpected(sink.error());

  std::optional<Failure> not_asked;
  crypto::age::Openers openers{identities, nullptr, {}};
  // Whoever names an identity says who the file is from; a passphrase file is then not the one.
  if (identities.empty()) {
    openers.ask = [&]() -> std::optional<crypto::SecretBytes> {
      auto words = context.terminal.ask_passphrase(Message(Text::passphrase_of, options.input));
      if (words) return std::move(*words);
      not_asked = words.error();
      return std::nullopt;
    };
  }
  const auto opened = crypto::age::open(source->stream(), openers, sink->stream());
  if (not_asked) return tl::unexpected(*not_asked);
  if (sink->refused()) {
    return refuse(Text::age_binary_to_terminal, Text::age_binary_to_terminal_advice);
  }
  if (!opened) return tl::unexpected(age_failure(opened.error(), options.input));
  return std::move(*sink).commit();
}

void add_decrypt_command(CLI::App& group, Context& context) {
  const auto options = std::make_shared<Options>();
  CLI::App& command =
      add_command(group, context, "decrypt", Text::age_decrypt_about, Text::age_decrypt_examples);
  command.add_option("-i,--identity", options->identity_files, context.say(Text::age_identity))
      ->type_name("FILE")
      ->allow_extra_args(false);
  command.add_option("-o,--output", options->output, context.say(Text::age_output))
      ->type_name("FILE");
  command.add_option("INPUT", options->input, context.say(Text::age_input))->type_name("");
  runs(command, context, [options, &context] { return decrypt(*options, context); });
}

}  // namespace

void add_age(CLI::App& app, Context& context) {
  CLI::App& group = add_group(app, context, "age", Text::age_about);
  add_keygen_command(group, context);
  add_encrypt_command(group, context);
  add_decrypt_command(group, context);
}

}  // namespace cli
