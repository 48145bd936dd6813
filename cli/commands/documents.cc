#include "cli/commands/documents.h"

#include <CLI/App.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/case_ref.h"
#include "cli/descriptor_stream.h"
#include "cli/display.h"
#include "cli/opened_version.h"
#include "cli/progress.h"
#include "crypto/encoding.h"
#include "crypto/hash.h"
#include "crypto/timestamp.h"

namespace cli {
namespace {

using nlohmann::json;

// ---- ls ----

json row_of(const OpenedVersion& opened) {
  json row = opened.describe();
  for (const char* beside : {"versions", "case", "media_type", "sha256", "depositor", "via"}) {
    row.erase(beside);
  }
  return row;
}

// Of all pages, in the order of the ids.
Result<std::vector<OpenedVersion>> list(SealedSession& session, const crypto::Id& case_id) {
  std::vector<OpenedVersion> all;
  std::string after;
  do {
    const auto page = session.remote().get("/v1/cases/" + case_id.text() + "/documents" + after);
    if (!page) return tl::unexpected(page.error());
    for (const json& item : items_of(*page)) {
      auto opened = open_listed(session, item);
      if (!opened) return tl::unexpected(opened.error());
      all.push_back(std::move(*opened));
    }
    const std::string next = text_of(*page, "next");
    after = next.empty() ? std::string() : "?after=" + next;
  } while (!after.empty());
  return all;
}

Result<void> ls(const std::string& case_name, Context& context) {
  const auto session = SealedSession::open(context);
  if (!session) return tl::unexpected(session.error());
  const auto case_id = find_case((*session)->remote(), case_name);
  if (!case_id) return tl::unexpected(case_id.error());
  const auto all = list(**session, *case_id);
  if (!all) return tl::unexpected(all.error());

  std::vector<std::vector<std::string>> rows;
  for (const OpenedVersion& one : *all) {
    context.output.json(row_of(one));
    rows.push_back({one.sealed.document.text(), std::to_string(one.sealed.version),
                    one.sealed.label.type, one.sealed.label.classification, one.manifest.title,
                    shown_size(one.manifest.size, context.language),
                    crypto::time_text(one.sealed.created)});
  }
  if (context.output.is_json()) return {};
  context.output.show({{"id", Text::label_document},
                       {"version", Text::label_version},
                       {"type", Text::label_type},
                       {"class", Text::label_class},
                       {"title", Text::label_title},
                       {"size", Text::label_size},
                       {"created", Text::label_created}},
                      rows);
  if (rows.empty()) context.output.note(Text::ls_empty);
  return {};
}

// ---- show ----

void show_one(const OpenedVersion& opened, Context& context) {
  const json said = opened.describe();
  const auto fact = [&](const char* name, Text label) {
    return Fact{name, label, text_of(said, name)};
  };
  context.output.show({
      fact("id", Text::label_document),
      fact("case", Text::label_case),
      fact("title", Text::label_title),
      fact("file_name", Text::label_file),
      fact("media_type", Text::label_media_type),
      fact("type", Text::label_type),
      fact("class", Text::label_class),
      {"minor", Text::label_concerns_minor,
       context.say(opened.sealed.label.minor ? Text::yes : Text::no)},
      fact("version", Text::label_version),
      fact("size", Text::label_bytes),
      fact("sha256", Text::label_sha256),
      fact("depositor", Text::label_depositor),
      fact("via", Text::label_via),
      fact("created", Text::label_created),
  });
}

Result<void> show(const std::string& name, Context& context) {
  const auto document = parse_document(name);
  if (!document) return tl::unexpected(document.error());
  const auto session = SealedSession::open(context);
  if (!session) return tl::unexpected(session.error());
  const auto versions = open_versions(**session, *document);
  if (!versions) return tl::unexpected(versions.error());

  json whole = versions->back().describe();
  whole["versions"] = json::array();
  std::vector<std::vector<std::string>> rows;
  for (const OpenedVersion& one : *versions) {
    whole["versions"].push_back(one.describe());
    rows.push_back({std::to_string(one.sealed.version), crypto::time_text(one.sealed.created),
                    one.sealed.depositor.text(), crypto::to_hex(one.manifest.sha256)});
  }
  if (context.output.is_json()) {
    context.output.json(whole);
    return {};
  }
  show_one(versions->back(), context);
  if (rows.size() == 1) return {};
  context.output.show({{"version", Text::label_version},
                       {"created", Text::label_created},
                       {"depositor", Text::label_depositor},
                       {"sha256", Text::label_sha256}},
                      rows);
  return {};
}

// ---- verify ----

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

using OneArgument = Result<void> (*)(const std::string& name, Context& context);

void add_simple(CLI::App& app, Context& context, const char* name, Text about, Text examples,
                const char* argument, Text argument_about, OneArgument act) {
  const auto value = std::make_shared<std::string>();
  CLI::App& command = add_command(app, context, name, about, examples);
  command.add_option(argument, *value, context.say(argument_about))->type_name("")->required();
  runs(command, context, [value, act, &context] { return act(*value, context); });
}

}  // namespace

void add_documents(CLI::App& app, Context& context) {
  add_simple(app, context, "ls", Text::ls_about, Text::ls_examples, "case", Text::case_named, ls);
  add_simple(app, context, "show", Text::show_about, Text::show_examples, "document",
             Text::document_argument, show);
  add_verify(app, context);
}

}  // namespace cli
