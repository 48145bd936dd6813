// How a version of a document comes in: what may be deposited where, for whom, and its one commit.
#include "vault/documents.h"

#include <algorithm>

#include "crypto/encoding.h"
#include "vault/actions.h"
#include "vault/case_label.h"
#include "vault/directory.h"
#include "vault/keys.h"
#include "vault/new_id.h"

namespace vault {
namespace {

bool is_author(const PolicyRow& doctype, const std::string& agency_code) {
  const std::string& authors = doctype.at("authors");
  if (authors == "any") return true;
  // Whole codes only: a list of them separated by bars, some with a remark in parentheses.
  const std::string list = "|" + authors + "|";
  return list.find("|" + agency_code + "|") != std::string::npos ||
         list.find("|" + agency_code + "(") != std::string::npos;
}

}  // namespace

struct Documents::WrappedHeader {
  Bytes key;
  Bytes value;
};

Result<void> Documents::check_label(const ReadTxn& txn, const Actor& actor, const Id& case_id,
                                    const crypto::Label& label) const {
  const auto place = place_in(txn, actor, case_id);
  if (!place) return tl::unexpected(place.error());
  // A custodian holds the key to recover and to hand over, not to put things in.
  if (*place != Place::member && *place != Place::depositor) return tl::unexpected(Errc::forbidden);
  const auto record = read_case(txn, case_id);
  if (!record) return tl::unexpected(record.error());
  const auto agency = read_agency(txn, actor.agency);
  if (!agency) return tl::unexpected(agency.error());

  const PolicyRow* doctype = policy_.doctype(label.type);
  const PolicyRow* category = policy_.category(record->category);
  const auto rank = Policy::class_rank(label.classification);
  if (doctype == nullptr || category == nullptr || !rank || !is_author(*doctype, agency->code)) {
    return tl::unexpected(Errc::invalid);
  }
  const int floor = std::max(Policy::class_rank(doctype->at("class")).value_or(4),
                             Policy::class_rank(category->at("min_class")).value_or(4));
  if (*rank < floor) return tl::unexpected(Errc::invalid);
  // K4 is for named persons, who are named when it is shared.
  if (*rank == 4 && readers_of(policy_, label.type) != Readers::author) {
    return tl::unexpected(Errc::invalid);
  }
  return {};
}

// What is on top is what readers get. Whoever could put a version there of a document that is not
// hers to read, or one that others of its readers cannot open, could make it vanish for them.
Result<void> Documents::check_place(const ReadTxn& txn, const Actor& actor,
                                    const DepositPlace& place, const crypto::Label& label) const {
  if (auto may = check_label(txn, actor, place.case_id, label); !may) return may;
  const auto document = load<DocumentRecord>(txn, Key(Kind::document).id(place.document));
  if (!document) return tl::unexpected(document.error());
  if (place.version == 1) {
    if (*document) return tl::unexpected(Errc::conflict);
    return {};
  }
  if (!*document) return tl::unexpected(Errc::not_found);
  const std::uint64_t latest = (*document)->versions;
  const auto before = view_in(txn, actor, place.document, latest);
  if (!before) return tl::unexpected(before.error());
  if (place.case_id != (*document)->case_id || place.version != latest + 1) {
    return tl::unexpected(Errc::conflict);
  }
  const auto had = readers_of(policy_, before->record.type);
  if (!had || readers_of(policy_, label.type) > had) return tl::unexpected(Errc::narrower);
  // Of a document whose record was put back there is a later one, which would be written over.
  const auto later = txn.get(Key(Kind::version).id(place.document).u64(place.version));
  if (!later) return tl::unexpected(later.error());
  if (*later) return tl::unexpected(Errc::corrupt);
  return {};
}

Result<void> Documents::check_deposit(const Actor& actor, const DepositPlace& place,
                                      const crypto::Label& label) const {
  return meta_.read([&](const ReadTxn& txn) { return check_place(txn, actor, place, label); });
}

// The headers must be for exactly those whom the type is meant for: one too many would give it
// away.
Result<void> Documents::check_holders(const ReadTxn& txn, const Actor& actor,
                                      const Deposit& deposit) const {
  const auto readers = readers_of(policy_, deposit.label.type);
  const auto& headers = deposit.headers;
  if (!readers || headers.empty()) return tl::unexpected(Errc::invalid);
  if (*readers == Readers::author) {
    const bool own = headers.size() == 1 && headers[0].holder.kind == HolderKind::access_key &&
                     headers[0].holder.id == actor.key;
    if (!own) return tl::unexpected(Errc::invalid);
    return {};
  }
  const Id& node = *readers == Readers::case_holders ? deposit.case_id : actor.agency;
  const auto state = read_node(txn, node, 0);
  if (!state) return tl::unexpected(state.error());
  const Holder& given = headers[0].holder;
  if (headers.size() != 1 || given.kind != HolderKind::node || given.id != node) {
    return tl::unexpected(Errc::invalid);
  }
  if (given.generation != state->record.generation) return tl::unexpected(Errc::stale);
  return {};
}

Result<std::vector<Documents::WrappedHeader>> Documents::wrap_headers(
    const Deposit& deposit) const {
  std::vector<WrappedHeader> wrapped;
  for (const HeaderSubmission& header : deposit.headers) {
    using crypto::age::Binding;
    const auto bound = [&](ByteView bytes, crypto::age::Kind kind) {
      const auto parsed = crypto::age::parse_header(bytes);
      if (!parsed || parsed->size != bytes.size() || parsed->stanzas.size() != 2) return false;
      const auto binding = Binding::parse(parsed->stanzas[0]);
      return binding && parsed->stanzas[1].type == "X25519" &&
             *binding == Binding{kind, deposit.document, deposit.version, deposit.generation};
    };
    if (!bound(header.payload_header, crypto::age::Kind::document) ||
        !bound(header.manifest_header, crypto::age::Kind::manifest)) {
      return tl::unexpected(Errc::invalid);
    }
    const Key key =
        Key(Kind::header).id(deposit.document).u64(deposit.version).id(header.holder.id);
    const Bytes record = encode(HeaderRecord{static_cast<std::uint64_t>(header.holder.kind),
                                             header.holder.generation, header.payload_header,
                                             header.manifest_header});
    const auto slot = erase_keys_.take();
    if (!slot) return tl::unexpected(slot.error());
    auto sealed = erase_keys_.wrap(*slot, key, record);
    if (!sealed) return tl::unexpected(sealed.error());
    wrapped.push_back({key.raw(), encode(WrappedRecord{*slot, std::move(*sealed)})});
  }
  return wrapped;
}

Result<Committed> Documents::deposit(const Actor& actor, const Deposit& deposit,
                                     StoredPayload& payload) {
  if (deposit.manifest.size() > kMaxInline) return tl::unexpected(Errc::too_large);
  const auto headers = wrap_headers(deposit);
  if (!headers) return tl::unexpected(headers.error());

  EntryDraft entry = actor.draft(action::kDocumentDeposit);
  entry.case_id = deposit.case_id;
  entry.document = deposit.document;
  entry.version = deposit.version;
  entry.content = crypto::base64(deposit.content);
  VersionRecord record{deposit.document,
                       deposit.version,
                       deposit.case_id,
                       deposit.generation,
                       deposit.label.type,
                       deposit.label.classification,
                       deposit.label.minor,
                       actor.key,
                       0,
                       deposit.manifest,
                       payload.size,
                       payload.nonce,
                       payload.payload_root,
                       deposit.manifest_digest,
                       payload.blob.is_nil(),
                       payload.blob};
  auto committed = committer_.commit(
      [&](ChangeTxn& txn) -> Result<void> {
        const DepositPlace place{deposit.case_id, deposit.document, deposit.version};
        if (auto may = check_place(txn, actor, place, deposit.label); !may) return may;
        const auto node = read_node(txn, deposit.case_id, 0);
        if (!node) return tl::unexpected(node.error());
        if (node->stale || node->record.generation != deposit.generation) {
          return tl::unexpected(Errc::stale);
        }
        if (auto fits = check_holders(txn, actor, deposit); !fits) return fits;
        if (deposit.version == 1) {
          if (auto unused = check_new_id(txn, deposit.document); !unused) return unused;
        }

        record.created = txn.time();
        txn.put(Key(Kind::document).id(deposit.document),
                encode(DocumentRecord{deposit.document, deposit.case_id, deposit.version}));
        txn.put(Key(Kind::version).id(deposit.document).u64(deposit.version), encode(record));
        if (deposit.version == 1) {
          txn.put(Key(Kind::case_document).id(deposit.case_id).id(deposit.document), {});
        }
        if (record.inline_payload) {
          txn.put(Key(Kind::inline_payload).id(deposit.document).u64(deposit.version),
                  payload.small);
        } else {
          const Key named = Key(Kind::document).id(deposit.document).u64(deposit.version);
          txn.put(Key(Kind::blob).id(record.blob), ByteView(named).subspan(1));
        }
        for (const WrappedHeader& header : *headers) txn.put(header.key, header.value);
        return {};
      },
      entry);
  if (!committed) return committed;
  if (!payload.blob.is_nil()) blobs_.settle(payload.blob);
  payload.keep();
  return committed;
}

}  // namespace vault
