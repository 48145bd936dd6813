#include "cli/commands/log_proof.h"

#include <CLI/App.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "cli/remote_log.h"
#include "crypto/encoding.h"

namespace cli {
namespace {

using nlohmann::json;

struct Options {
  LogKeyOptions key;
  std::optional<std::uint64_t> index;
  std::optional<std::uint64_t> from;
  std::optional<std::uint64_t> to;
  std::string head;
};

std::string query(const char* name, std::uint64_t value, std::uint64_t size) {
  return std::string("/v1/log/proof?") + name + "=" + std::to_string(value) +
         "&size=" + std::to_string(size);
}

Result<void> wrong() { return refuse(Text::log_proof_wrong, Text::head_untrusted_advice); }

void show(json proof, const SignedHead& head, const Message& said, Context& context) {
  proof["checkpoint"] = head.note;
  context.output.json(proof);
  context.output.say(said);
}

// That the entry is in the log under the head as it is now.
Result<void> prove_entry(std::uint64_t index, Remote& remote, const SignedHead& head,
                         Context& context) {
  auto answer = remote.get(query("index", index, head.head.size));
  if (!answer) return tl::unexpected(answer.error());
  const auto proof = read_proof(*answer);
  if (!proof) return tl::unexpected(proof.error());
  const auto leaf = crypto::from_base64(text_of(*answer, "leaf"));
  crypto::Digest digest{};
  if (!leaf || leaf->size() != digest.size()) return wrong();
  std::copy(leaf->begin(), leaf->end(), digest.begin());
  if (!crypto::merkle::verify_inclusion(index, head.head.size, digest, *proof, head.head.root)) {
    return wrong();
  }
  show(std::move(*answer), head, Message(Text::log_proof_in, index, head.head.size), context);
  return {};
}

// That the log goes on from a head that was kept.
Result<void> prove_growth(const crypto::Checkpoint& kept, Remote& remote, const SignedHead& head,
                          Context& context) {
  if (kept.size > head.head.size) {
    return refuse(Message(Text::log_head_cut, head.head.size, kept.size));
  }
  auto answer = remote.get(query("from", kept.size, head.head.size));
  if (!answer) return tl::unexpected(answer.error());
  const auto proof = read_proof(*answer);
  if (!proof) return tl::unexpected(proof.error());
  if (!crypto::merkle::verify_consistency(kept.size, head.head.size, kept.root, head.head.root,
                                          *proof)) {
    return refuse(Message(Text::log_head_rewritten, kept.size));
  }
  show(std::move(*answer), head, Message(Text::log_head_continued, kept.size), context);
  return {};
}

// Between two sizes whose roots somebody else knows: fetched, and for him to check.
Result<void> hand_on(std::uint64_t from, std::uint64_t to, Remote& remote, const SignedHead& head,
                     Context& context) {
  auto answer = remote.get(query("from", from, to));
  if (!answer) return tl::unexpected(answer.error());
  const auto proof = read_proof(*answer);
  if (!proof) return tl::unexpected(proof.error());
  if (!context.output.is_json()) {
    for (const auto& hash : *proof) context.output.raw(crypto::base64(hash) + "\n");
  }
  context.output.note(Text::log_proof_unchecked);
  show(std::move(*answer), head, Message(Text::log_proof_handed_on, from, to), context);
  return {};
}

Result<void> prove(const Options& options, Context& context) {
  const int ways =
      (options.index ? 1 : 0) + (options.from ? 1 : 0) + (options.head.empty() ? 0 : 1);
  if (ways != 1 || (options.to && !options.from)) return misused(Text::log_proof_of_what);
  auto remote = context.open_remote();
  if (!remote) return tl::unexpected(remote.error());
  const auto log = log_key(options.key, context);
  if (!log) return tl::unexpected(log.error());
  const auto head = fetch_head(*remote, *log, context);
  if (!head) return tl::unexpected(head.error());
  if (options.index) return prove_entry(*options.index, *remote, *head, context);
  if (!options.head.empty()) {
    const auto kept = read_head(options.head, *log);
    if (!kept) return tl::unexpected(kept.error());
    return prove_growth(*kept, *remote, *head, context);
  }
  return hand_on(*options.from, options.to.value_or(head->head.size), *remote, *head, context);
}

}  // namespace

void add_log_proof(CLI::App& log, Context& context) {
  const auto options = std::make_shared<Options>();
  CLI::App& command =
      add_command(log, context, "proof", Text::log_proof_about, Text::log_proof_examples);
  command.add_option("--index", options->index, context.say(Text::log_proof_index))->type_name("N");
  command.add_option("--head", options->head, context.say(Text::head_option))->type_name("FILE");
  command.add_option("--from", options->from, context.say(Text::log_proof_from))->type_name("N");
  command.add_option("--to", options->to, context.say(Text::log_proof_to))->type_name("N");
  add_log_key_options(command, context, options->key);
  runs(command, context, [options, &context] { return prove(*options, context); });
}

}  // namespace cli
