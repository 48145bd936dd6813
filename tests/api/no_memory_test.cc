// The memory for keys is used up: who asks is told so, nothing leaves or stays half done, and when
// there is room again all goes on.
#include "api/document_office.h"
#include "support/full_arena.h"

namespace api {
namespace {

using NoMemoryTest = DocumentOffice;

TEST_P(NoMemoryTest, IsAnsweredByItsNameUntilThereIsSomeAgain) {
  const std::string content = pattern(300'000);
  const Answer made = deposit(*worker_desk_, worker_, content);
  ASSERT_EQ(made.status, 201) << made.body;
  const std::string path = "/v1/documents/" + made.json().at("id").get<std::string>() + "/content";
  const auto key = colleague_.identity.text();
  const std::string login = json{{"identity", key.expose_text()}}.dump();
  const std::uint64_t before = founded_.vault().log().head()->size;
  {
    const support::FullArena full;
    Desk other(service_.handler());
    for (const Answer& answer :
         {other.call("POST", "/v1/sessions", login), worker_desk_->get(path),
          deposit(*worker_desk_, worker_, content), deposit(*worker_desk_, worker_, "kecil")}) {
      EXPECT_EQ(answer.status, 503) << answer.body;
      EXPECT_EQ(answer.problem(), "no-memory");
      EXPECT_EQ(answer.headers.one("retry-after"), "5");
    }
    service_.tick();
  }
  EXPECT_EQ(founded_.vault().log().head()->size, before) << founded_.last_line();
  EXPECT_EQ(worker_desk_->get(path).body, content);
  EXPECT_EQ(deposit(*worker_desk_, worker_, content).status, 201);
}

// A sealed session's keys are not here: what is done for it needs no such memory.
INSTANTIATE_TEST_SUITE_P(Opened, NoMemoryTest, ::testing::Values("opened"),
                         [](const auto& row) { return std::string(row.param); });

}  // namespace
}  // namespace api
