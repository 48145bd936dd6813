#include "cli/commands/log_checkpoint.h"

#include <CLI/App.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/file_out.h"
#include "cli/remote_log.h"
#include "crypto/encoding.h"

namespace cli {
namespace {

struct Options {
  LogKeyOptions key;
  std::string output;
};

Result<void> checkpoint(const Options& options, Context& context) {
  auto remote = context.open_remote();
  if (!remote) return tl::unexpected(remote.error());
  const auto log = log_key(options.key, context);
  if (!log) return tl::unexpected(log.error());
  const auto signed_head = fetch_head(*remote, *log, context);
  if (!signed_head) return tl::unexpected(signed_head.error());
  if (!options.output.empty()) {
    const auto wrote =
        write_file(options.output, crypto::as_bytes(signed_head->note), FileKind::fresh);
    if (!wrote) return wrote;
  }
  const crypto::Checkpoint& head = signed_head->head;
  if (context.output.is_json()) {
    context.output.json({{"origin", head.origin},
                         {"size", head.size},
                         {"root", crypto::base64(head.root)},
                         {"checkpoint", signed_head->note}});
    return {};
  }
  context.output.show({{"origin", Text::label_origin, head.origin},
                       {"size", Text::label_head_size, std::to_string(head.size)},
                       {"root", Text::label_root, crypto::base64(head.root)}});
  if (options.output.empty()) context.output.note(Text::log_checkpoint_keep);
  return {};
}

}  // namespace

void add_log_checkpoint(CLI::App& log, Context& context) {
  const auto options = std::make_shared<Options>();
  CLI::App& command = add_command(log, context, "checkpoint", Text::log_checkpoint_about,
                                  Text::log_checkpoint_examples);
  command.add_option("-o,--output", options->output, context.say(Text::log_checkpoint_output))
      ->type_name("FILE");
  add_log_key_options(command, context, options->key);
  runs(command, context, [options, &context] { return checkpoint(*options, context); });
}

}  // namespace cli
