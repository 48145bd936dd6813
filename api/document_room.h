// What the handlers of documents share: the visits under way and the payloads that wait.
#pragma once

#include <memory>
#include <string>

#include "api/envelope.h"
#include "api/pending_payloads.h"
#include "api/services.h"
#include "api/visits.h"
#include "vault/documents.h"

namespace api {

struct DocumentRoom {
  explicit DocumentRoom(Services& of)
      : services(of), visits(of.vault.committer(), of.steady), pending(of.steady) {}
  Services& services;
  Visits visits;
  PendingPayloads pending;
};

// The forms a version has on the wire.
SealedVersion sealed_version(const vault::DocumentView& view);
std::string entity_tag(const Id& document, std::uint64_t version);

// A version's manifest and file key, by the keys that the session lent.
struct OpenedVersion {
  crypto::Manifest manifest;
  crypto::FileKey key;
};
Outcome<crypto::Manifest> open_manifest_of(Incoming& in, const vault::DocumentView& view);
Outcome<OpenedVersion> open_version(Incoming& in, const vault::DocumentView& view);

// The entry of a version whose manifest is shown, on disk before it leaves.
Outcome<void> enter_show(DocumentRoom& room, const Incoming& in, const vault::DocumentView& view);

void register_deposit_routes(Router& router, const std::shared_ptr<DocumentRoom>& room);
void register_content_routes(Router& router, const std::shared_ptr<DocumentRoom>& room);

}  // namespace api
