#include "vault/documents.h"

#include <algorithm>

#include "vault/access.h"
#include "vault/actions.h"
#include "vault/erase_slots.h"
#include "vault/keys.h"
#include "vault/reading.h"

namespace vault {
namespace {

// Whether the actor's keys reach what is sealed to this holder.
bool reaches(const Actor& actor, Place place, const Id& case_id, const Id& holder) {
  if (holder == actor.key) return true;
  if (holder == case_id) return holds(place);
  return holder == actor.agency && actor.role == "KUSTODIAN";
}

}  // namespace

std::optional<Readers> readers_of(const Policy& policy, std::string_view type) {
  const PolicyRow* row = policy.doctype(type);
  if (row == nullptr) return std::nullopt;
  const std::string& readers = row->at("readers");
  if (readers == "case") return Readers::case_holders;
  if (readers == "author|recipients") return Readers::authors;
  return Readers::author;  // "author", and "named" as long as nobody is named but the author
}

Result<DocumentView> Documents::view_in(const ReadTxn& txn, const Actor& actor, const Id& document,
                                        std::uint64_t version) const {
  const auto record = require<DocumentRecord>(txn, Key(Kind::document).id(document));
  if (!record) return tl::unexpected(record.error());
  const auto place = place_in(txn, actor, record->case_id);
  if (!place) return tl::unexpected(place.error());
  if (*place == Place::none || *place == Place::depositor) return tl::unexpected(Errc::forbidden);
  const bool counted = version > 0 && version <= record->versions;
  auto found = require<VersionRecord>(txn, Key(Kind::version).id(document).u64(version),
                                      counted ? Errc::corrupt : Errc::not_found);
  if (!found) return tl::unexpected(found.error());
  if (!policy_.may_open_class(actor.role, found->classification)) {
    return tl::unexpected(Errc::forbidden);
  }

  DocumentView view;
  view.record = std::move(*found);
  view.versions = record->versions;
  view.place = *place;
  // Her own header first, then the case's, then her agency's.
  for (const Id& holder : {actor.key, record->case_id, actor.agency}) {
    if (!reaches(actor, *place, record->case_id, holder)) continue;
    const Key key = Key(Kind::header).id(document).u64(version).id(holder);
    const auto wrapped = load<WrappedRecord>(txn, key);
    if (!wrapped) return tl::unexpected(wrapped.error());
    if (!*wrapped) continue;
    const auto bytes = unwrap_stored(erase_keys_, key, **wrapped);
    if (!bytes) return tl::unexpected(bytes.error());
    auto header = decode<HeaderRecord>(*bytes);
    if (!header) return tl::unexpected(header.error());
    view.header = std::move(*header);
    view.holder = holder;
    return view;
  }
  return tl::unexpected(Errc::forbidden);
}

// The latest that the actor can open: a newer one that is not for her does not hide it.
Result<DocumentView> Documents::newest_in(const ReadTxn& txn, const Actor& actor,
                                          const Id& document) const {
  const auto record = require<DocumentRecord>(txn, Key(Kind::document).id(document));
  if (!record) return tl::unexpected(record.error());
  for (std::uint64_t version = record->versions; version > 0; --version) {
    auto view = view_in(txn, actor, document, version);
    if (view || view.error() != Errc::forbidden) return view;
  }
  return tl::unexpected(Errc::forbidden);
}

Result<DocumentView> Documents::view(const Actor& actor, const Id& document,
                                     std::uint64_t version) const {
  return reading(meta_, [&](const ReadTxn& txn) {
    return version == 0 ? newest_in(txn, actor, document) : view_in(txn, actor, document, version);
  });
}

Result<std::vector<DocumentView>> Documents::versions(const Actor& actor,
                                                      const Id& document) const {
  return reading(meta_, [&](const ReadTxn& txn) -> Result<std::vector<DocumentView>> {
    const auto record = require<DocumentRecord>(txn, Key(Kind::document).id(document));
    if (!record) return tl::unexpected(record.error());
    std::vector<DocumentView> all;
    for (std::uint64_t version = 1; version <= record->versions; ++version) {
      auto one = view_in(txn, actor, document, version);
      // One may be of a class above the reader's.
      if (!one && one.error() == Errc::forbidden) continue;
      if (!one) return tl::unexpected(one.error());
      all.push_back(std::move(*one));
    }
    if (all.empty()) return tl::unexpected(Errc::forbidden);
    return all;
  });
}

Result<Documents::Page> Documents::list(const Actor& actor, const Id& case_id, const Id& after,
                                        std::size_t limit) const {
  return reading(meta_, [&](const ReadTxn& txn) -> Result<Page> {
    const auto place = place_in(txn, actor, case_id);
    if (!place) return tl::unexpected(place.error());
    if (!holds(*place)) return tl::unexpected(Errc::forbidden);
    const Key range = Key(Kind::case_document).id(case_id);
    Key first = range;
    first.id(after);
    std::vector<Id> ids;
    const auto scanned = txn.scan(first, range.end(), [&](ByteView key, ByteView) {
      const auto id = Id::from(key.last(16));
      if (id && *id != after) ids.push_back(*id);
      return ids.size() < limit;
    });
    if (!scanned) return tl::unexpected(scanned.error());

    Page page;
    for (const Id& id : ids) {
      auto view = newest_in(txn, actor, id);
      if (!view && view.error() == Errc::forbidden) continue;
      // The index names what is not there. Said so, it would be of the case.
      if (!view && view.error() == Errc::not_found) return tl::unexpected(Errc::corrupt);
      if (!view) return tl::unexpected(view.error());
      page.items.push_back(std::move(*view));
    }
    if (ids.size() == limit) page.next = ids.back();
    return page;
  });
}

Result<Bytes> Documents::small_payload(const VersionRecord& record) const {
  return reading(meta_, [&](const ReadTxn& txn) -> Result<Bytes> {
    auto bytes = txn.get(Key(Kind::inline_payload).id(record.document).u64(record.version));
    if (!bytes) return tl::unexpected(bytes.error());
    if (!*bytes || (*bytes)->size() != record.size) return tl::unexpected(Errc::corrupt);
    return std::move(**bytes);
  });
}

Result<void> Documents::read(const VersionRecord& record, std::uint64_t offset,
                             MutableBytes out) const {
  if (offset > record.size || out.size() > record.size - offset) {
    return tl::unexpected(Errc::invalid);
  }
  if (!record.inline_payload) {
    auto done = blobs_.read(record.blob, offset, out);
    // A record that names a blob which is not there contradicts the store, not the caller.
    if (!done && done.error() != Errc::io_failure) return tl::unexpected(Errc::corrupt);
    return done;
  }
  const auto bytes = small_payload(record);
  if (!bytes) return tl::unexpected(bytes.error());
  std::copy_n(bytes->begin() + static_cast<std::ptrdiff_t>(offset), out.size(), out.begin());
  return {};
}

Result<std::size_t> Documents::collect_orphans() {
  std::vector<Id> unsettled;
  const auto listed = blobs_.list_unsettled([&](const Id& id) { unsettled.push_back(id); });
  if (!listed) return tl::unexpected(listed.error());
  std::size_t erased = 0;
  for (const Id& id : unsettled) {
    const auto named =
        reading(meta_, [&](const ReadTxn& txn) { return txn.get(Key(Kind::blob).id(id)); });
    if (!named) return tl::unexpected(named.error());
    if (*named) {
      blobs_.settle(id);
      continue;
    }
    if (auto gone = blobs_.erase(id); !gone) return tl::unexpected(gone.error());
    ++erased;
  }
  return erased;
}

}  // namespace vault
