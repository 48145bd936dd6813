#include "api/document_office.h"

#include <algorithm>

#include "crypto/encoding.h"
#include "crypto/hash.h"

namespace api {

std::string upload_metadata(std::initializer_list<std::pair<std::string, std::string>> fields) {
  std::string text;
  for (const auto& [name, value] : fields) {
    text += (text.empty() ? "" : ",") + name + " " + crypto::base64(crypto::as_bytes(value));
  }
  return text;
}

std::string pattern(std::size_t size) {
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>(i * 31 + i / 251);
  return text;
}

json unnumbered(const Answer& answer) {
  json problem = answer.json();
  problem.erase("request");
  return problem;
}

void DocumentOffice::SetUp() {
  agency_ = add_agency("UPTDPPA", custodian_);
  enrol(worker_, agency_, "MANAJER");
  enrol(colleague_, agency_, "PENDAMPING");
  worker_desk_.emplace(desk_of(worker_));
  case_ =
      Id::parse(create_case(*worker_desk_, worker_, agency_).at("id").get<std::string>()).value();
}

Answer DocumentOffice::deposit(Desk& desk, const Person& person, const std::string& content,
                               const std::string& type) {
  if (!opened()) {
    const Waiting waiting = send_payload(desk, Id::make(FoundedVault::kStart), content, type);
    if (waiting.taken.status != 202) return waiting.taken;
    return send_manifest(desk, sealed_by(desk, person, waiting, manifest_for(waiting)));
  }
  desk.headers = {{"upload-metadata", upload_metadata({{"title", "Laporan awal"},
                                                       {"filename", "laporan.pdf"},
                                                       {"filetype", "application/pdf"},
                                                       {"type", type}})}};
  Answer answer =
      desk.call("POST", "/v1/cases/" + case_.text() + "/documents", content, "application/pdf");
  desk.headers.clear();
  return answer;
}

std::string DocumentOffice::content_of(Desk& desk, const Person& person,
                                       const std::string& document) {
  const Answer answer = desk.get("/v1/documents/" + document + "/content");
  EXPECT_EQ(answer.status, 200) << answer.body;
  if (opened() || answer.status != 200) return answer.body;
  DeskPort port(desk);
  KeyRing ring = ring_of(port, person, agency_);
  const auto version = wire::read<SealedVersion>(desk.get("/v1/documents/" + document).json());
  EXPECT_TRUE(version);
  const auto manifest = open_manifest(ring, port, *version);
  EXPECT_TRUE(manifest) << manifest.error().type;
  const auto key = open_file_key(ring, *version, *manifest);
  EXPECT_TRUE(key);
  const auto header = crypto::age::parse_header(crypto::as_bytes(answer.body));
  EXPECT_TRUE(header);
  const auto payload = crypto::as_bytes(answer.body).subspan(header->size);
  const auto plain = crypto::age::open_payload(payload, *key);
  EXPECT_TRUE(plain);
  return std::string(plain->expose_text());
}

DocumentOffice::Waiting DocumentOffice::send(Desk& desk, const std::string& method,
                                             const std::string& path, Waiting waiting) {
  waiting.payload = crypto::age::seal_payload(crypto::as_bytes(waiting.content), waiting.key);
  waiting.taken =
      desk.call(method, path, std::string(crypto::as_text(waiting.payload)), "application/vnd.age");
  desk.headers.clear();
  return waiting;
}

DocumentOffice::Waiting DocumentOffice::send_payload(Desk& desk, const Id& document,
                                                     const std::string& content,
                                                     const std::string& type) {
  Waiting waiting;
  waiting.document = document;
  waiting.content = content;
  desk.headers = {{"upload-metadata", upload_metadata({{"type", type}})},
                  {"segel-document", document.text()}};
  return send(desk, "POST", "/v1/cases/" + case_.text() + "/documents", std::move(waiting));
}

DocumentOffice::Waiting DocumentOffice::send_payload_on(Desk& desk, const Id& document,
                                                        const std::string& match,
                                                        const std::string& content,
                                                        const std::string& type) {
  Waiting waiting;
  waiting.document = document;
  waiting.content = content;
  desk.headers = {{"upload-metadata", upload_metadata({{"type", type}})}, {"if-match", match}};
  return send(desk, "PUT", "/v1/documents/" + document.text() + "/content", std::move(waiting));
}

crypto::Manifest DocumentOffice::manifest_for(const Waiting& waiting) {
  const json taken = waiting.taken.json();
  const auto root = crypto::from_base64(taken.at("payload_root").get<std::string>());
  EXPECT_TRUE(root);
  crypto::Manifest manifest;
  manifest.document = waiting.document;
  manifest.version = taken.at("version").get<std::uint64_t>();
  manifest.case_id = case_;
  manifest.title = "Laporan awal";
  manifest.file_name = "laporan.pdf";
  manifest.media_type = "application/pdf";
  manifest.size = waiting.content.size();
  manifest.sha256 = crypto::sha256(crypto::as_bytes(waiting.content));
  manifest.salt = crypto::random_block<32>();
  manifest.label = *wire::read<crypto::Label>(taken.at("label"));
  manifest.created = FoundedVault::kStart;
  std::copy_n(waiting.payload.begin(), manifest.payload_nonce.size(),
              manifest.payload_nonce.begin());
  std::copy(root->begin(), root->end(), manifest.payload_root.begin());
  return manifest;
}

vault::Deposit DocumentOffice::sealed_by(Desk& desk, const Person& person, const Waiting& waiting,
                                         const crypto::Manifest& manifest) {
  DeskPort port(desk);
  KeyRing ring = ring_of(port, person, agency_);
  const auto state = ring.fresh(case_);
  EXPECT_TRUE(state);
  const bool for_the_case = waiting.taken.json().at("readers") == "case";
  crypto::Manifest of_now = manifest;
  of_now.generation = state->record.generation;
  const crypto::Holder holder =
      for_the_case ? crypto::Holder{crypto::HolderKind::node, case_, state->record.generation,
                                    state->record.recipient}
                   : crypto::Holder{crypto::HolderKind::access_key, person.key(), 0,
                                    person.record.recipient};
  Envelope envelope = make_envelope(ring, of_now, waiting.key, {holder});
  return {of_now.document,
          of_now.version,
          of_now.case_id,
          of_now.generation,
          of_now.label,
          std::move(envelope.manifest),
          envelope.manifest_digest,
          std::move(envelope.headers),
          of_now.content_digest()};
}

Answer DocumentOffice::send_manifest(Desk& desk, const vault::Deposit& deposit) {
  json headers = json::array();
  for (const auto& header : deposit.headers) headers.push_back(wire::of(header));
  const json body{{"version", deposit.version},
                  {"case", deposit.case_id.text()},
                  {"generation", deposit.generation},
                  {"label", wire::of(deposit.label)},
                  {"manifest", crypto::base64(deposit.manifest)},
                  {"manifest_digest", crypto::base64(deposit.manifest_digest)},
                  {"content", crypto::base64(deposit.content)},
                  {"headers", headers}};
  return desk.call("PUT", "/v1/documents/" + deposit.document.text() + "/manifest", body.dump());
}

}  // namespace api
