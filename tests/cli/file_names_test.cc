#include "cli/file_names.h"

#include <gtest/gtest.h>

namespace cli {
namespace {

TEST(FileNames, OfSomebodyElseStayInTheFolderAndHarmless) {
  const std::pair<const char*, const char*> kNames[] = {
      {"laporan.pdf", "laporan.pdf"},
      {"Visum et repertum (2).pdf", "Visum et repertum (2).pdf"},
      {"../../.ssh/authorized_keys", "authorized_keys"},
      {"/etc/passwd", "passwd"},
      {"C:\\Windows\\a.dll", "a.dll"},
      {".bashrc", "bashrc"},
      {"-rf", "rf"},
      {"..", "document"},
      {"a/", "document"},
      {"", "document"},
      {"a\x1b[2J.txt", "a\uFFFD[2J.txt"},
  };
  for (const auto& [given, safe] : kNames) EXPECT_EQ(safe_file_name(given), safe) << given;
}

TEST(FileNames, AreCutAtACharacterAndKeepTheirEnding) {
  const std::string cut = safe_file_name(std::string(150, 'a') + std::string(100, 'b') + ".pdf");
  EXPECT_EQ(cut.size(), 200U);
  EXPECT_TRUE(cut.ends_with("b.pdf"));
  std::string wide = "a";
  for (int i = 0; i < 150; ++i) wide += "é";
  EXPECT_EQ(safe_file_name(wide).size(), 199U);
}

TEST(FileNames, TellTheMediaTypeByTheirEnding) {
  EXPECT_EQ(media_type_of("a.PDF"), "application/pdf");
  EXPECT_EQ(media_type_of("a.b.jpeg"), "image/jpeg");
  EXPECT_EQ(media_type_of("pdf"), "application/octet-stream");
  EXPECT_EQ(media_type_of("a.unknown"), "application/octet-stream");
}

}  // namespace
}  // namespace cli
