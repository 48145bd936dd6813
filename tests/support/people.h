// People with keys, and a vault that some of them founded: what tests of the service begin with.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "crypto/enrolment.h"
#include "crypto/key_records.h"
#include "crypto/keys.h"
#include "support/temp_dir.h"
#include "vault/vault.h"

namespace support {

struct Person {
  crypto::Identity identity = crypto::Identity::generate();
  std::string enrolment;  // her self-signed note
  crypto::AccessKeyRecord record;

  const crypto::Id& key() const { return record.key; }
  // As she would be registered for an agency and role.
  crypto::AccessKeyRecord as(const crypto::Id& agency, const std::string& role) const;
  crypto::SigningKey signing() const { return crypto::SigningKey::derive(identity); }
  // A statement with her signature.
  crypto::Statement signed_by_her(crypto::Statement statement) const;
};

Person make_person(const std::string& role = "", const crypto::Id& agency = {});

// An empty vault on disk, founded by two administrators, with clocks that only tests move.
class FoundedVault {
 public:
  static constexpr vault::Time kStart = 1'790'000'000'000;
  explicit FoundedVault(std::uint64_t quorum = 2);
  ~FoundedVault();

  vault::Vault& vault() { return *vault_; }
  vault::Clock clock() {
    return [this] { return kStart + set_by_ + passed_; };
  }
  vault::Clock steady() {
    return [this] { return passed_.load(); };
  }
  void pass(vault::Time milliseconds) { passed_ += milliseconds; }
  // As an operator does, or a time server that lies: no time passes.
  void set_clock(vault::Time by) { set_by_ += by; }
  std::string data() const { return (dir_ / "data").string(); }
  std::string log_key() const { return (dir_ / "log.key").string(); }
  // Closes the vault, so that a process can have it.
  void close() { vault_.reset(); }
  // Opens it again, to see what the process left. Throws std::runtime_error.
  void reopen();
  // How many entries of this action the log has.
  std::size_t entries(std::string_view action) const { return lines_of(action).size(); }
  std::vector<std::string> lines_of(std::string_view action) const;
  // All entries, in their order.
  std::vector<std::string> lines() const;
  // The last entry's line.
  std::string last_line() const;

  Person first_admin, second_admin;

 private:
  vault::VaultOptions options();
  TempDir dir_;
  std::atomic<vault::Time> passed_ = 0, set_by_ = 0;
  std::unique_ptr<vault::Vault> vault_;
};

}  // namespace support
