#include "cli/commands/get.h"

#include <CLI/App.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/display.h"
#include "cli/document_content.h"
#include "cli/file_names.h"
#include "cli/file_out.h"
#include "crypto/encoding.h"

namespace cli {
namespace {

struct Options {
  std::string document;
  std::uint64_t version = 0;
  std::string output;
};

void show(const std::string& file, const crypto::Manifest& manifest, Context& context) {
  const std::string digest = crypto::to_hex(manifest.sha256);
  if (context.output.is_json()) {
    return context.output.json({{"file", file}, {"sha256", digest}, {"size", manifest.size}});
  }
  context.output.show({{"file", Text::label_file, file},
                       {"size", Text::label_size, shown_size(manifest.size, context.language)},
                       {"sha256", Text::label_sha256, digest}});
}

Result<void> get(const Options& options, Context& context) {
  const auto document = parse_document(options.document);
  if (!document) return tl::unexpected(document.error());
  const auto session = SealedSession::open(context);
  if (!session) return tl::unexpected(session.error());
  const auto version = open_version(**session, *document, options.version);
  if (!version) return tl::unexpected(version.error());

  const std::string file =
      options.output.empty() ? safe_file_name(version->manifest.file_name) : options.output;
  // For its reader alone, as a key: it is opened evidence.
  auto out = FileOut::create(file, FileKind::secret);
  if (!out) return tl::unexpected(out.error());
  Progress progress(context.terminal, context.language, file, version->manifest.size,
                    context.output.is_json());
  if (auto got = fetch_content(**session, *version, out->stream(), file, progress); !got) {
    return got;
  }
  if (auto kept = std::move(*out).commit(); !kept) return kept;
  progress.finish();
  show(file, version->manifest, context);
  return {};
}

}  // namespace

void add_get(CLI::App& app, Context& context) {
  const auto options = std::make_shared<Options>();
  CLI::App& command = add_command(app, context, "get", Text::get_about, Text::get_examples);
  command.add_option("document", options->document, context.say(Text::document_argument))
      ->type_name("")
      ->required();
  command.add_option("-o,--output", options->output, context.say(Text::get_output))
      ->type_name("FILE");
  command.add_option("--version", options->version, context.say(Text::version_option))
      ->check(CLI::PositiveNumber)
      ->option_text("N");
  runs(command, context, [options, &context] { return get(*options, context); });
}

}  // namespace cli
