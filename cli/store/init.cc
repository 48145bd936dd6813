#include "cli/store/init.h"

#include <CLI/App.hpp>
#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/enrolled.h"
#include "vault/vault.h"

namespace cli {
namespace {

namespace fs = std::filesystem;

struct Options {
  std::string data;
  std::string log_key;
  std::vector<std::string> admins;
  std::string prefix = "KKR";
  bool trial = false;
};

// A person counts once, however often her file is named.
bool are_different(const std::vector<EnrolmentFile>& people) {
  for (auto one = people.begin(); one != people.end(); ++one) {
    const bool again = std::any_of(one + 1, people.end(), [&](const EnrolmentFile& other) {
      return other.enrolment.key == one->enrolment.key ||
             other.enrolment.recipient == one->enrolment.recipient;
    });
    if (again) return false;
  }
  return true;
}

Result<std::vector<EnrolmentFile>> read_admins(const Options& options) {
  std::vector<EnrolmentFile> people;
  for (const std::string& path : options.admins) {
    auto person = EnrolmentFile::read(path);
    if (!person) return tl::unexpected(person.error());
    people.push_back(std::move(*person));
  }
  if (!are_different(people)) return misused(Text::init_admins_same);
  // One administrator alone could enrol whom she likes.
  if (!options.trial && people.size() < 2) {
    return misused(Text::init_admins_few, Text::init_admins_few_advice);
  }
  return people;
}

crypto::FoundingRecord founding_of(const Options& options,
                                   const std::vector<EnrolmentFile>& people) {
  crypto::FoundingRecord founding;
  founding.prefix = options.prefix;
  founding.quorum = options.trial ? 1 : 2;
  for (const EnrolmentFile& person : people) {
    founding.administrators.push_back(enrolled(person, crypto::Id{}, "ADMIN"));
  }
  return founding;
}

Failure explain(vault::Errc error, const Options& options) {
  using vault::Errc;
  switch (error) {
    case Errc::conflict: {
      std::error_code ignored;
      if (fs::exists(options.log_key, ignored)) {
        return {Message(Text::file_exists, options.log_key), Message(Text::file_exists_advice)};
      }
      return {Message(Text::init_not_empty, options.data), std::nullopt};
    }
    case Errc::invalid:
      return {Message(Text::init_prefix, options.prefix), std::nullopt, kMisused};
    case Errc::no_space:
      return {Message(Text::init_no_space, options.data), std::nullopt};
    case Errc::locked:
      return {Message(Text::init_locked, options.data), std::nullopt};
    case Errc::not_found:
    case Errc::forbidden:
    case Errc::wrong_role:
    case Errc::untrusted:
    case Errc::narrower:
    case Errc::stale:
    case Errc::too_large:
    case Errc::pending:
    case Errc::corrupt:
    case Errc::newer_format:
    case Errc::io_failure:
    case Errc::stopped:
      break;
  }
  return {Message(Text::init_failed, options.data, options.log_key), std::nullopt};
}

void show(const Options& options, const std::vector<EnrolmentFile>& people,
          const std::string& verifier, Output& output) {
  nlohmann::json admins = nlohmann::json::array();
  std::vector<Fact> facts = {{"data", Text::label_data, options.data},
                             {"log_key", Text::label_log_key, options.log_key},
                             {"log_verifier", Text::label_log_verifier, verifier}};
  for (const EnrolmentFile& person : people) {
    admins.push_back({{"key", person.enrolment.key.text()}, {"fingerprint", person.fingerprint()}});
    facts.push_back({"admin", Text::label_admin, person.fingerprint() + "  " + person.name});
  }
  if (output.is_json()) {
    return output.json({{"data", options.data},
                        {"log_key", options.log_key},
                        {"log_verifier", verifier},
                        {"trial", options.trial},
                        {"admins", admins}});
  }
  output.show(facts);
  if (options.trial) output.note(Text::init_is_trial);
  output.say(Text::init_next);
}

Result<void> init(const Options& options, Context& context) {
  const auto people = read_admins(options);
  if (!people) return tl::unexpected(people.error());
  std::error_code ignored;
  const fs::path folder = fs::weakly_canonical(fs::absolute(options.data), ignored);
  const fs::path key = fs::weakly_canonical(fs::absolute(options.log_key), ignored);
  // Who copies the data folder shall not have the log's key with it.
  if (std::mismatch(folder.begin(), folder.end(), key.begin(), key.end()).first == folder.end()) {
    return misused(Message(Text::init_log_key_inside, options.log_key));
  }
  vault::VaultOptions at;
  at.directory = options.data;
  at.log_key = options.log_key;
  const auto verifier = vault::Vault::create(at, founding_of(options, *people));
  if (!verifier) return tl::unexpected(explain(verifier.error(), options));
  show(options, *people, verifier->text(), context.output);
  return {};
}

}  // namespace

void add_init(CLI::App& app, Context& context) {
  const auto options = std::make_shared<Options>();
  CLI::App& command = add_command(app, context, "init", Text::init_about, Text::init_examples);
  command.add_option("--data", options->data, context.say(Text::init_data))
      ->type_name("DIR")
      ->required();
  command.add_option("--log-key", options->log_key, context.say(Text::init_log_key))
      ->type_name("FILE")
      ->required();
  command.add_option("--admin", options->admins, context.say(Text::init_admin))
      ->type_name("FILE")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->required();
  command.add_option("--prefix", options->prefix, context.say(Text::init_prefix_option))
      ->capture_default_str();
  command.add_flag("--trial", options->trial, context.say(Text::init_trial));
  runs(command, context, [options, &context] { return init(*options, context); });
}

}  // namespace cli
