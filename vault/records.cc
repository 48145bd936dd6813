#include "vault/records.h"

#include <nlohmann/json.hpp>
#include <type_traits>

namespace vault {
namespace {

using nlohmann::json;

template <typename T>
struct IsVector : std::false_type {};
template <typename T>
struct IsVector<std::vector<T>> : std::true_type {};

json bytes_value(ByteView bytes) { return json::binary(crypto::to_bytes(bytes)); }

// Appends each field to a CBOR array.
class Writer {
 public:
  explicit Writer(std::uint64_t format) : array_(json::array({format})) {}
  template <typename... Fields>
  void operator()(const Fields&... fields) {
    (array_.push_back(value(fields)), ...);
  }
  Bytes finish() const { return json::to_cbor(array_); }

 private:
  static json value(std::uint64_t number) { return number; }
  static json value(std::int64_t number) { return number; }
  static json value(bool flag) { return flag; }
  static json value(const std::string& text) { return text; }
  static json value(const Bytes& bytes) { return bytes_value(bytes); }
  static json value(const Id& id) { return bytes_value(id.bytes); }
  template <std::size_t N>
  static json value(const Block<N>& block) {
    return bytes_value(block);
  }
  static json value(const std::vector<std::string>& list) { return list; }

  json array_;
};

// Takes each field off a CBOR array; ok() is false after the first that does not fit.
class Reader {
 public:
  explicit Reader(const json& array) : array_(array) {}
  template <typename... Fields>
  void operator()(Fields&... fields) {
    (take(fields), ...);
  }
  bool ok() const { return ok_ && next_ == array_.size(); }

 private:
  const json* next() {
    if (next_ < array_.size()) return &array_[next_++];
    ok_ = false;
    return nullptr;
  }
  void take(std::uint64_t& number) {
    const json* value = next();
    if (value == nullptr || !value->is_number_unsigned()) {
      ok_ = false;
      return;
    }
    number = value->get<std::uint64_t>();
  }
  void take(std::int64_t& number) {
    const json* value = next();
    if (value == nullptr || !value->is_number_integer()) {
      ok_ = false;
      return;
    }
    number = value->get<std::int64_t>();
  }
  void take(bool& flag) {
    const json* value = next();
    if (value == nullptr || !value->is_boolean()) {
      ok_ = false;
      return;
    }
    flag = value->get<bool>();
  }
  void take(std::string& text) {
    const json* value = next();
    if (value == nullptr || !value->is_string()) {
      ok_ = false;
      return;
    }
    text = value->get<std::string>();
  }
  void take(Bytes& bytes) {
    const json* value = next();
    if (value == nullptr || !value->is_binary()) {
      ok_ = false;
      return;
    }
    bytes = value->get_binary();
  }
  template <std::size_t N>
  void take(Block<N>& block) {
    Bytes bytes;
    take(bytes);
    if (bytes.size() != N) {
      ok_ = false;
      return;
    }
    std::copy(bytes.begin(), bytes.end(), block.begin());
  }
  void take(Id& id) { take(id.bytes); }
  void take(std::vector<std::string>& list) {
    const json* value = next();
    if (value == nullptr || !value->is_array()) {
      ok_ = false;
      return;
    }
    for (const json& one : *value) {
      if (!one.is_string()) {
        ok_ = false;
        return;
      }
      list.push_back(one.get<std::string>());
    }
  }

  const json& array_;
  std::size_t next_ = 1;  // behind the format number
  bool ok_ = true;
};

// A record nests once, for a list of codes. The parser recurses, so that depth is bounded first.
constexpr int kMaxDepth = 2;
class DepthCheck : public json::json_sax_t {
 public:
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return false; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_object(std::size_t) override { return false; }
  bool key(string_t&) override { return false; }
  bool end_object() override { return false; }
  bool start_array(std::size_t) override { return ++depth_ <= kMaxDepth; }
  bool end_array() override { return --depth_ >= 0; }
  bool parse_error(std::size_t, const std::string&, const json::exception&) override {
    return false;
  }

 private:
  int depth_ = 0;
};

}  // namespace

template <typename Record>
Bytes encode(const Record& record) {
  Writer writer(Record::kFormat);
  const_cast<Record&>(record).fields(writer);  // fields() serves both ways; a Writer only reads
  return writer.finish();
}

template <typename Record>
Result<Record> decode(ByteView bytes) {
  DepthCheck shape;
  if (!json::sax_parse(bytes.begin(), bytes.end(), &shape, json::input_format_t::cbor)) {
    return tl::unexpected(Errc::corrupt);
  }
  const json array = json::from_cbor(bytes.begin(), bytes.end(), true, false);
  if (!array.is_array() || array.empty() || !array[0].is_number_unsigned()) {
    return tl::unexpected(Errc::corrupt);
  }
  if (array[0].get<std::uint64_t>() > Record::kFormat) return tl::unexpected(Errc::newer_format);
  Record record;
  Reader reader(array);
  record.fields(reader);
  // One record has one form: what would be written otherwise was not written by us.
  if (!reader.ok() || array[0].get<std::uint64_t>() != Record::kFormat ||
      json::to_cbor(array) != Bytes(bytes.begin(), bytes.end())) {
    return tl::unexpected(Errc::corrupt);
  }
  return record;
}

#define SEGEL_RECORD(Record)                    \
  template Bytes encode<Record>(const Record&); \
  template Result<Record> decode<Record>(ByteView);
SEGEL_RECORD(StatementRecord)
SEGEL_RECORD(WrappedRecord)
SEGEL_RECORD(CaseRecord)
SEGEL_RECORD(MemberRecord)
SEGEL_RECORD(ShareCaseRecord)
SEGEL_RECORD(OrderCaseRecord)
SEGEL_RECORD(RotationCaseRecord)
SEGEL_RECORD(DocumentRecord)
SEGEL_RECORD(VersionRecord)
SEGEL_RECORD(HeaderRecord)
#undef SEGEL_RECORD

}  // namespace vault
