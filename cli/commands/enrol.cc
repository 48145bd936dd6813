#include "cli/commands/enrol.h"

#include <CLI/App.hpp>
#include <memory>

#include "cli/enrolment_file.h"
#include "cli/file_out.h"
#include "cli/now.h"

namespace cli {
namespace {

struct Options {
  std::string name;
  std::string office;
  std::string file;
};

bool is_clean(const std::string& words) { return !words.empty() && printable(words) == words; }

Result<void> enrol(const Options& options, Context& context) {
  if (!is_clean(options.name) || !is_clean(options.office)) {
    return misused(Text::enrol_words_empty);
  }
  const auto identity = context.open_key();
  if (!identity) return tl::unexpected(identity.error());
  const auto enrolment = EnrolmentFile::make(*identity, options.name, options.office, now_ms());
  const std::string text = enrolment.text();
  // As a secret: it holds a person's name.
  if (auto written = write_file(options.file, crypto::as_bytes(text), FileKind::secret); !written) {
    return written;
  }
  context.output.show({
      {"file", Text::label_file, options.file},
      {"access_key", Text::label_access_key, enrolment.enrolment.key.text()},
      {"recipient", Text::label_recipient, enrolment.enrolment.recipient.text()},
      {"fingerprint", Text::label_fingerprint, enrolment.fingerprint()},
  });
  return {};
}

}  // namespace

void add_enrol(CLI::App& app, Context& context) {
  const auto options = std::make_shared<Options>();
  CLI::App& command = add_command(app, context, "enrol", Text::enrol_about, Text::enrol_examples);
  command.add_option("--name", options->name, context.say(Text::enrol_name))->required();
  command.add_option("--office", options->office, context.say(Text::enrol_office))->required();
  command.add_option("-o,--output", options->file, context.say(Text::enrol_output))
      ->type_name("FILE")
      ->required();
  runs(command, context, [options, &context] { return enrol(*options, context); });
}

}  // namespace cli
