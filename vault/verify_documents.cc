#include "vault/verify_documents.h"

#include <algorithm>
#include <map>

#include "crypto/age.h"
#include "vault/extent.h"
#include "vault/keys.h"
#include "vault/records.h"

namespace vault {
namespace {

using crypto::age::kNonceSize;

std::string name_of(const Id& document, std::uint64_t version) {
  return document.text() + " " + std::to_string(version);
}

// REQUIRES: what was added before ended where a chunk does.
void add_chunks(crypto::age::PayloadRoot& root, ByteView bytes) {
  while (!bytes.empty()) {
    const std::size_t chunk = std::min(bytes.size(), crypto::age::kSealedChunkSize);
    root.add(bytes.first(chunk));
    bytes = bytes.subspan(chunk);
  }
}

class DocumentWalk {
 public:
  DocumentWalk(const ReadTxn& txn, const BlobStore& blobs, const Found& found)
      : txn_(txn), blobs_(blobs), found_(found) {}

  Result<void> run() {
    if (auto counted = read_documents(); !counted) return counted;
    Result<void> checked;
    const Key all(Kind::version);
    const auto scanned = txn_.scan(all, all.end(), [&](ByteView, ByteView value) {
      // What does not decode was altered, and is named as such by its digest.
      if (const auto record = decode<VersionRecord>(value)) checked = check(*record);
      return checked.has_value();
    });
    if (!scanned) return scanned;
    if (!checked) return checked;
    for (const auto& [document, left] : left_) {
      if (left != 0) found_(Damage::document_incomplete, document.text());
    }
    return {};
  }

 private:
  // How many versions each document must have.
  Result<void> read_documents() {
    const Key all(Kind::document);
    return txn_.scan(all, all.end(), [&](ByteView, ByteView value) {
      if (const auto record = decode<DocumentRecord>(value)) left_[record->id] = record->versions;
      return true;
    });
  }

  Result<void> check(const VersionRecord& record) {
    const auto document = left_.find(record.document);
    if (document == left_.end() || document->second == 0) {
      found_(Damage::document_incomplete, name_of(record.document, record.version));
    } else {
      --document->second;
    }
    return record.inline_payload ? check_inline(record) : check_blob(record);
  }

  Result<void> check_inline(const VersionRecord& record) {
    const auto bytes = txn_.get(Key(Kind::inline_payload).id(record.document).u64(record.version));
    if (!bytes) return tl::unexpected(bytes.error());
    if (!*bytes) return report(record, Damage::payload_missing);
    const ByteView payload = **bytes;
    if (payload.size() != record.size || payload.size() < kNonceSize) {
      return report(record, Damage::payload_altered);
    }
    crypto::age::PayloadNonce nonce;
    std::copy_n(payload.begin(), nonce.size(), nonce.begin());
    crypto::age::PayloadRoot root(nonce);
    add_chunks(root, payload.subspan(kNonceSize));
    if (root.root() != record.payload_root) return report(record, Damage::payload_altered);
    return {};
  }

  Result<void> check_blob(const VersionRecord& record) {
    const auto size = blobs_.size(record.blob);
    if (!size && size.error() == Errc::io_failure) return tl::unexpected(size.error());
    if (!size) {
      return report(record, size.error() == Errc::not_found ? Damage::payload_missing
                                                            : Damage::payload_altered);
    }
    if (*size != record.size || *size < kNonceSize) {
      return report(record, Damage::payload_altered);
    }
    const auto root = blob_root(record);
    if (!root && root.error() == Errc::io_failure) return tl::unexpected(root.error());
    if (!root || *root != record.payload_root) return report(record, Damage::payload_altered);
    return {};
  }

  // As the bytes on the disk give it.
  Result<Digest> blob_root(const VersionRecord& record) {
    crypto::age::PayloadNonce nonce;
    if (auto read = blobs_.read(record.blob, 0, nonce); !read) return tl::unexpected(read.error());
    crypto::age::PayloadRoot root(nonce);
    for (std::uint64_t offset = kNonceSize; offset < record.size;) {
      const auto part = MutableBytes(buffer_).first(
          static_cast<std::size_t>(std::min<std::uint64_t>(kExtentPayload, record.size - offset)));
      const auto read = blobs_.read(record.blob, offset, part);
      if (!read) return tl::unexpected(read.error());
      add_chunks(root, part);
      offset += part.size();
    }
    return root.root();
  }

  Result<void> report(const VersionRecord& record, Damage damage) {
    found_(damage, name_of(record.document, record.version));
    return {};
  }

  const ReadTxn& txn_;
  const BlobStore& blobs_;
  const Found& found_;
  std::map<Id, std::uint64_t> left_;  // versions of each document that did not come by yet
  Bytes buffer_ = Bytes(kExtentPayload);
};

}  // namespace

Result<void> verify_documents(const ReadTxn& txn, const BlobStore& blobs, const Found& found) {
  return DocumentWalk(txn, blobs, found).run();
}

}  // namespace vault
