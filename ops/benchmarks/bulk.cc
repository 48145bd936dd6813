// A large document's deposit or reading over HTTPS, from a real segeld, in an opened session.
//
//   bulk deposit|read [BYTES]
//
// Makes a vault of its own in the temporary folder (TMPDIR) and removes it. Timed from before the
// connection to the last byte of the answer, as a client sees it; this process is the client.
// Prints one line of JSON; MB are 10^6 bytes of plaintext.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <stdexcept>
#include <string_view>

#include "support/desk.h"
#include "support/house.h"
#include "support/large_document.h"
#include "support/remote.h"

namespace {

using Clock = std::chrono::steady_clock;

class Bulk {
 public:
  explicit Bulk(std::uint64_t size) : document_(size, "planted") {
    support::RemoteService remote(house_.address());
    support::Desk desk(remote);
    if (!desk.lend_key(house_.manager())) throw std::runtime_error("no session");
    token_ = desk.token;
  }

  // Gives the document's id and the seconds it took.
  std::pair<std::string, double> deposit() {
    api::ClientRequest request =
        request_for("POST", "/v1/cases/" + house_.case_id().text() + "/documents");
    request.headers.add("content-type", "application/octet-stream");
    request.headers.add("upload-metadata",
                        support::upload_metadata({{"title", "Large"}, {"type", "LAP-ADU"}}));
    support::PlainBody body(document_);
    request.source = &body;
    const auto began = Clock::now();
    api::HttpClient client(house_.address());
    const auto response = client.send(request).value();
    const auto text = response.text().value();
    const std::chrono::duration<double> took = Clock::now() - began;
    if (response.status != 201) throw std::runtime_error("not deposited: " + text);
    return {nlohmann::json::parse(text).at("id"), took.count()};
  }

  double read(const std::string& document) {
    const auto request = request_for("GET", "/v1/documents/" + document + "/content");
    crypto::Bytes piece(std::size_t{64} << 10);
    std::uint64_t size = 0;
    const auto began = Clock::now();
    api::HttpClient client(house_.address());
    const auto response = client.send(request).value();
    while (const std::size_t got = response.body->read(piece).value()) size += got;
    const std::chrono::duration<double> took = Clock::now() - began;
    if (response.status != 200 || size != document_.size()) throw std::runtime_error("not read");
    return took.count();
  }

 private:
  api::ClientRequest request_for(const char* method, const std::string& target) const {
    api::ClientRequest request;
    request.method = method;
    request.target = target;
    request.headers.add("authorization", "Bearer " + token_);
    return request;
  }

  support::House house_;
  support::LargeDocument document_;
  std::string token_;
};

}  // namespace

int main(int argc, char** argv) {
  const std::string_view mode = argc > 1 ? argv[1] : "";
  const std::uint64_t size =
      argc > 2 ? std::strtoull(argv[2], nullptr, 10) : std::uint64_t{1} << 30;
  if ((mode != "deposit" && mode != "read") || size == 0) {
    (void)std::fputs("bulk deposit|read [BYTES]\n", stderr);
    return 2;
  }
  try {
    Bulk bulk(size);
    auto [document, seconds] = bulk.deposit();
    if (mode == "read") seconds = bulk.read(document);
    std::printf("{\"mode\":\"%s\",\"bytes\":%llu,\"seconds\":%.4f,\"mb_per_s\":%.1f}\n", argv[1],
                static_cast<unsigned long long>(size), seconds,
                static_cast<double>(size) / 1e6 / seconds);
    return 0;
  } catch (const std::exception& error) {
    (void)std::fprintf(stderr, "bulk: %s\n", error.what());
    return 1;
  }
}
