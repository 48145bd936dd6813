#include "cli/registration.h"

#include <nlohmann/json.hpp>

#include "cli/enrolled.h"
#include "cli/fingerprint_check.h"

namespace cli {

Result<EnrolmentFile> read_compared(const Context& context, const std::string& path,
                                    const std::string& fingerprint) {
  auto person = EnrolmentFile::read(path);
  if (!person) return person;
  const auto compared =
      check_fingerprint(context, called(*person), person->fingerprint(), fingerprint);
  if (!compared) return tl::unexpected(compared.error());
  return person;
}

Result<void> register_statement(Context& context, SealedSession& session, const std::string& target,
                                const crypto::Statement& statement, const EnrolmentFile& person) {
  const auto answer = session.remote().post(
      target, {{"statement", session.ring().sign(statement)}, {"enrolment", person.note}});
  if (!answer) return tl::unexpected(answer.error());
  show_registered(context.output, *answer, person.fingerprint());
  return {};
}

void show_registered(Output& output, const nlohmann::json& answer, const std::string& fingerprint) {
  std::vector<Fact> facts = {{"id", Text::label_id, text_of(answer, "id")},
                             {"fingerprint", Text::label_fingerprint, fingerprint}};
  const std::string order = text_of(answer, "order");
  if (!order.empty()) facts.push_back({"order", Text::label_order, order});
  output.show(facts);
  if (!order.empty()) output.say(Message(Text::registered_waits, order));
}

}  // namespace cli
