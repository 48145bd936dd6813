#include "cli/commands/export_age.h"

#include <fmt/format.h>

#include <CLI/App.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/document_content.h"
#include "cli/file_out.h"
#include "cli/folder_out.h"
#include "cli/key_way.h"

namespace cli {
namespace {

struct Options {
  std::string document;
  bool age = false;
  std::string output;
};

constexpr const char* kDocument = "document.age";
constexpr const char* kManifest = "manifest.age";
constexpr const char* kReadMe = "BACA-SAYA-README.txt";

std::string step_name(std::size_t number) { return fmt::format("{}-lockbox.age", number); }

// What a person types, in order. `$KEY` is her own key file. No title and no name: the folder is
// sealed, and so must be what lies beside it.
std::string commands(std::size_t steps) {
  std::string text;
  std::string key = "\"$KEY\"";
  for (std::size_t number = 1; number <= steps; ++number) {
    const std::string opened = fmt::format("{}.key", number);
    text += fmt::format("    age -d -i {} -o {} {}\n", key, opened, step_name(number));
    key = opened;
  }
  text += fmt::format("    age -d -i {} -o manifest.txt {}\n", key, kManifest);
  text += fmt::format("    age -d -i {} -o document.bin {}\n", key, kDocument);
  text += "    sha256sum document.bin\n";
  if (steps > 0) text += "    rm [1-9]*.key\n";
  return text;
}

std::string read_me(std::size_t steps) {
  const auto part = [&](Language language) {
    return fmt::format("{}\n\n    umask 077\n    KEY=…\n{}\n{}\n",
                       text_in(language, Text::export_read_me), commands(steps),
                       text_in(language, Text::export_read_me_end));
  };
  return part(Language::indonesian) + "\n----\n\n" + part(Language::english);
}

Result<void> write_manifest(const OpenedVersion& version, const std::filesystem::path& place) {
  crypto::Bytes file = version.sealed.header.manifest_header;
  crypto::append(file, version.sealed.manifest);
  return write_file(place / kManifest, file, FileKind::secret);
}

Result<void> write_document(SealedSession& session, const OpenedVersion& version,
                            const std::filesystem::path& place, Progress& progress) {
  auto file = FileOut::create(place / kDocument, FileKind::secret);
  if (!file) return tl::unexpected(file.error());
  auto got = fetch_age_file(session, version, file->stream(), kDocument, progress);
  return got ? std::move(*file).commit() : got;
}

Result<void> write_all(SealedSession& session, const OpenedVersion& version,
                       const std::vector<SealedStep>& way, const std::filesystem::path& place,
                       Progress& progress) {
  for (std::size_t i = 0; i < way.size(); ++i) {
    const auto wrote = write_file(place / step_name(i + 1), way[i].lockbox, FileKind::secret);
    if (!wrote) return wrote;
  }
  if (auto wrote = write_manifest(version, place); !wrote) return wrote;
  if (auto wrote = write_document(session, version, place, progress); !wrote) return wrote;
  return write_file(place / kReadMe, crypto::as_bytes(read_me(way.size())), FileKind::secret);
}

Result<void> export_age(const Options& options, Context& context) {
  const auto document = parse_document(options.document);
  if (!document) return tl::unexpected(document.error());
  auto folder = FolderOut::create(options.output);
  if (!folder) return tl::unexpected(folder.error());
  const auto session = SealedSession::open(context);
  if (!session) return tl::unexpected(session.error());
  const auto version = open_version(**session, *document, 0);
  if (!version) return tl::unexpected(version.error());
  const auto way = find_way(**session, version->sealed.header.holder);
  if (!way) return tl::unexpected(way.error());

  Progress progress(context.terminal, context.language, options.output, version->sealed.size,
                    context.output.is_json());
  const auto wrote = write_all(**session, *version, *way, folder->place(), progress);
  if (!wrote) return wrote;
  if (auto kept = std::move(*folder).commit(); !kept) return kept;
  progress.finish();
  context.output.json({{"folder", options.output},
                       {"id", version->sealed.document.text()},
                       {"version", version->sealed.version},
                       {"lockboxes", way->size()}});
  context.output.say(Message(Text::export_done, options.output, kReadMe));
  return {};
}

}  // namespace

void add_export(CLI::App& app, Context& context) {
  const auto options = std::make_shared<Options>();
  CLI::App& command =
      add_command(app, context, "export", Text::export_about, Text::export_examples);
  command.add_flag("--age", options->age, context.say(Text::export_age))->required();
  command.add_option("document", options->document, context.say(Text::document_argument))
      ->type_name("")
      ->required();
  command.add_option("-o,--output", options->output, context.say(Text::export_output))
      ->type_name("DIR")
      ->required();
  runs(command, context, [options, &context] { return export_age(*options, context); });
}

}  // namespace cli
