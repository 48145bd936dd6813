#include "cli/commands/verify.h"

#include <CLI/App.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/descriptor_stream.h"
#include "cli/opened_version.h"
#include "cli/progress.h"
#include "crypto/encoding.h"
#include "crypto/hash.h"

namespace cli {
namespace {

using nlohmann::json;

struct FileDigest {
  std::uint64_t size = 0;
  crypto::Digest sha256{};
};

Result<FileDigest> digest_of(const std::string& path, Context& context) {
  auto file = DescriptorIn::open(path);
  if (!file) return tl::unexpected(file.error());
  Progress progress(context.terminal, context.language, path, std::nullopt,
                    context.output.is_json());
  crypto::Sha256 hash;
  FileDigest found;
  crypto::Bytes block(std::size_t{1} << 18);
  while (file->stream()) {
    file->stream().read(reinterpret_cast<char*>(block.data()),
                        static_cast<std::streamsize>(block.size()));
    const auto got = static_cast<std::size_t>(file->stream().gcount());
    hash.update(crypto::ByteView(block).first(got));
    found.size += got;
    progress.advance(got);
  }
  crypto::wipe(block);
  if (file->stream().bad()) return refuse(Message(Text::file_unreadable, path, "read"));
  found.sha256 = hash.finish();
  return found;
}

bool is_same(const crypto::Manifest& manifest, const FileDigest& found) {
  return manifest.size == found.size && manifest.sha256 == found.sha256;
}

struct VerifyOptions {
  std::string document;
  std::string file;
  std::uint64_t version = 0;
};

// A file that is an older version is told as such: it is not what the document is now.
Result<void> judge(const VerifyOptions& options, const std::vector<OpenedVersion>& versions,
                   const FileDigest& found, Context& context) {
  std::uint64_t wanted = options.version == 0 ? versions.back().sealed.version : options.version;
  std::optional<std::uint64_t> fits;
  bool there = false;
  for (const OpenedVersion& one : versions) {
    there = there || one.sealed.version == wanted;
    if (is_same(one.manifest, found) && (!fits || *fits != wanted)) fits = one.sealed.version;
  }
  if (!there) return refuse(Message(Text::verify_no_version, options.version));
  json answer = {
      {"same", fits == wanted}, {"sha256", crypto::to_hex(found.sha256)}, {"size", found.size}};
  if (fits) answer["version"] = *fits;
  context.output.json(answer);
  if (fits == wanted) {
    context.output.say(Message(Text::verify_same, options.file, wanted));
    return {};
  }
  if (fits) return refuse(Message(Text::verify_other_version, options.file, *fits, wanted));
  return refuse(Message(Text::verify_differs, options.file), Text::verify_differs_advice);
}

Result<void> verify(const VerifyOptions& options, Context& context) {
  const auto document = parse_document(options.document);
  if (!document) return tl::unexpected(document.error());
  const auto found = digest_of(options.file, context);
  if (!found) return tl::unexpected(found.error());
  const auto session = SealedSession::open(context);
  if (!session) return tl::unexpected(session.error());
  const auto versions = open_versions(**session, *document);
  if (!versions) return tl::unexpected(versions.error());
  return judge(options, *versions, *found, context);
}

}  // namespace

void add_verify(CLI::App& app, Context& context) {
  const auto options = std::make_shared<VerifyOptions>();
  CLI::App& command =
      add_command(app, context, "verify", Text::verify_about, Text::verify_examples);
  command.add_option("document", options->document, context.say(Text::document_argument))
      ->type_name("")
      ->required();
  command.add_option("file", options->file, context.say(Text::verify_file))
      ->type_name("")
      ->required();
  command.add_option("--version", options->version, context.say(Text::version_option))
      ->check(CLI::PositiveNumber)
      ->option_text("N");
  runs(command, context, [options, &context] { return verify(*options, context); });
}

}  // namespace cli
