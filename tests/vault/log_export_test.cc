#include "vault/log_export.h"

#include <gtest/gtest.h>

#include <sstream>

#include "crypto/log_verify.h"
#include "support/log_fixture.h"

namespace vault {
namespace {

class Exporting : public LogFixture {
 protected:
  void fill(int entries) {
    for (int i = 0; i < entries; ++i) {
      const auto number = static_cast<std::uint8_t>(1 + i % 3);
      ASSERT_TRUE(committer_->commit(put("a", std::to_string(i)), case_draft(number)));
    }
  }
  crypto::LogExportReport verified() {
    std::istringstream file(text_);
    return crypto::verify_log_export(file, verifier()).value();
  }
  crypto::log_export::Sink sink() {
    return [this](std::string_view line) {
      text_ += line;
      return ++lines_ < most_;
    };
  }
  std::string text_;
  std::size_t lines_ = 0;
  std::size_t most_ = SIZE_MAX;
};

TEST_F(Exporting, WhatIsExportedVerifies) {
  fill(100);
  for (const auto& [from, to] : {std::pair{0U, 100U}, {0U, 1U}, {37U, 99U}, {50U, 50U}}) {
    text_.clear();
    ASSERT_TRUE(export_log(log(), from, to, sink()));
    const auto report = verified();
    EXPECT_FALSE(report.bad);
    EXPECT_EQ(report.entries, to - from);
    EXPECT_EQ(report.origin, kOrigin);
  }
}

TEST_F(Exporting, OfACaseItHasThatCaseOnly) {
  fill(100);
  ASSERT_TRUE(export_case(log(), id_of(2), 1, 1000, sink()));
  const auto report = verified();
  EXPECT_FALSE(report.bad);
  EXPECT_EQ(report.entries, 33U);
  EXPECT_EQ(report.case_id, id_of(2));
  EXPECT_EQ(text_.find(id_of(1).text()), std::string::npos);

  text_.clear();
  ASSERT_TRUE(export_case(log(), id_of(2), 10, 5, sink()));
  EXPECT_FALSE(verified().bad);
  EXPECT_EQ(verified().entries, 5U);
}

TEST_F(Exporting, WhatIsNotThereIsRefused) {
  EXPECT_EQ(export_log(log(), 0, 0, sink()).error(), Errc::invalid);
  fill(4);
  EXPECT_EQ(export_log(log(), 0, 5, sink()).error(), Errc::invalid);
  EXPECT_EQ(export_log(log(), 3, 2, sink()).error(), Errc::invalid);
  EXPECT_EQ(export_case(log(), id_of(9), 1, 10, sink()).error(), Errc::not_found);
  EXPECT_EQ(export_case(log(), id_of(1), 9, 10, sink()).error(), Errc::invalid);
  EXPECT_EQ(export_case(log(), id_of(1), 0, 10, sink()).error(), Errc::invalid);
  EXPECT_TRUE(text_.empty());
}

TEST_F(Exporting, AReaderWhoIsGoneEndsIt) {
  fill(50);
  most_ = 10;
  ASSERT_TRUE(export_log(log(), 0, 50, sink()));
  EXPECT_EQ(lines_, 10U);
}

}  // namespace
}  // namespace vault
