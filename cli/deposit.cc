#include "cli/deposit.h"

#include <nlohmann/json.hpp>

#include "api/wire.h"
#include "cli/now.h"
#include "crypto/encoding.h"
#include "crypto/strict_json.h"

namespace cli {
namespace {

using crypto::Holder;
using crypto::HolderKind;
using crypto::Id;
using nlohmann::json;

// Whoever rotates faster than this keeps everybody from depositing.
constexpr int kTries = 5;
constexpr std::string_view kStale = "generation-stale";

tl::unexpected<Failure> differs() {
  return refuse(Text::deposit_differs, Text::deposit_differs_advice);
}

std::string metadata_of(const DepositOrder& order) {
  const auto field = [](const char* name, const std::string& value) {
    return std::string(name) + " " + crypto::base64(crypto::as_bytes(value));
  };
  std::string text = field("type", order.type);
  if (!order.classification.empty()) text += "," + field("class", order.classification);
  if (order.minor) text += ",minor";
  return text;
}

// What the service says of the payload that it took.
struct Taken {
  crypto::Label label;
  std::string readers;
};

class Depositing {
 public:
  Depositing(SealedSession& session, const DepositOrder& order)
      : session_(session), order_(order), key_(crypto::FileKey::random()) {
    manifest_.document = order.previous ? order.previous->sealed.document : Id::make(now_ms());
    manifest_.version = order.previous ? order.previous->sealed.version + 1 : 1;
    manifest_.case_id = order.case_id;
    manifest_.title = order.title;
    manifest_.file_name = order.file_name;
    manifest_.media_type = order.media_type;
    manifest_.salt = crypto::random_block<32>();
    if (order.previous) manifest_.previous = order.previous->manifest.to_statement().digest();
  }

  Result<Deposited> run(SealingSource& source, Progress& progress) {
    source.begin(key_, progress);
    const auto taken = send(source);
    if (!taken) return tl::unexpected(taken.error());
    manifest_.size = source.plain_size();
    manifest_.sha256 = source.sha256();
    manifest_.payload_nonce = source.nonce();
    manifest_.payload_root = source.payload_root();
    manifest_.label = taken->label;
    manifest_.created = now_ms();
    for (int tries = 1;; ++tries) {
      const auto entry = commit(*taken);
      if (entry) return Deposited{manifest_.document, manifest_.version, manifest_.sha256, *entry};
      if (entry.error().problem != kStale || tries == kTries) return tl::unexpected(entry.error());
    }
  }

 private:
  Result<Taken> send(SealingSource& source) {
    api::ClientRequest request;
    request.source = &source;
    request.headers.add("content-type", "application/vnd.age");
    request.headers.add("upload-metadata", metadata_of(order_));
    const std::string document = manifest_.document.text();
    if (order_.previous) {
      request.method = "PUT";
      request.target = "/v1/documents/" + document + "/content";
      request.headers.add("if-match",
                          '"' + document + '.' + std::to_string(manifest_.version - 1) + '"');
    } else {
      request.method = "POST";
      request.target = "/v1/cases/" + order_.case_id.text() + "/documents";
      request.headers.add("segel-document", document);
    }
    const auto response = session_.remote().send(std::move(request));
    if (source.changed()) return refuse(Text::file_changed, Text::file_changed_advice);
    if (!response) return tl::unexpected(response.error());
    const auto text = response->text();
    if (!text) return differs();
    const auto answer = crypto::parse_json(*text);
    if (!answer || !answer->is_object()) return differs();
    return compare(*answer, source);
  }

  // The service computed its own root over what came: had a byte of it been lost or changed, the
  // two would differ.
  Result<Taken> compare(const json& answer, const SealingSource& source) const {
    crypto::ObjectReader in(answer);
    const Id document = in.id("id");
    const std::uint64_t version = in.number("version");
    const auto label = api::wire::read<crypto::Label>(in.object("label"));
    const std::string readers = in.text("readers");
    const auto payload_root = in.block<32>("payload_root");
    const std::uint64_t size = in.number("sealed_size");
    if (!in.complete() || !label) return differs();
    const bool same_class =
        order_.classification.empty() || label->classification == order_.classification;
    if (document != manifest_.document || version != manifest_.version ||
        payload_root != source.payload_root() || size != source.length() ||
        label->type != order_.type || label->minor != order_.minor || !same_class) {
      return differs();
    }
    return Taken{*label, readers};
  }

  // For whom the type is meant. `state`: of the case.
  Result<Holder> holder(const std::string& readers, const crypto::NodeState& state) {
    const api::KeyRing& ring = session_.ring();
    if (readers == "depositor") {
      return Holder{HolderKind::access_key, ring.key(), 0, ring.identity().recipient()};
    }
    if (readers == "case") {
      return Holder{HolderKind::node, state.record.node, state.record.generation,
                    state.record.recipient};
    }
    if (readers != "agency") return differs();
    const auto agency = session_.result(session_.graph().node(ring.agency(), 0));
    if (!agency) return tl::unexpected(agency.error());
    return Holder{HolderKind::node, ring.agency(), agency->record.generation,
                  agency->record.recipient};
  }

  Result<std::uint64_t> commit(const Taken& taken) {
    const auto state = session_.result(session_.ring().fresh(order_.case_id));
    if (!state) return tl::unexpected(state.error());
    const auto reader = holder(taken.readers, *state);
    if (!reader) return tl::unexpected(reader.error());
    manifest_.generation = state->record.generation;
    const auto envelope = api::make_envelope(session_.ring(), manifest_, key_, {*reader});
    json headers = json::array();
    for (const auto& header : envelope.headers) headers.push_back(api::wire::of(header));
    const json body{{"version", manifest_.version},
                    {"case", manifest_.case_id.text()},
                    {"generation", manifest_.generation},
                    {"label", api::wire::of(manifest_.label)},
                    {"manifest", crypto::base64(envelope.manifest)},
                    {"manifest_digest", crypto::base64(envelope.manifest_digest)},
                    {"content", crypto::base64(manifest_.content_digest())},
                    {"headers", std::move(headers)}};
    const auto answer =
        session_.remote().put("/v1/documents/" + manifest_.document.text() + "/manifest", body);
    if (!answer) return tl::unexpected(answer.error());
    const auto entry = answer->find("entry");
    if (entry == answer->end() || !entry->is_number_unsigned()) return differs();
    return entry->get<std::uint64_t>();
  }

  SealedSession& session_;
  const DepositOrder& order_;
  crypto::FileKey key_;
  crypto::Manifest manifest_;
};

}  // namespace

Result<Deposited> deposit(SealedSession& session, const DepositOrder& order, SealingSource& source,
                          Progress& progress) {
  return Depositing(session, order).run(source, progress);
}

}  // namespace cli
