#include "api/problem.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

namespace api {
namespace {

using vault::Errc;

TEST(Problem, HasWordsInBothLanguagesAndATypeOfItsOwn) {
  std::set<std::string_view> types;
  for (const Problem& row : all_problems()) {
    SCOPED_TRACE(row.type);
    EXPECT_TRUE(types.insert(row.type).second);
    for (const std::string_view words :
         {row.id.title, row.id.detail, row.en.title, row.en.detail}) {
      EXPECT_FALSE(words.empty());
    }
    EXPECT_NE(row.id.title, row.en.title);
    EXPECT_NE(row.id.detail, row.en.detail);
  }
}

struct Refusal {
  const char* name;
  Errc error;
  int status;
  const char* type;
};
constexpr Refusal kRefusals[] = {
    {"Missing", Errc::not_found, 404, "not-found"},
    {"NotYours", Errc::forbidden, 404, "not-found"},
    {"NotYourRole", Errc::wrong_role, 403, "wrong-role"},
    {"Invalid", Errc::invalid, 422, "invalid"},
    {"Untrusted", Errc::untrusted, 422, "untrusted"},
    {"Conflict", Errc::conflict, 409, "conflict"},
    {"Narrower", Errc::narrower, 409, "fewer-readers"},
    {"Stale", Errc::stale, 409, "generation-stale"},
    {"TooLarge", Errc::too_large, 413, "too-large"},
    {"Pending", Errc::pending, 202, "pending"},
    {"Corrupt", Errc::corrupt, 500, "damaged"},
    {"Newer", Errc::newer_format, 500, "damaged"},
    {"NoSpace", Errc::no_space, 507, "no-space"},
    {"Disk", Errc::io_failure, 503, "unavailable"},
    {"Stopped", Errc::stopped, 503, "unavailable"},
    {"Locked", Errc::locked, 500, "internal"},
};
TEST(Problem, IsOneForEachCodeOfTheVault) {
  for (const Refusal& row : kRefusals) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(problem_for(row.error).status, row.status);
    EXPECT_EQ(problem_for(row.error).type, row.type);
    EXPECT_EQ(failure_for(row.error).type, row.type);
  }
}

TEST(Problem, DoesNotTellWhatAProcedureFound) {
  EXPECT_EQ(problem_for(Failure{"no-way", 404}).type, "not-found");
  EXPECT_EQ(problem_for(Failure{"sealed-wrong", 500}).type, "damaged");
  EXPECT_EQ(problem_for(Failure{"manifest-wrong", 500}).type, "damaged");
  EXPECT_EQ(problem_for(Failure{"never heard of", 0}).type, "internal");
}

TEST(Problem, IsAnsweredInIndonesianUnlessEnglishIsPreferred) {
  const Problem& row = problem_of("not-found");
  const Reply local = problem_reply(row, "", "r1");
  const Reply english = problem_reply(row, "en", "r1");
  EXPECT_EQ(local.status, 404);
  EXPECT_EQ(local.headers.one("content-type"), "application/problem+json");
  EXPECT_EQ(local.headers.one("content-language"), "id");
  EXPECT_EQ(english.headers.one("content-language"), "en");
  const auto body = nlohmann::json::parse(english.body);
  EXPECT_EQ(body.at("type"), "https://segel.id/problems/not-found");
  EXPECT_EQ(body.at("title"), row.en.title);
  EXPECT_EQ(body.at("detail"), row.en.detail);
  EXPECT_EQ(body.at("status"), 404);
  EXPECT_EQ(body.at("request"), "r1");
  EXPECT_EQ(nlohmann::json::parse(local.body).at("title"), row.id.title);
}

}  // namespace
}  // namespace api
