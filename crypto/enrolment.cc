#include "crypto/enrolment.h"

#include <nlohmann/json.hpp>

#include "crypto/encoding.h"
#include "crypto/hash.h"
#include "crypto/strict_json.h"

namespace crypto {
namespace {

Block<4> length_of(std::string_view text) {
  const auto size = static_cast<std::uint32_t>(text.size());
  return {static_cast<std::uint8_t>(size >> 24), static_cast<std::uint8_t>(size >> 16),
          static_cast<std::uint8_t>(size >> 8), static_cast<std::uint8_t>(size)};
}

}  // namespace

Digest person_digest(const Block<32>& salt, std::string_view name, std::string_view office) {
  return sha256({salt, length_of(name), as_bytes(name), length_of(office), as_bytes(office)});
}

Statement Enrolment::make(const Identity& identity, const Digest& person, std::int64_t now) {
  const SigningKey signing = SigningKey::derive(identity);
  const Id key = Id::make(now);
  Statement statement(kType, nlohmann::json{{"key", key.text()},
                                            {"recipient", identity.recipient().text()},
                                            {"signing", signing.verify_key().text()},
                                            {"person", base64(person)},
                                            {"created", static_cast<std::uint64_t>(now)}});
  statement.sign(key, signing);
  return statement;
}

Result<Enrolment> Enrolment::open(std::string_view note) {
  const auto statement = Statement::parse(note);
  if (!statement) return tl::unexpected(statement.error());
  if (statement->type() != kType) return tl::unexpected(Errc::malformed);
  const nlohmann::json body = statement->body();
  ObjectReader in(body);
  Enrolment enrolment;
  enrolment.key = in.id("key");
  enrolment.recipient = in.recipient("recipient");
  enrolment.signing = in.verify_key("signing");
  enrolment.person = in.block<32>("person");
  const std::uint64_t created = in.number("created");
  if (!in.complete() || created > static_cast<std::uint64_t>(INT64_MAX)) {
    return tl::unexpected(Errc::malformed);
  }
  enrolment.created = static_cast<std::int64_t>(created);
  enrolment.digest = statement->digest();
  if (auto signed_by_her = statement->verify(enrolment.key, enrolment.signing); !signed_by_her) {
    return tl::unexpected(Errc::untrusted);
  }
  return enrolment;
}

}  // namespace crypto
