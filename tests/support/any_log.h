// A log in memory, and exports of it as lists of lines.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "crypto/checkpoint.h"
#include "crypto/log_entry.h"
#include "crypto/log_export.h"
#include "crypto/merkle.h"
#include "crypto/merkle_range.h"

namespace support {

inline constexpr const char* kOrigin = "segel/test";

// Every third entry is of one case.
class AnyLog {
 public:
  explicit AnyLog(std::uint64_t size) {
    for (std::uint64_t index = 0; index < size; ++index) add(index);
  }

  crypto::NoteVerifier verifier() const { return {kOrigin, key_.verify_key()}; }
  std::string head() const { return head_at(tree_.size()); }
  std::string head_at(std::uint64_t size) const { return at(size).sign(key_); }
  const std::vector<std::string>& lines() const { return lines_; }
  crypto::Checkpoint at(std::uint64_t size) const {
    return {kOrigin, size, crypto::merkle::root_at(size, reader()).value()};
  }

  std::vector<std::string> export_range(std::uint64_t from, std::uint64_t to) const {
    std::vector<std::string> out;
    crypto::log_export::Writer writer(collect(out), {kOrigin, {}, from, to});
    EXPECT_TRUE(writer.begin());
    for (std::uint64_t i = from; i < to; ++i) EXPECT_TRUE(writer.entry(lines_[i]));
    const auto proof = crypto::merkle::prove_range(from, to, tree_.size(), reader());
    EXPECT_TRUE(writer.finish(tree_.size(), *proof, head()));
    return out;
  }
  std::vector<std::string> export_case(std::size_t from_seq = 1) const {
    std::vector<std::string> out;
    const std::uint64_t end = of_case_.size() + 1;
    crypto::log_export::Writer writer(collect(out), {kOrigin, case_id(), from_seq, end});
    EXPECT_TRUE(writer.begin());
    std::vector<crypto::log_export::Inclusion> inclusions;
    for (std::size_t seq = from_seq; seq < end; ++seq) {
      const std::uint64_t index = of_case_[seq - 1];
      EXPECT_TRUE(writer.entry(lines_[index]));
      const auto path = crypto::merkle::prove_inclusion(index, tree_.size(), reader());
      inclusions.push_back({index, writer.leaves().back(), *path});
    }
    EXPECT_TRUE(writer.finish_case(inclusions, head()));
    return out;
  }

 private:
  static crypto::Id case_id() {
    crypto::Id id;
    id.bytes.fill(7);
    return id;
  }
  static crypto::log_export::Sink collect(std::vector<std::string>& out) {
    return [&out](std::string_view text) {
      out.emplace_back(text);
      return true;
    };
  }
  void add(std::uint64_t index) {
    crypto::LogEntry entry;
    entry.index = index;
    entry.time = 1'790'000'000'000 + static_cast<std::int64_t>(index);
    entry.action = "document.deposit";
    entry.outcome = "ok";
    entry.salt.fill(static_cast<std::uint8_t>(index));
    if (index % 3 == 0) {
      entry.case_id = case_id();
      entry.case_seq = of_case_.size() + 1;
      if (!of_case_.empty()) entry.case_prev = nodes_.at({0, of_case_.back()});
      of_case_.push_back(index);
    }
    lines_.push_back(entry.encode().value());
    tree_.append(crypto::merkle::leaf_hash(crypto::as_bytes(lines_.back())),
                 [&](unsigned level, std::uint64_t at, const crypto::Digest& hash) {
                   nodes_[{level, at}] = hash;
                 });
  }
  crypto::merkle::NodeReader reader() const {
    return [this](unsigned level, std::uint64_t index) -> crypto::Result<crypto::Digest> {
      return nodes_.at({level, index});
    };
  }

  crypto::SigningKey key_ = crypto::SigningKey::generate();
  crypto::merkle::Tree tree_;
  std::map<std::pair<unsigned, std::uint64_t>, crypto::Digest> nodes_;
  std::vector<std::string> lines_;
  std::vector<std::uint64_t> of_case_;
};

inline std::string join(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line;
  return text;
}

}  // namespace support
