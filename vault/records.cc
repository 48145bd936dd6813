#include "vault/records.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

namespace vault {
namespace {

using nlohmann::json;

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

// The argument of a data item's head (RFC 8949, 3), taken off the front of `rest`; none when it is
// cut off, reserved, or stands for a length that only the end tells.
std::optional<std::uint64_t> take_argument(unsigned info, ByteView& rest) {
  if (info < 24) return info;
  if (info > 27) return std::nullopt;
  const std::size_t size = std::size_t{1} << (info - 24);
  if (rest.size() < size) return std::nullopt;
  std::uint64_t argument = 0;
  for (const std::uint8_t byte : rest.first(size)) argument = argument << 8 | byte;
  rest = rest.subspan(size);
  return argument;
}

enum Major : unsigned { kUnsigned, kNegative, kByteString, kTextString, kArray, kSimple = 7 };
constexpr std::size_t kMaxDepth = 2;  // the record, and in it a list of codes

// Whether `rest` is arrays of numbers, strings and booleans, to that depth, and nothing behind. The
// library's parser recurses, and not over arrays alone: each byte of a string of indefinite length
// may begin another. So a loop looks first, whatever somebody wrote to the disk.
bool has_shape_of_record(ByteView rest) {
  std::vector<std::uint64_t> to_come;  // items of each array that is open
  do {
    if (rest.empty()) return false;
    const unsigned major = rest.front() >> 5;
    const unsigned info = rest.front() & 0x1f;
    rest = rest.subspan(1);
    const auto argument = take_argument(info, rest);
    if (!argument) return false;
    const bool sized = major == kByteString || major == kTextString || major == kArray;
    if (sized && *argument > rest.size()) return false;
    if (major == kArray) {
      if (to_come.size() == kMaxDepth) return false;
      if (*argument > 0) {
        to_come.push_back(*argument);
        continue;
      }
    } else if (sized) {
      rest = rest.subspan(*argument);
    } else if (major != kUnsigned && major != kNegative &&
               (major != kSimple || (info != 20 && info != 21))) {
      return false;
    }
    while (!to_come.empty() && --to_come.back() == 0) to_come.pop_back();
  } while (!to_come.empty());
  return rest.empty();
}

}  // namespace

template <typename Record>
Bytes encode(const Record& record) {
  Writer writer(Record::kFormat);
  const_cast<Record&>(record).fields(writer);  // fields() serves both ways; a Writer only reads
  return writer.finish();
}

template <typename Record>
Result<Record> decode(ByteView bytes) {
  // A longer one is not ours; read into values, each byte of it would take many.
  if (bytes.size() > kMaxValue || !has_shape_of_record(bytes)) {
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
      !std::ranges::equal(encode(record), bytes)) {
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
