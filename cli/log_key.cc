#include "cli/log_key.h"

#include <CLI/App.hpp>

#include "cli/file_in.h"

namespace cli {
namespace {

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

}  // namespace

void add_log_key_options(CLI::App& command, Context& context, LogKeyOptions& options) {
  auto* const key =
      command
          .add_option("--log-key,--log-verifier", options.key, context.say(Text::log_key_option))
          ->type_name("VKEY");
  command.add_option("--log-key-file", options.file, context.say(Text::log_key_file_option))
      ->type_name("FILE")
      ->excludes(key);
}

Result<crypto::NoteVerifier> log_key(const LogKeyOptions& options, Context& context) {
  std::string text = options.key;
  if (!options.file.empty()) {
    const auto bytes = read_file(options.file);
    if (!bytes) return tl::unexpected(bytes.error());
    text = trimmed(crypto::as_text(*bytes));
  }
  if (text.empty() && options.file.empty()) {
    const auto profile = context.open_profile();
    if (!profile) return tl::unexpected(profile.error());
    text = (*profile)->settings().log_key;
    if (text.empty()) return misused(Text::log_key_not_given, Text::log_key_not_given_advice);
  }
  auto verifier = crypto::NoteVerifier::parse(text);
  if (!verifier) return misused(Text::log_key_malformed, Text::log_key_malformed_advice);
  return std::move(*verifier);
}

Result<crypto::Checkpoint> open_head(std::string_view note, const std::string& where,
                                     const crypto::NoteVerifier& log) {
  auto head = crypto::Checkpoint::open(note, log);
  if (head) return std::move(*head);
  if (head.error() == crypto::Errc::untrusted) {
    return refuse(Message(Text::head_untrusted, where), Text::head_untrusted_advice);
  }
  return refuse(Message(Text::head_malformed, where), Text::head_malformed_advice);
}

Result<crypto::Checkpoint> read_head(const std::filesystem::path& path,
                                     const crypto::NoteVerifier& log) {
  const auto bytes = read_file(path);
  if (!bytes) return tl::unexpected(bytes.error());
  return open_head(crypto::as_text(*bytes), path.string(), log);
}

}  // namespace cli
