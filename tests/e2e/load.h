// Clients of a real service that do all that an office does at once, and remember what they were
// told; and what is asked of the service afterwards.
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <random>
#include <string>
#include <vector>

#include "support/desk.h"
#include "support/house.h"

namespace e2e {

// What was acknowledged to the clients of one load.
struct Told {
  std::string case_id;                           // where they deposit
  std::map<std::string, std::size_t> documents;  // id and size: the content is pattern(size, size)
  std::map<std::string, std::string> shares;     // case, made for it, and share
  std::vector<std::string> read;                 // documents
  std::uint64_t generation = 0;                  // of the agency
};

// Begins with a case of its own, made by the house's manager. Thread-safe.
class Load {
 public:
  // `police`: the agency that cases are shared with.
  Load(const support::House& house, const crypto::Id& police);

  // One client: deposits small and large, reads, lists, shares and rotates until no answer comes.
  void work(unsigned seed);
  // Until the clients together have had so many answers, or one has none any more.
  void wait_for(std::size_t answers);
  // REQUIRES: all clients have ended.
  const Told& told() const { return told_; }

 private:
  void step(support::Desk& desk, std::mt19937& random);
  void deposit(support::Desk& desk, std::size_t size);
  void read(support::Desk& desk, std::mt19937& random);
  void share(support::Desk& desk);
  void rotate();
  template <typename Note>
  void note(const Note& what);

  const support::House& house_;
  const std::string police_;
  std::mutex rotating_;
  std::mutex mutex_;  // all below
  std::condition_variable changed_;
  std::size_t answers_ = 0;
  bool ended_ = false;
  Told told_;
};

// By calls: an agency with a custodian of its own.
crypto::Id add_agency(const support::House& house, const std::string& code);

std::vector<std::string> documents_of(support::Desk& desk, const std::string& case_id);
// The lines of a case's entries, and whether one of them has this action and names `id`.
std::vector<std::string> log_of(support::Desk& desk, const std::string& case_id);
bool is_in(const std::vector<std::string>& lines, const std::string& action, const std::string& id);
std::uint64_t generation_of(support::Desk& desk, const crypto::Id& node);

// What `segel verify-store` says of the house's folder; nothing when it is sound.
std::string verify_store(const support::House& house);

}  // namespace e2e
