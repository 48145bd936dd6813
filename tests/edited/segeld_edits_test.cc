// The same through the front door: a real segeld on an edited folder, over TLS, and what it says
// when it does not start.
#include <gmock/gmock.h>
#include <signal.h>

#include "edited/edits.h"
#include "edited/everybody.h"
#include "edited/prepared.h"
#include "support/certificates.h"
#include "support/free_port.h"
#include "support/process.h"
#include "support/remote.h"

namespace edited {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

class SegeldEdits : public ::testing::Test {
 protected:
  // What everybody saw; nothing: it did not start, and says by what it ended.
  std::optional<Seen> serve(const Image& image, std::string& end) {
    const Copy copy(image);
    const std::string port = support::free_port();
    support::OnTerminal segeld(support::Command{
        {std::string(SEGEL_BIN) + "/segeld", "--data", copy.data().string(), "--log-key",
         prepared().founded.log_key(), "--certificate", certificates_.certificate(), "--key",
         certificates_.key(), "--port", port, "--allow-unlocked-memory"}});
    if (!segeld.shows("serves on")) {
      const auto done = segeld.finish();
      EXPECT_EQ(done.exit_code, 1) << done.out;
      end = done.out;
      return std::nullopt;
    }
    api::HttpClient::Options at;
    at.host = "localhost";
    at.port = static_cast<std::uint16_t>(std::stoi(port));
    at.ca_file = certificates_.authority();
    Seen seen;
    {
      support::RemoteService service(at);
      seen = use_everything(service, prepared().cast);
    }
    ::kill(segeld.pid(), SIGTERM);
    const auto done = segeld.finish();
    EXPECT_EQ(done.exit_code, 0) << done.out;
    end = done.out;
    return seen;
  }
  void expect_orderly(const std::vector<Edit>& edits) {
    ASSERT_FALSE(edits.empty());
    for (const Edit& edit : edits) {
      SCOPED_TRACE(edit.name);
      Image image = prepared().image;
      edit.apply(image);
      std::string end;
      const auto seen = serve(image, end);
      if (seen) {
        EXPECT_THAT(seen->wrong, IsEmpty());
      } else {
        EXPECT_THAT(end, ::testing::AnyOf(HasSubstr("segel verify-store"), HasSubstr("log key"),
                                          HasSubstr("later release")));
      }
    }
  }

  support::Certificates certificates_{"DNS:localhost,IP:127.0.0.1"};
};

TEST_F(SegeldEdits, TheStoreAsItIsServesEverybody) {
  std::string end;
  const auto seen = serve(prepared().image, end);
  ASSERT_TRUE(seen) << end;
  EXPECT_THAT(seen->wrong, IsEmpty());
  EXPECT_GT(seen->answers.size(), 300U);
}

TEST_F(SegeldEdits, OfOneRowOfEachKindAreOrderly) { expect_orderly(one_a_kind()); }

TEST_F(SegeldEdits, OfTheLogAreOrderly) { expect_orderly(cut_logs()); }

}  // namespace
}  // namespace edited
