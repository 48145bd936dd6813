#include "cli/store/verify_store.h"

#include <CLI/App.hpp>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/log_key.h"
#include "cli/store/apart.h"
#include "cli/store/store_report.h"
#include "crypto/encoding.h"
#include "vault/lmdb_blobs.h"
#include "vault/lmdb_meta.h"
#include "vault/verify_chain.h"
#include "vault/verify_documents.h"
#include "vault/verify_erase_keys.h"

namespace cli {
namespace {

using nlohmann::json;
using vault::Errc;

struct Options {
  std::string data;
  LogKeyOptions key;
  std::string head;
};

vault::Result<vault::StoreReport> verify_folder(const std::filesystem::path& data,
                                                const vault::VerifyOptions& options,
                                                const vault::OnDamagedPage& on_damaged_page) {
  vault::LmdbOptions beside{.read_only = true};
  beside.on_damaged_page = &on_damaged_page;
  const auto meta = vault::open_lmdb_meta(data / "meta", beside);
  if (!meta) return tl::unexpected(meta.error());
  const auto blobs = vault::open_lmdb_blobs(data / "blobs", beside);
  if (!blobs) return tl::unexpected(blobs.error());
  vault::VerifyOptions with_keys = options;
  with_keys.checks.push_back(vault::verify_chain(options.log));
  with_keys.checks.push_back(vault::verify_erase_keys(data / "erase.keys", **meta));
  return vault::verify_store(**meta, **blobs, with_keys);
}

Failure explain(Errc error, const std::string& folder) {
  switch (error) {
    case Errc::not_found:
      return {Message(Text::store_not_there, folder), Text::store_not_there_advice};
    case Errc::forbidden:
      return {Message(Text::store_of_another, folder), Text::store_of_another_advice};
    case Errc::newer_format:
      return {Message(Text::store_newer, folder), std::nullopt};
    case Errc::corrupt:
      return {Message(Text::store_pages_damaged, folder), Text::store_damaged_advice};
    case Errc::wrong_role:
    case Errc::invalid:
    case Errc::untrusted:
    case Errc::conflict:
    case Errc::narrower:
    case Errc::stale:
    case Errc::too_large:
    case Errc::pending:
    case Errc::no_space:
    case Errc::io_failure:
    case Errc::stopped:
    case Errc::locked:
      break;
  }
  return {Message(Text::store_unreadable, folder), std::nullopt};
}

// What the other process says when it has no report.
json json_of_error(Errc error, const std::optional<vault::PageDamage>& damage,
                   const std::string& file) {
  json object = {{"error", static_cast<int>(error)}};
  if (damage) {
    object["file"] = file;
    object["page"] = damage->page;
  }
  return object;
}

Failure explain(const json& object, const std::string& folder) {
  const auto error = static_cast<Errc>(object.at("error").get<int>());
  if (error != Errc::corrupt || !object.contains("page")) return explain(error, folder);
  const auto file = std::filesystem::path(folder) / object.at("file").get<std::string>();
  return {Message(Text::store_page_damaged, object.at("page").get<std::uint64_t>(), file.string()),
          Text::store_damaged_advice};
}

// Away from here, since a page that is damaged may end the process that reads it.
Result<vault::StoreReport> verify_apart(const Options& options,
                                        const vault::VerifyOptions& verifying) {
  const auto answer = run_apart([&]() -> std::string {
    std::optional<vault::PageDamage> damaged;
    std::string in;
    const auto report = verify_folder(
        options.data, verifying, [&](const std::filesystem::path& file, vault::PageDamage damage) {
          damaged = damage;
          in = (file.parent_path().filename() / file.filename()).string();
        });
    if (report) return json_of(*report).dump();
    return json_of_error(report.error(), damaged, in).dump();
  });
  const Failure crashed = explain(Errc::corrupt, options.data);
  if (!answer) return tl::unexpected(crashed);
  const json object = json::parse(*answer, nullptr, false);
  if (object.is_object() && object.contains("error")) {
    return tl::unexpected(explain(object, options.data));
  }
  auto report = read_report(object);
  if (!report) return tl::unexpected(crashed);
  return std::move(*report);
}

void show(const vault::StoreReport& report, Context& context) {
  if (context.output.is_json()) return context.output.json(json_of(report));
  std::vector<Fact> facts;
  if (report.head) facts.push_back({"origin", Text::label_origin, report.head->origin});
  facts.push_back({"entries", Text::label_entries, std::to_string(report.entries)});
  facts.push_back({"records", Text::label_records, std::to_string(report.records)});
  facts.push_back({"pending", Text::label_destructions, std::to_string(report.pending)});
  if (report.head) {
    facts.push_back({"root", Text::label_root, crypto::base64(report.head->root)});
  }
  context.output.show(facts);
  std::vector<std::vector<std::string>> rows;
  for (const auto& finding : report.findings) {
    rows.push_back({context.say(text_of(finding.damage)), finding.id});
  }
  context.output.show({{"damage", Text::label_damage}, {"id", Text::label_found_at}}, rows);
}

Result<void> verify(const Options& options, Context& context) {
  const auto log = log_key(options.key, context);
  if (!log) return tl::unexpected(log.error());
  vault::VerifyOptions verifying{*log, std::nullopt, {vault::verify_documents}};
  if (!options.head.empty()) {
    const auto head = read_head(options.head, *log);
    if (!head) return tl::unexpected(head.error());
    verifying.remembered = *head;
  }
  const auto report = verify_apart(options, verifying);
  if (!report) return tl::unexpected(report.error());
  show(*report, context);
  if (report->sound()) {
    context.output.say(Text::store_sound);
    return {};
  }
  const Text damaged = report->more_findings ? Text::store_damaged_more : Text::store_damaged;
  return refuse(Message(damaged, report->findings.size()), Text::store_damaged_advice);
}

}  // namespace

void add_verify_store(CLI::App& app, Context& context) {
  const auto options = std::make_shared<Options>();
  CLI::App& command = add_command(app, context, "verify-store", Text::verify_store_about,
                                  Text::verify_store_examples);
  command.add_option("data", options->data, context.say(Text::verify_store_folder))
      ->type_name("DIR")
      ->required();
  add_log_key_options(command, context, options->key);
  command.add_option("--head", options->head, context.say(Text::head_option))->type_name("FILE");
  runs(command, context, [options, &context] { return verify(*options, context); });
}

}  // namespace cli
