#include "edited/prepared.h"

#include <stdlib.h>
#include <unistd.h>

#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "api/service.h"
#include "crypto/encoding.h"
#include "crypto/hash.h"
#include "support/desk.h"

namespace edited {
namespace {

using nlohmann::json;
using support::Answer;
using support::Desk;
using support::FoundedVault;
using support::make_person;
using support::Person;

std::string content(std::size_t size, char seed) {
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; ++i) {
    text[i] = static_cast<char>(i * 31 + i / 251 + static_cast<std::size_t>(seed));
  }
  return text;
}

// The service at work on the folder, as long as this lives.
class Work {
 public:
  explicit Work(const FoundedVault& founded) {
    vault::VaultOptions options;
    options.directory = founded.data();
    options.log_key = founded.log_key();
    options.map_size = std::uint64_t{1} << 30;
    auto opened = vault::Vault::open(options);
    if (!opened) throw std::runtime_error("the vault does not open");
    vault_ = std::move(*opened);
    service_ = std::make_unique<api::Service>(*vault_, api::ServiceOptions{});
  }
  ~Work() { service_->stop(); }
  Work(const Work&) = delete;
  Work& operator=(const Work&) = delete;

  Desk& desk(const Person& person) {
    const auto held = desks_.find(person.key().text());
    if (held != desks_.end()) return held->second;
    Desk& desk = desks_.emplace(person.key().text(), service_->handler()).first->second;
    if (!desk.lend_key(person)) throw std::runtime_error("no session");
    return desk;
  }
  json post(const Person& by, const std::string& target, const json& body, int status) {
    return made(desk(by).post(target, body), status).json();
  }
  std::string deposit(const Person& by, const std::string& target, const std::string& text,
                      const std::string& type, const char* method = "POST") {
    Desk& at = desk(by);
    at.headers = {{"upload-metadata", "type " + crypto::base64(crypto::as_bytes(type)) + ",title " +
                                          crypto::base64(crypto::as_bytes("Laporan"))}};
    if (std::string_view(method) == "PUT") at.headers.emplace_back("if-match", "*");
    const Answer answer = made(at.call(method, target, text, "text/plain"), 201);
    at.headers.clear();
    return answer.json().at("id");
  }
  vault::Vault& vault() { return *vault_; }

 private:
  static Answer made(Answer answer, int status) {
    if (answer.status != status) throw std::runtime_error("setting up failed: " + answer.body);
    return answer;
  }
  std::unique_ptr<vault::Vault> vault_;
  std::unique_ptr<api::Service> service_;
  std::map<std::string, Desk> desks_;
};

std::string sha256_of(const std::string& text) {
  return crypto::to_hex(crypto::sha256(crypto::as_bytes(text)));
}

// The story, in two parts; between them the folder is copied.
class Story {
 public:
  Story(FoundedVault& founded, Cast& cast) : founded_(founded), cast_(cast) {}
  Person attacker = make_person();  // registered nowhere

  void first_part() {
    Work work(founded_);
    agency_ = add_agency(work, "UPTDPPA", custodian_);
    police_ = add_agency(work, "POLRES", police_custodian_);
    confirm(work, work.post(founded_.first_admin, "/v1/access-keys",
                            {{"enrolment", auditor_.enrolment}, {"role", "AUDITOR"}}, 202));
    enrol(work, manager_, agency_, "MANAJER");
    enrol(work, colleague_, agency_, "PENDAMPING");
    enrol(work, intake_, agency_, "PENERIMA");
    enrol(work, investigator_, police_, "PENDAMPING");
    first_ = create_case(work);
    second_ = create_case(work);
    for (const Person* one : {&colleague_, &intake_}) {
      work.post(manager_, first_ + "/team", {{"key", one->key().text()}}, 201);
    }
    const json share = work.post(manager_, first_ + "/shares", {{"agency", police_}}, 201);
    work.post(police_custodian_, "/v1/shares/" + share.at("id").get<std::string>() + "/acceptance",
              json::object(), 200);
    work.post(police_custodian_, first_ + "/team", {{"key", investigator_.key().text()}}, 201);
    add_document(work, first_, content(3000, 'a'), "LAP-ADU");
    add_document(work, first_, content(1'300'000, 'b'), "LAP-ADU");
    add_document(work, second_, content(1'100'000, 'c'), "LAP-ADU");
    add_document(work, first_, content(500, 'd'), "KONSELING");  // for its author alone
  }

  void second_part() {
    Work work(founded_);
    work.post(founded_.first_admin, "/v1/nodes/" + agency_ + "/rotations", json::object(), 202);
    const json rotated =
        work.post(custodian_, "/v1/nodes/" + agency_ + "/rotations", json::object(), 200);
    cast_.rotations.push_back(rotated.at("id").get<std::string>());
    Document& document = cast_.documents.front();
    const std::string next = content(4000, 'e');
    work.deposit(manager_, "/v1/documents/" + document.id + "/content", next, "LAP-ADU", "PUT");
    document.versions.push_back(sha256_of(next));
    work.post(manager_, second_ + "/team", {{"key", colleague_.key().text()}}, 201);
    work.post(manager_, second_ + "/shares", {{"agency", police_}}, 201);
    work.post(founded_.first_admin, "/v1/agencies",
              {{"code", "RSUD"}, {"name", "Rumah sakit"}, {"enrolment", make_person().enrolment}},
              202);
    cast_.agencies = {agency_, police_};
    const auto play = [&](const char* name, const Person& person) {
      const auto identity = person.identity.text();
      cast_.people.push_back({name, std::string(identity.expose_text()), person.key().text()});
    };
    play("administrator", founded_.first_admin);
    play("auditor", auditor_);
    play("custodian", custodian_);
    play("police custodian", police_custodian_);
    play("manager", manager_);
    play("colleague", colleague_);
    play("intake", intake_);
    play("investigator", investigator_);
    play("attacker", attacker);
  }

 private:
  void confirm(Work& work, const json& asked) {
    work.post(founded_.second_admin,
              "/v1/orders/" + asked.at("order").get<std::string>() + "/signatures", json::object(),
              200);
  }
  std::string add_agency(Work& work, const char* code, const Person& custodian) {
    const json asked =
        work.post(founded_.first_admin, "/v1/agencies",
                  {{"code", code}, {"name", code}, {"enrolment", custodian.enrolment}}, 202);
    confirm(work, asked);
    (void)work.desk(custodian);  // her first session makes the agency's first generation
    return asked.at("id");
  }
  void enrol(Work& work, const Person& person, const std::string& agency, const char* role) {
    work.post(founded_.first_admin, "/v1/agencies/" + agency + "/access-keys",
              {{"enrolment", person.enrolment}, {"role", role}}, 201);
  }
  std::string create_case(Work& work) {
    const json made =
        work.post(manager_, "/v1/cases",
                  {{"category", "KTP-FIS"}, {"flags", json::array()}, {"minor", false}}, 201);
    cast_.cases.push_back(made.at("id").get<std::string>());
    cast_.codes.push_back(made.at("code").get<std::string>());
    return "/v1/cases/" + cast_.cases.back();
  }
  void add_document(Work& work, const std::string& place, const std::string& text,
                    const char* type) {
    const std::string id = work.deposit(manager_, place + "/documents", text, type);
    cast_.documents.push_back({id, {sha256_of(text)}});
  }

  FoundedVault& founded_;
  Cast& cast_;
  Person custodian_ = make_person(), police_custodian_ = make_person(), auditor_ = make_person();
  Person manager_ = make_person(), colleague_ = make_person(), intake_ = make_person();
  Person investigator_ = make_person();
  std::string agency_, police_, first_, second_;
};

std::filesystem::path fresh_folder() {
  const char* memory = "/dev/shm";
  const bool there = ::access(memory, W_OK | X_OK) == 0;
  const std::filesystem::path root = there ? memory : std::filesystem::temp_directory_path();
  std::string path = (root / "segel-edited-XXXXXX").string();
  if (::mkdtemp(path.data()) == nullptr) throw std::runtime_error("no temporary folder");
  return path;
}

}  // namespace

Prepared::Prepared() : log(founded.vault().log_verifier()) {
  founded.close();
  Story story(founded, cast);
  story.first_part();
  old = read_image(founded.data());
  story.second_part();
  attacker = story.attacker.record.recipient;
  image = read_image(founded.data());
  const Bytes place = keys_of(image, vault::Kind::log_head).front();
  const std::string note(crypto::as_text(image.meta.at(place)));
  head = crypto::Checkpoint::open(note, log).value();
}

const Prepared& prepared() {
  static const Prepared store;
  return store;
}

Copy::Copy(const Image& to) : data_(fresh_folder() / "data") {
  std::filesystem::copy(prepared().founded.data(), data_, std::filesystem::copy_options::recursive);
  write_image(data_, prepared().image, to);
}

Copy::~Copy() {
  std::error_code ignored;
  std::filesystem::remove_all(data_.parent_path(), ignored);
}

}  // namespace edited
