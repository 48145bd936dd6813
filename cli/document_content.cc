#include "cli/document_content.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <functional>
#include <optional>

#include "crypto/hash.h"

namespace cli {
namespace {

using crypto::age::kNonceSize;
using crypto::age::kSealedChunkSize;
using crypto::age::kTagSize;
using crypto::age::PayloadNonce;

tl::unexpected<Failure> wrong() { return refuse(Text::content_wrong, Text::content_wrong_advice); }

// Takes the header and nonce, then each chunk with its number and whether it is the last.
struct Takers {
  std::function<Result<void>(crypto::ByteView header, const PayloadNonce& nonce)> head;
  std::function<Result<void>(std::uint64_t index, bool last, crypto::ByteView chunk)> chunk;
};

class Incoming {
 public:
  Incoming(SealedSession& session, api::BodyReader& body) : session_(session), body_(body) {}

  Result<void> fill(crypto::MutableBytes out) {
    while (!out.empty()) {
      const auto got = body_.read(out);
      if (!got) return tl::unexpected(session_.remote().explain(got.error()));
      if (*got == 0) return wrong();
      out = out.subspan(*got);
    }
    return {};
  }
  Result<void> end() {
    std::uint8_t more = 0;
    const auto got = body_.read({&more, 1});
    if (!got) return tl::unexpected(session_.remote().explain(got.error()));
    if (*got != 0) return wrong();
    return {};
  }

 private:
  SealedSession& session_;
  api::BodyReader& body_;
};

Result<void> fetch(SealedSession& session, const OpenedVersion& version, const Takers& take) {
  const api::SealedVersion& sealed = version.sealed;
  api::ClientRequest request;
  request.method = "GET";
  request.target = "/v1/documents/" + sealed.document.text() +
                   "/content?version=" + std::to_string(sealed.version);
  request.headers.add("accept", "application/vnd.age");
  const auto response = session.remote().send(std::move(request));
  if (!response) return tl::unexpected(response.error());

  Incoming in(session, *response->body);
  crypto::Bytes header(sealed.header.payload_header.size());
  PayloadNonce nonce{};
  if (auto read = in.fill(header); !read) return read;
  if (auto read = in.fill(nonce); !read) return read;
  if (header != sealed.header.payload_header || nonce != version.manifest.payload_nonce) {
    return wrong();
  }
  if (auto taken = take.head(header, nonce); !taken) return taken;

  crypto::Bytes chunk(kSealedChunkSize);
  std::uint64_t left = sealed.size - kNonceSize;
  for (std::uint64_t index = 0; left > 0; ++index) {
    const auto part = crypto::MutableBytes(chunk).first(
        static_cast<std::size_t>(std::min<std::uint64_t>(chunk.size(), left)));
    if (auto read = in.fill(part); !read) return read;
    left -= part.size();
    if (auto taken = take.chunk(index, left == 0, part); !taken) return taken;
  }
  return in.end();
}

// Writes, and says what the system said when it could not.
class Out {
 public:
  Out(std::ostream& stream, const std::string& name) : stream_(stream), name_(name) {}
  Result<void> write(crypto::ByteView bytes) {
    const std::string_view text = crypto::as_text(bytes);
    stream_.write(text.data(), static_cast<std::streamsize>(text.size()));
    if (!stream_) return refuse(Message(Text::file_unwritable, name_, std::strerror(errno)));
    return {};
  }

 private:
  std::ostream& stream_;
  const std::string& name_;
};

class PlainChunk {
 public:
  PlainChunk() : bytes_(crypto::age::kChunkSize) {}
  ~PlainChunk() { crypto::wipe(bytes_); }
  PlainChunk(const PlainChunk&) = delete;
  PlainChunk& operator=(const PlainChunk&) = delete;
  std::uint8_t* data() { return bytes_.data(); }
  crypto::ByteView first(std::size_t size) const { return crypto::ByteView(bytes_).first(size); }

 private:
  crypto::Bytes bytes_;
};

}  // namespace

Result<void> fetch_content(SealedSession& session, const OpenedVersion& version,
                           std::ostream& plain, const std::string& name, Progress& progress) {
  const auto key =
      session.result(api::open_file_key(session.ring(), version.sealed, version.manifest));
  if (!key) return tl::unexpected(key.error());
  crypto::age::PayloadOpener opener(*key, version.manifest.payload_nonce);
  crypto::Sha256 hash;
  PlainChunk opened;
  Out out(plain, name);
  const auto fetched =
      fetch(session, version,
            {[](crypto::ByteView, const PayloadNonce&) { return Result<void>(); },
             [&](std::uint64_t index, bool last, crypto::ByteView chunk) -> Result<void> {
               if (!opener.open(index, last, chunk, opened.data())) return wrong();
               const auto bytes = opened.first(chunk.size() - kTagSize);
               hash.update(bytes);
               progress.advance(bytes.size());
               return out.write(bytes);
             }});
  if (!fetched) return fetched;
  if (hash.finish() != version.manifest.sha256) return wrong();
  return {};
}

Result<void> fetch_age_file(SealedSession& session, const OpenedVersion& version,
                            std::ostream& sealed, const std::string& name, Progress& progress) {
  std::optional<crypto::age::PayloadRoot> root;
  Out out(sealed, name);
  const auto fetched = fetch(session, version,
                             {[&](crypto::ByteView header, const PayloadNonce& nonce) {
                                root.emplace(nonce);
                                auto written = out.write(header);
                                return written ? out.write(nonce) : written;
                              },
                              [&](std::uint64_t, bool, crypto::ByteView chunk) {
                                root->add(chunk);
                                progress.advance(chunk.size());
                                return out.write(chunk);
                              }});
  if (!fetched) return fetched;
  if (root->root() != version.manifest.payload_root) return wrong();
  return {};
}

}  // namespace cli
