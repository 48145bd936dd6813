#include "cli/commands/put.h"

#include <CLI/App.hpp>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/case_ref.h"
#include "cli/deposit.h"
#include "cli/file_names.h"
#include "crypto/encoding.h"

namespace cli {
namespace {

constexpr std::size_t kMaxTitle = 1024;

struct Options {
  std::string case_name;
  std::string file;
  std::string title;
  std::string type;
  std::string classification;
  bool minor = false;
  std::string document;
  std::string media_type;
};

// The words of the version before it, where none are given.
Result<void> continue_document(const Options& options, SealedSession& session,
                               DepositOrder& order) {
  const auto document = parse_document(options.document);
  if (!document) return tl::unexpected(document.error());
  auto previous = open_version(session, *document, 0);
  if (!previous) return tl::unexpected(previous.error());
  if (previous->sealed.case_id != order.case_id) {
    return misused(Message(Text::put_other_case, options.document, options.case_name));
  }
  if (order.title.empty()) order.title = previous->manifest.title;
  if (order.type.empty()) order.type = previous->sealed.label.type;
  if (order.classification.empty() && order.type == previous->sealed.label.type) {
    order.classification = previous->sealed.label.classification;
  }
  order.minor = order.minor || previous->sealed.label.minor;
  order.previous = std::move(*previous);
  return {};
}

Result<DepositOrder> order_of(const Options& options, SealedSession& session) {
  const auto case_id = find_case(session.remote(), options.case_name);
  if (!case_id) return tl::unexpected(case_id.error());
  DepositOrder order;
  order.case_id = *case_id;
  order.type = options.type;
  order.classification = options.classification;
  order.minor = options.minor;
  order.title = options.title;
  order.file_name = printable(std::filesystem::path(options.file).filename().string());
  order.media_type =
      options.media_type.empty() ? std::string(media_type_of(order.file_name)) : options.media_type;
  if (options.document.empty()) return order;
  if (auto continued = continue_document(options, session, order); !continued) {
    return tl::unexpected(continued.error());
  }
  return order;
}

void show(const Deposited& done, Output& output) {
  if (output.is_json()) {
    return output.json({{"id", done.document.text()},
                        {"version", done.version},
                        {"sha256", crypto::to_hex(done.sha256)},
                        {"entry", done.entry}});
  }
  output.show({{"id", Text::label_document, done.document.text()},
               {"version", Text::label_version, std::to_string(done.version)},
               {"sha256", Text::label_sha256, crypto::to_hex(done.sha256)},
               {"entry", Text::label_entry, std::to_string(done.entry)}});
}

Result<void> put(const Options& options, Context& context) {
  const bool first = options.document.empty();
  if (first && options.title.empty()) return misused(Message(Text::argument_missing, "--title"));
  if (first && options.type.empty()) return misused(Message(Text::argument_missing, "--type"));
  if (options.title.size() > kMaxTitle || printable(options.title) != options.title) {
    return misused(Message(Text::put_title_wrong, kMaxTitle));
  }
  // Before anything is asked: a name typed wrong is told at once.
  const auto source = SealingSource::open(options.file);
  if (!source) return tl::unexpected(source.error());
  const auto session = SealedSession::open(context);
  if (!session) return tl::unexpected(session.error());
  const auto order = order_of(options, **session);
  if (!order) return tl::unexpected(order.error());

  Progress progress(context.terminal, context.language, order->file_name, (*source)->plain_size(),
                    context.output.is_json());
  const auto done = deposit(**session, *order, **source, progress);
  if (!done) return tl::unexpected(done.error());
  progress.finish();
  show(*done, context.output);
  return {};
}

}  // namespace

void add_put(CLI::App& app, Context& context) {
  const auto options = std::make_shared<Options>();
  CLI::App& command = add_command(app, context, "put", Text::put_about, Text::put_examples);
  const auto add = [&](const char* name, std::string& value, Text about) {
    return command.add_option(name, value, context.say(about));
  };
  add("case", options->case_name, Text::case_named)->type_name("")->required();
  add("file", options->file, Text::put_file)->type_name("")->required();
  add("--title", options->title, Text::put_title)->type_name("TEXT");
  add("--type", options->type, Text::put_type)->type_name("CODE");
  add("--class", options->classification, Text::put_class)
      ->check(CLI::IsMember({"K0", "K1", "K2", "K3", "K4"}))
      ->option_text("K0|K1|K2|K3|K4");
  command.add_flag("--minor", options->minor, context.say(Text::put_minor));
  add("--document", options->document, Text::put_document)->type_name("ID");
  add("--media-type", options->media_type, Text::put_media_type)->type_name("TYPE");
  runs(command, context, [options, &context] { return put(*options, context); });
}

}  // namespace cli
