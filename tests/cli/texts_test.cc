#include "cli/texts.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "cli/language.h"

namespace cli {
namespace {

Language chosen(std::vector<const char*> arguments, std::map<std::string, std::string> variables) {
  arguments.insert(arguments.begin(), "segel");
  return choose_language(static_cast<int>(arguments.size()), arguments.data(),
                         [&](const char* name) -> const char* {
                           const auto found = variables.find(name);
                           return found == variables.end() ? nullptr : found->second.c_str();
                         });
}

TEST(ChooseLanguage, IsIndonesianUnlessSomebodyAsksForEnglish) {
  EXPECT_EQ(chosen({}, {}), Language::indonesian);
  EXPECT_EQ(chosen({}, {{"LANG", "C.UTF-8"}}), Language::indonesian);
  EXPECT_EQ(chosen({}, {{"LANG", "en_GB.UTF-8"}}), Language::english);
  EXPECT_EQ(chosen({}, {{"LANG", "id_ID.UTF-8"}, {"LC_ALL", "en_US"}}), Language::english);
}

TEST(ChooseLanguage, TakesTheArgumentBeforeTheVariableBeforeTheLocale) {
  EXPECT_EQ(chosen({}, {{"SEGEL_LANG", "id"}, {"LANG", "en_GB"}}), Language::indonesian);
  EXPECT_EQ(chosen({"--lang", "en"}, {{"SEGEL_LANG", "id"}}), Language::english);
  EXPECT_EQ(chosen({"put", "--lang=id"}, {{"SEGEL_LANG", "en"}}), Language::indonesian);
  EXPECT_EQ(chosen({"put", "--", "--lang=en"}, {}), Language::indonesian);
}

TEST(Texts, FillsPlacesInEitherLanguage) {
  const Message message(Text::file_too_large, "a.enrol", 16);
  EXPECT_EQ(message.in(Language::english),
            "The file a.enrol is larger than 16 bytes; it is not such a file.");
  EXPECT_EQ(message.in(Language::indonesian).find("Berkas a.enrol lebih besar dari 16 bita"), 0U);
  EXPECT_EQ(text_name(message.text()), "file_too_large");
}

TEST(Texts, ShowsArgumentsFromOutsideHarmlessly) {
  const Message message(Text::argument_unknown, "x\x1b[31m");
  EXPECT_EQ(message.in(Language::english).find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace cli
