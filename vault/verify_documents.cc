#include "vault/verify_documents.h"

#include <algorithm>
#include <map>

#include "crypto/age.h"
#include "vault/extent.h"
#include "vault/keys.h"
#include "vault/records.h"

namespace vault {
namespace {

std::string name_of(const Id& document, std::uint64_t version) {
  return document.text() + " " + std::to_string(version);
}

// What a payload's bytes say of themselves: nonce first, then the chunks.
class Payload {
 public:
  // REQUIRES: pieces end where chunks do, but for the last.
  void add(ByteView bytes) {
    if (!nonce_seen_) {
      const std::size_t nonce = std::min(bytes.size(), crypto::age::kNonceSize);
      bytes = bytes.subspan(nonce);
      nonce_seen_ = true;
    }
    while (!bytes.empty()) {
      const std::size_t chunk = std::min(bytes.size(), crypto::age::kSealedChunkSize);
      if (chunk < crypto::age::kTagSize) return;  // no payload ends so: its size said so already
      tags_.add(bytes.first(chunk));
      bytes = bytes.subspan(chunk);
    }
  }
  Digest root() const { return tags_.root(); }

 private:
  bool nonce_seen_ = false;
  crypto::age::TagRoot tags_;
};

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
    Payload payload;
    payload.add(**bytes);
    if ((*bytes)->size() != record.size || payload.root() != record.tag_root) {
      return report(record, Damage::payload_altered);
    }
    return {};
  }

  Result<void> check_blob(const VersionRecord& record) {
    const auto size = blobs_.size(record.blob);
    if (!size && size.error() == Errc::io_failure) return tl::unexpected(size.error());
    if (!size) {
      return report(record, size.error() == Errc::not_found ? Damage::payload_missing
                                                            : Damage::payload_altered);
    }
    if (*size != record.size) return report(record, Damage::payload_altered);

    Payload payload;
    std::uint64_t offset = 0;
    while (offset < record.size) {
      const std::uint64_t piece = offset == 0 ? crypto::age::kNonceSize : kExtentPayload;
      const auto part = MutableBytes(buffer_).first(
          static_cast<std::size_t>(std::min(piece, record.size - offset)));
      const auto read = blobs_.read(record.blob, offset, part);
      if (!read && read.error() == Errc::io_failure) return read;
      if (!read) return report(record, Damage::payload_altered);
      payload.add(part);
      offset += part.size();
    }
    if (payload.root() != record.tag_root) return report(record, Damage::payload_altered);
    return {};
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
