#include "cli/display.h"

#include <gtest/gtest.h>

#include "cli/texts.h"

namespace cli {
namespace {

TEST(Display, CountsColumnsNotBytes) {
  EXPECT_EQ(display_width("kasus"), 5U);
  EXPECT_EQ(display_width("Café"), 4U);
  EXPECT_EQ(display_width("e\xcc\x81"), 1U);     // a letter and a combining accent
  EXPECT_EQ(display_width("\xe6\xbc\xa2"), 2U);  // a wide character
  EXPECT_EQ(display_width("\xff\xfe"), 2U);      // not UTF-8: one column a byte
}

TEST(Display, AlignsColumnsByWidthAndLeavesNoSpaceAtTheEnd) {
  EXPECT_EQ(align({{"nama", "kantor"}, {"Café", "UPTD"}, {"Sri", ""}}),
            "nama  kantor\nCafé  UPTD\nSri\n");
}

TEST(Display, ShortensToWholeCharacters) {
  EXPECT_EQ(shortened("visum.pdf", 9), "visum.pdf");
  EXPECT_EQ(shortened("visum.pdf", 6), "visum…");
  EXPECT_EQ(shortened("\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2", 4), "\xe6\xbc\xa2…");
}

TEST(Display, WritesSizesAsTheLanguageDoes) {
  EXPECT_EQ(shown_size(0, Language::english), "0 B");
  EXPECT_EQ(shown_size(1023, Language::english), "1023 B");
  EXPECT_EQ(shown_size(1536, Language::english), "1.5 KiB");
  EXPECT_EQ(shown_size(1536, Language::indonesian), "1,5 KiB");
  EXPECT_EQ(shown_size((1U << 20U) - 1, Language::english), "1.0 MiB");
  EXPECT_EQ(shown_size(std::uint64_t{40} << 30U, Language::english), "40.0 GiB");
}

TEST(Display, WritesDurations) {
  EXPECT_EQ(shown_duration(7), "0:07");
  EXPECT_EQ(shown_duration(754), "12:34");
  EXPECT_EQ(shown_duration(10921), "3:02:01");
}

// What stands in a title must not move the cursor, rewrite a line, or turn the writing round.
TEST(Printable, ReplacesWhatATerminalWouldObey) {
  const std::string mark = "\xef\xbf\xbd";
  EXPECT_EQ(printable("visum é 漢"), "visum é 漢");
  EXPECT_EQ(printable("a\x1b[2Jb"), "a" + mark + "[2Jb");
  EXPECT_EQ(printable("a\nb\r\x7f"), "a" + mark + "b" + mark + mark);
  EXPECT_EQ(printable("\xc2\x9b"), mark);  // C1: the same as ESC [
  EXPECT_EQ(printable("\xe2\x80\xae"
                      "fdp.exe"),
            mark + "fdp.exe");
  EXPECT_EQ(printable("\xc0\x9b\xed\xa0\x80"), mark + mark + mark + mark + mark);
  EXPECT_EQ(printable("cut \xe6\xbc"), "cut " + mark + mark);
}

}  // namespace
}  // namespace cli
