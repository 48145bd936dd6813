#include "cli/enrolment_file.h"

#include <nlohmann/json.hpp>

#include "cli/file_in.h"
#include "crypto/encoding.h"
#include "crypto/secret.h"
#include "crypto/strict_json.h"

namespace cli {
namespace {

constexpr std::uint64_t kFormat = 1;

}  // namespace

EnrolmentFile EnrolmentFile::make(const crypto::Identity& identity, const std::string& name,
                                  const std::string& office, std::int64_t now) {
  EnrolmentFile file;
  file.name = name;
  file.office = office;
  file.salt = crypto::random_block<32>();
  const auto person = crypto::person_digest(file.salt, name, office);
  file.note = crypto::Enrolment::make(identity, person, now).encode();
  file.enrolment = crypto::Enrolment::open(file.note).value();
  return file;
}

Result<EnrolmentFile> EnrolmentFile::parse(std::string_view text, const std::string& path) {
  const Message malformed(Text::enrolment_malformed, path);
  auto json = crypto::parse_json(text);
  if (!json || !json->is_object()) return refuse(malformed);
  if (const auto format = json->find("format");
      format != json->end() && format->is_number_unsigned() && *format > kFormat) {
    return refuse(Message(Text::enrolment_newer, path));
  }
  // Taken out first: the reader's texts have no line breaks, and a note is made of lines.
  const auto note = json->find("enrolment");
  if (note == json->end() || !note->is_string()) return refuse(malformed);
  EnrolmentFile file;
  file.note = *note;
  json->erase(note);
  crypto::ObjectReader in(*json);
  if (in.number("format") != kFormat) in.refuse();
  file.name = in.text("name");
  file.office = in.text("office");
  file.salt = in.block<32>("salt");
  if (!in.complete()) return refuse(malformed);

  const Message untrusted(Text::enrolment_untrusted, path);
  const auto enrolment = crypto::Enrolment::open(file.note);
  if (!enrolment && enrolment.error() == crypto::Errc::untrusted) return refuse(untrusted);
  if (!enrolment) return refuse(malformed);
  // Else somebody could hand on another person's keys under a name of her choice.
  if (enrolment->person != crypto::person_digest(file.salt, file.name, file.office)) {
    return refuse(untrusted);
  }
  file.enrolment = *enrolment;
  return file;
}

Result<EnrolmentFile> EnrolmentFile::read(const std::filesystem::path& path) {
  const auto bytes = read_file(path);
  if (!bytes) return tl::unexpected(bytes.error());
  return parse(crypto::as_text(*bytes), path.string());
}

std::string EnrolmentFile::text() const {
  const nlohmann::ordered_json json = {{"format", kFormat},
                                       {"enrolment", note},
                                       {"name", name},
                                       {"office", office},
                                       {"salt", crypto::base64(salt)}};
  return json.dump(2) + "\n";
}

std::string EnrolmentFile::fingerprint() const {
  return crypto::fingerprint(enrolment.recipient, enrolment.signing);
}

}  // namespace cli
