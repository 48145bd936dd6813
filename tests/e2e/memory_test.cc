// A large document is deposited and read over HTTPS, in an opened and in a sealed session, while
// the service is watched from outside: its memory, what its words leave on the disk, and which
// files it opens for writing.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "api/envelope.h"
#include "api/wire.h"
#include "crypto/encoding.h"
#include "e2e/watch.h"
#include "support/desk.h"
#include "support/house.h"
#include "support/large_document.h"
#include "support/remote.h"

namespace e2e {
namespace {

using crypto::Id;
using nlohmann::json;
using support::LargeDocument;

constexpr std::uint64_t kMostMemory = std::uint64_t{150} << 10;  // KiB

// What of a document the way of depositing it must give back.
struct Deposited {
  std::string id;
  crypto::Digest sha256{};
};

class LargeDocumentTest : public ::testing::TestWithParam<std::uint64_t> {
 protected:
  LargeDocumentTest() : desk_(remote_), bulk_(house_.address()) {}

  // The way of a person who lends her key: the service seals and opens.
  Deposited deposit_opened() {
    api::ClientRequest request = deposit_request("application/pdf");
    request.headers.add("upload-metadata",
                        support::upload_metadata({{"title", title_},
                                                  {"filename", file_name_},
                                                  {"filetype", "application/pdf"},
                                                  {"type", "LAP-ADU"}}));
    support::PlainBody body(document_);
    request.source = &body;
    const auto response = bulk_.send(request).value();
    const json answer = json::parse(response.text().value());
    EXPECT_EQ(response.status, 201) << answer;
    Deposited deposited{answer.at("id"), {}};
    const auto digest = crypto::from_hex(answer.at("sha256").get<std::string>()).value();
    std::copy(digest.begin(), digest.end(), deposited.sha256.begin());
    return deposited;
  }

  // The way of a person who keeps her key: the service gets sealed bytes and hands them out.
  Deposited deposit_sealed() {
    const auto key = crypto::FileKey::random();
    Deposited deposited{Id::make(support::FoundedVault::kStart).text(), {}};
    api::ClientRequest request = deposit_request("application/vnd.age");
    request.headers.add("upload-metadata", support::upload_metadata({{"type", "LAP-ADU"}}));
    request.headers.add("segel-document", deposited.id);
    support::SealedBody body(document_, key);
    request.source = &body;
    const auto response = bulk_.send(request).value();
    const json taken = json::parse(response.text().value());
    EXPECT_EQ(response.status, 202) << taken;
    deposited.sha256 = body.sha256();

    support::DeskPort port(desk_);
    api::KeyRing ring = ring_over(port);
    const auto state = ring.fresh(house_.case_id()).value();
    crypto::Manifest manifest;
    manifest.document = Id::parse(deposited.id).value();
    manifest.case_id = house_.case_id();
    manifest.generation = state.record.generation;
    manifest.title = title_;
    manifest.file_name = file_name_;
    manifest.media_type = "application/pdf";
    manifest.size = document_.size();
    manifest.sha256 = deposited.sha256;
    manifest.salt = crypto::random_block<32>();
    manifest.label = api::wire::read<crypto::Label>(taken.at("label")).value();
    manifest.created = support::FoundedVault::kStart;
    manifest.payload_nonce = body.nonce();
    manifest.payload_root = body.payload_root();
    hand_in(ring, manifest, key, state);
    return deposited;
  }

  support::ReadBack read_opened(const std::string& id) {
    const auto response = bulk_.send(content_request(id)).value();
    EXPECT_EQ(response.status, 200);
    return support::read_plain(*response.body);
  }

  support::ReadBack read_sealed(const std::string& id) {
    support::DeskPort port(desk_);
    api::KeyRing ring = ring_over(port);
    const auto version =
        api::wire::read<api::SealedVersion>(desk_.get("/v1/documents/" + id).json()).value();
    const auto manifest = api::open_manifest(ring, port, version).value();
    EXPECT_EQ(manifest.title, title_);
    const auto key = api::open_file_key(ring, version, manifest).value();
    api::ClientRequest request = content_request(id);
    request.headers.add("accept", "application/vnd.age");
    const auto response = bulk_.send(request).value();
    EXPECT_EQ(response.status, 200);
    return support::read_age_file(*response.body, key);
  }

  api::KeyRing ring_over(support::DeskPort& port) const {
    return {port, house_.manager().key(), house_.agency(), house_.manager().identity, "sealed"};
  }

  // The second step of a sealed deposit: what the document is called, and who opens it.
  void hand_in(const api::KeyRing& ring, const crypto::Manifest& manifest,
               const crypto::FileKey& key, const crypto::NodeState& state) {
    const api::Envelope envelope =
        api::make_envelope(ring, manifest, key,
                           {{crypto::HolderKind::node, house_.case_id(), state.record.generation,
                             state.record.recipient}});
    json headers = json::array();
    for (const auto& header : envelope.headers) headers.push_back(api::wire::of(header));
    const json body{{"version", 1},
                    {"case", manifest.case_id.text()},
                    {"generation", manifest.generation},
                    {"label", api::wire::of(manifest.label)},
                    {"manifest", crypto::base64(envelope.manifest)},
                    {"manifest_digest", crypto::base64(envelope.manifest_digest)},
                    {"content", crypto::base64(manifest.content_digest())},
                    {"headers", headers}};
    const auto answer =
        desk_.call("PUT", "/v1/documents/" + manifest.document.text() + "/manifest", body.dump());
    EXPECT_EQ(answer.status, 201) << answer.body;
  }

  api::ClientRequest deposit_request(const std::string& type) const {
    api::ClientRequest request;
    request.method = "POST";
    request.target = "/v1/cases/" + house_.case_id().text() + "/documents";
    request.headers.add("authorization", "Bearer " + desk_.token);
    request.headers.add("content-type", type);
    return request;
  }

  api::ClientRequest content_request(const std::string& id) const {
    api::ClientRequest request;
    request.method = "GET";
    request.target = "/v1/documents/" + id + "/content";
    request.headers.add("authorization", "Bearer " + desk_.token);
    return request;
  }

  void expect_back(const Deposited& deposited, const support::ReadBack& back) {
    EXPECT_EQ(back.size, document_.size());
    EXPECT_EQ(back.sha256, deposited.sha256);
  }

  // Made anew for each run, so that nothing but this document can have put it on the disk.
  const std::string word_ = "penanda-" + crypto::to_hex(crypto::random_block<12>());
  const std::string title_ = "Laporan " + word_, file_name_ = word_ + ".pdf";
  const LargeDocument document_{GetParam(), word_};
  support::TempDir traces_;
  const std::string trace_ = (traces_ / "trace").string();
  // The tracer stands aside (-D) and stops the service at these calls alone (--seccomp-bpf).
  support::House house_{{"strace", "-D", "-f", "--seccomp-bpf", "-y", "-q", "-e",
                         "trace=open,openat,openat2,creat,memfd_create", "-o", trace_}};
  support::RemoteService remote_{house_.address()};
  support::Desk desk_;
  api::HttpClient bulk_;
};

TEST_P(LargeDocumentTest, NeedsLittleMemoryAndLeavesNoPlainByte) {
  MemoryPeak memory(house_.service());
  WordSearch search(word_, house_.data());

  ASSERT_TRUE(desk_.lend_key(house_.manager()));
  const Deposited opened = deposit_opened();
  expect_back(opened, read_opened(opened.id));
  ASSERT_TRUE(desk_.answer_challenge(house_.manager()));
  const Deposited sealed = deposit_sealed();
  expect_back(sealed, read_sealed(sealed.id));
  search.look();

  std::printf(
      "RssAnon: at most %.1f MiB, seen %llu times; searched %llu times, %.1f GB in all\n",
      static_cast<double>(memory.kib()) / 1024, static_cast<unsigned long long>(memory.looks()),
      static_cast<unsigned long long>(search.looks()), static_cast<double>(search.bytes()) / 1e9);
  EXPECT_GT(memory.looks(), 10U);
  EXPECT_LT(memory.kib(), kMostMemory);
  EXPECT_EQ(search.found(), std::vector<std::string>{});
  EXPECT_TRUE(house_.stop());
  EXPECT_EQ(written_outside(trace_, house_.data()), std::vector<std::string>{});
}

INSTANTIATE_TEST_SUITE_P(Of256MiB, LargeDocumentTest, ::testing::Values(std::uint64_t{256} << 20));
INSTANTIATE_TEST_SUITE_P(Of2GiB, LargeDocumentTest, ::testing::Values(std::uint64_t{2} << 30));

}  // namespace
}  // namespace e2e
