#include "support/people.h"

#include <stdexcept>

namespace support {

crypto::AccessKeyRecord Person::as(const crypto::Id& agency, const std::string& role) const {
  crypto::AccessKeyRecord changed = record;
  changed.agency = agency;
  changed.role = role;
  return changed;
}

crypto::Statement Person::signed_by_her(crypto::Statement statement) const {
  statement.sign(key(), signing());
  return statement;
}

Person make_person(const std::string& role, const crypto::Id& agency) {
  Person person;
  const auto digest = crypto::person_digest(crypto::random_block<32>(), "name", "office");
  person.enrolment =
      crypto::Enrolment::make(person.identity, digest, FoundedVault::kStart).encode();
  const auto opened = crypto::Enrolment::open(person.enrolment);
  if (!opened) throw std::logic_error("an enrolment of our own does not open");
  person.record = {opened->key,     agency,         role,          opened->recipient,
                   opened->signing, opened->person, opened->digest};
  return person;
}

vault::VaultOptions FoundedVault::options() {
  vault::VaultOptions options;
  options.directory = data();
  options.log_key = log_key();
  options.map_size = std::uint64_t{1} << 30;
  options.clock = clock();
  return options;
}

FoundedVault::FoundedVault(std::uint64_t quorum)
    : first_admin(make_person("ADMIN")), second_admin(make_person("ADMIN")) {
  crypto::FoundingRecord founding;
  founding.prefix = "KKR";
  founding.quorum = quorum;
  founding.administrators = {first_admin.record, second_admin.record};
  if (!vault::Vault::create(options(), founding)) throw std::runtime_error("no vault was made");
  reopen();
}

void FoundedVault::reopen() {
  auto opened = vault::Vault::open(options());
  if (!opened) {
    throw std::runtime_error("the vault does not open: " +
                             std::to_string(static_cast<int>(opened.error())));
  }
  vault_ = std::move(*opened);
}

FoundedVault::~FoundedVault() = default;

std::vector<std::string> FoundedVault::lines_of(std::string_view action) const {
  const std::string wanted = "\"action\":\"" + std::string(action) + "\"";
  std::vector<std::string> found = lines();
  std::erase_if(found, [&](const std::string& line) { return line.find(wanted) == line.npos; });
  return found;
}

std::vector<std::string> FoundedVault::lines() const {
  const auto head = vault_->log().head();
  if (!head) throw std::runtime_error("no head");
  std::vector<std::string> lines;
  const auto read = vault_->log().lines(0, head->size, [&](std::uint64_t, std::string_view line) {
    lines.emplace_back(line);
    return true;
  });
  if (!read) throw std::runtime_error("the log does not read");
  return lines;
}

std::string FoundedVault::last_line() const {
  const auto head = vault_->log().head();
  if (!head || head->size == 0) throw std::runtime_error("no head");
  return vault_->log().line(head->size - 1).value();
}

}  // namespace support
