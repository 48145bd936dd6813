#include "cli/file_out.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "cli/file_in.h"
#include "support/temp_dir.h"

namespace cli {
namespace {

mode_t mode_of(const std::filesystem::path& path) {
  struct stat found {};
  EXPECT_EQ(::stat(path.c_str(), &found), 0);
  return found.st_mode & 0777U;
}

std::size_t names_in(const support::TempDir& folder) {
  const std::filesystem::directory_iterator all(folder.path());
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

std::string content(const std::filesystem::path& path) {
  const auto bytes = read_file(path);
  return bytes ? std::string(crypto::as_text(*bytes)) : "unreadable";
}

TEST(FileOut, HasNoNameUntilItIsWhole) {
  const support::TempDir folder;
  auto file = FileOut::create(folder / "visum.pdf", FileKind::fresh);
  ASSERT_TRUE(file);
  file->stream() << std::string(1 << 20, 'x') << std::flush;
  EXPECT_FALSE(std::filesystem::exists(folder / "visum.pdf"));
  ASSERT_TRUE(std::move(*file).commit());
  EXPECT_EQ(content(folder / "visum.pdf"), std::string(1 << 20, 'x'));
  EXPECT_EQ(names_in(folder), 1U);
}

TEST(FileOut, LeavesNothingWhenItIsGivenUp) {
  const support::TempDir folder;
  {
    auto file = FileOut::create(folder / "visum.pdf", FileKind::open);
    ASSERT_TRUE(file);
    file->stream() << "half of it" << std::flush;
  }
  EXPECT_EQ(names_in(folder), 0U);
}

TEST(FileOut, KeepsSecretsForTheirOwner) {
  const support::TempDir folder;
  ASSERT_TRUE(write_file(folder / "key", crypto::as_bytes("k"), FileKind::secret));
  ASSERT_TRUE(write_file(folder / "session", crypto::as_bytes("s"), FileKind::settings));
  EXPECT_EQ(mode_of(folder / "key"), 0600U);
  EXPECT_EQ(mode_of(folder / "session"), 0600U);
}

TEST(FileOut, NeverOverwritesAKey) {
  const support::TempDir folder;
  ASSERT_TRUE(write_file(folder / "key", crypto::as_bytes("first"), FileKind::secret));
  const auto second = write_file(folder / "key", crypto::as_bytes("second"), FileKind::secret);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().what.text(), Text::file_exists);
  EXPECT_EQ(content(folder / "key"), "first");
}

// Two that begin at once: the one that ends later must not win.
TEST(FileOut, RefusesAFileThatCameToBeMeanwhile) {
  const support::TempDir folder;
  auto late = FileOut::create(folder / "key", FileKind::secret);
  ASSERT_TRUE(late);
  late->stream() << "late";
  ASSERT_TRUE(write_file(folder / "key", crypto::as_bytes("early"), FileKind::secret));
  const auto done = std::move(*late).commit();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().what.text(), Text::file_exists);
  EXPECT_EQ(content(folder / "key"), "early");
  EXPECT_EQ(names_in(folder), 1U);
}

TEST(FileOut, DoesNotWriteThroughALink) {
  const support::TempDir folder;
  std::filesystem::create_symlink(folder / "elsewhere", folder / "key");
  EXPECT_FALSE(write_file(folder / "key", crypto::as_bytes("k"), FileKind::secret));
  EXPECT_FALSE(std::filesystem::exists(folder / "elsewhere"));
}

TEST(FileOut, ReplacesSettingsWhole) {
  const support::TempDir folder;
  ASSERT_TRUE(write_file(folder / "profile.json", crypto::as_bytes("old"), FileKind::settings));
  ASSERT_TRUE(write_file(folder / "profile.json", crypto::as_bytes("new"), FileKind::settings));
  EXPECT_EQ(content(folder / "profile.json"), "new");
  EXPECT_EQ(names_in(folder), 1U);
}

TEST(FileOut, SaysWhereItCannotWrite) {
  const support::TempDir folder;
  const auto refused = FileOut::create(folder / "no/such/folder/key", FileKind::secret);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().what.text(), Text::file_unwritable);
}

TEST(FileOut, NoticesAFullDisk) {
  const auto refused = write_file("/dev/full/x", crypto::as_bytes("x"), FileKind::open);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().what.text(), Text::file_unwritable);
}

TEST(FileIn, RefusesMoreThanASmallFile) {
  const support::TempDir folder;
  ASSERT_TRUE(write_file(folder / "a", crypto::as_bytes("12345"), FileKind::open));
  EXPECT_TRUE(read_file(folder / "a", 5));
  const auto refused = read_file(folder / "a", 4);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().what.text(), Text::file_too_large);
}

}  // namespace
}  // namespace cli
