// What a depositor who seals at home signs of a payload that is another: refused by whoever opens
// it.
#include <functional>

#include "api/document_office.h"

namespace api {
namespace {

struct Lie {
  const char* name;
  std::function<void(crypto::Manifest&)> tell;
};

const Lie kLies[] = {
    {"a smaller size", [](crypto::Manifest& manifest) { manifest.size -= 40'000; }},
    {"a larger size", [](crypto::Manifest& manifest) { manifest.size += 1; }},
    {"another nonce", [](crypto::Manifest& manifest) { manifest.payload_nonce[0] ^= 1; }},
    {"another root", [](crypto::Manifest& manifest) { manifest.payload_root[0] ^= 1; }},
};

class ManifestLiesTest : public DocumentOffice {
 protected:
  // The document that was deposited by a sealed session under that manifest.
  std::string deposit_with(const std::function<void(crypto::Manifest&)>& tell) {
    Desk desk(service_.handler());
    EXPECT_TRUE(desk.answer_challenge(worker_));
    const auto waiting =
        send_payload(desk, Id::make(FoundedVault::kStart), pattern(100'000), "LAP-ADU");
    EXPECT_EQ(waiting.taken.status, 202) << waiting.taken.body;
    crypto::Manifest manifest = manifest_for(waiting);
    tell(manifest);
    const Answer made = send_manifest(desk, sealed_by(desk, worker_, waiting, manifest));
    EXPECT_EQ(made.status, 201) << made.body;
    return waiting.document.text();
  }
};

TEST_P(ManifestLiesTest, OfSizeNonceOrRootGiveNoByteAndNoTitle) {
  const std::string honest = deposit_with([](crypto::Manifest&) {});
  EXPECT_EQ(content_of(*worker_desk_, worker_, honest), pattern(100'000));
  for (const Lie& lie : kLies) {
    SCOPED_TRACE(lie.name);
    const std::string path = "/v1/documents/" + deposit_with(lie.tell);
    if (opened()) {
      EXPECT_EQ(worker_desk_->get(path + "/content").problem(), "damaged");
      worker_desk_->headers = {{"range", "bytes=0-9"}};
      EXPECT_EQ(worker_desk_->get(path + "/content").problem(), "damaged");
      worker_desk_->headers.clear();
      EXPECT_EQ(worker_desk_->get(path).problem(), "damaged");
      continue;
    }
    // What a client opens at home.
    DeskPort port(*worker_desk_);
    KeyRing ring = ring_of(port, worker_, agency_);
    const auto version = wire::read<SealedVersion>(worker_desk_->get(path).json());
    ASSERT_TRUE(version);
    const auto manifest = open_manifest(ring, port, *version);
    ASSERT_FALSE(manifest);
    EXPECT_EQ(manifest.error().type, "manifest-wrong");
  }
}

TEST_P(ManifestLiesTest, HideNoOtherDocumentFromAList) {
  const std::string honest = deposit_with([](crypto::Manifest&) {});
  const std::string lie = deposit_with(kLies[0].tell);
  const json items = worker_desk_->get("/v1/cases/" + case_.text() + "/documents").json()["items"];
  ASSERT_EQ(items.size(), 2U);
  for (const json& item : items) {
    if (!opened()) continue;  // opened at home
    EXPECT_EQ(item.contains("opened"), item.at("id") == honest) << item;
    EXPECT_EQ(item.value("damaged", false), item.at("id") == lie) << item;
  }
}

INSTANTIATE_TEST_SUITE_P(Both, ManifestLiesTest, ::testing::Values("opened", "sealed"),
                         [](const auto& row) { return std::string(row.param); });

}  // namespace
}  // namespace api
