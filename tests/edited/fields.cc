#include "edited/fields.h"

#include <algorithm>
#include <set>
#include <stdexcept>

#include "vault/keys.h"
#include "vault/records.h"

namespace edited {
namespace {

using crypto::ByteView;
using vault::Kind;

class ArrayWalk {
 public:
  explicit ArrayWalk(ByteView value) : value_(value) {}

  std::vector<Field> run() {
    item("");
    return std::move(fields_);
  }

 private:
  // RFC 8949, as far as records use it: numbers, texts, bytes, arrays and yes or no.
  void item(const std::string& name) {
    const std::size_t begin = at_;
    const unsigned type = unsigned{value_[at_]} >> 5U;
    const unsigned info = value_[at_] & 31U;
    ++at_;
    std::uint64_t argument = info;
    if (info >= 24 && type != 7) {
      argument = 0;
      for (unsigned left = 1U << (info - 24); left > 0; --left) {
        argument = argument << 8 | value_[at_++];
      }
    }
    fields_.push_back({name + " head", begin, at_ - begin});
    if (type == 2 || type == 3) {
      const auto size = static_cast<std::size_t>(argument);
      add_text(name, size, type == 3);
      at_ += size;
    } else if (type == 4) {
      for (std::uint64_t i = 0; i < argument; ++i) {
        item((name.empty() ? "" : name + ".") + std::to_string(i));
      }
    }
  }
  void add_text(const std::string& name, std::size_t size, bool divided) {
    std::size_t from = 0;
    for (std::size_t i = 0; i < size; ++i) {
      const std::uint8_t byte = value_[at_ + i];
      if (!divided || (byte != ',' && byte != '\n')) continue;
      fields_.push_back({name + " part " + std::to_string(from), at_ + from, i + 1 - from});
      from = i + 1;
    }
    if (from < size) {
      fields_.push_back({name + " part " + std::to_string(from), at_ + from, size - from});
    }
  }

  ByteView value_;
  std::size_t at_ = 0;
  std::vector<Field> fields_;
};

// Fields of one size, side by side.
std::vector<Field> in_blocks(std::size_t from, std::size_t size, std::size_t block) {
  std::vector<Field> fields;
  for (std::size_t at = from; at < size; at += block) {
    fields.push_back({"at " + std::to_string(at), at, std::min(block, size - at)});
  }
  return fields;
}

std::vector<Field> in_text(ByteView value) {
  std::vector<Field> fields;
  std::size_t from = 0;
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value[i] != ',' && value[i] != '\n' && i + 1 < value.size()) continue;
    fields.push_back({"at " + std::to_string(from), from, i + 1 - from});
    from = i + 1;
  }
  return fields;
}

// The format, and of each item: length, key, what was done, digest.
std::vector<Field> in_change(ByteView value) {
  std::vector<Field> fields{{"format", 0, 1}};
  for (std::size_t at = 1; at < value.size();) {
    const std::size_t length = std::size_t{value[at]} << 8U | value[at + 1];
    const std::string name = "at " + std::to_string(at);
    fields.push_back({name + " length", at, 2});
    fields.push_back({name + " key", at + 2, length});
    const bool put = value[at + 2 + length] == 1;
    fields.push_back({name + " act", at + 2 + length, 1});
    if (put) fields.push_back({name + " digest", at + 3 + length, 32});
    at += 3 + length + (put ? 32 : 0);
  }
  return fields;
}

}  // namespace

std::vector<Field> fields_of_record(ByteView value) { return ArrayWalk(value).run(); }

std::vector<Field> fields_of_row(ByteView key, ByteView value) {
  switch (static_cast<Kind>(key.front())) {
    case Kind::log_head:
    case Kind::log_entry:
      return in_text(value);
    case Kind::log_nodes:
      return in_blocks(0, value.size(), 32);
    case Kind::change_record:
      return in_change(value);
    case Kind::blob:
    case Kind::log_case:
    case Kind::pending_destruction:
    case Kind::slot_count:
    case Kind::by_recipient:
    case Kind::case_code:
      return in_blocks(0, value.size(), 16);
    case Kind::inline_payload:
      return in_blocks(0, value.size(), 4096);
    case Kind::agency_key:
    case Kind::member_case:
    case Kind::agency_case:
    case Kind::case_share:
    case Kind::agency_share:
    case Kind::open_order:
    case Kind::case_document:
      return {};  // their keys are all that they say
    case Kind::founding:
    case Kind::agency:
    case Kind::access_key:
    case Kind::generation:
    case Kind::added_holder:
    case Kind::lockbox:
    case Kind::case_file:
    case Kind::member:
    case Kind::share:
    case Kind::order:
    case Kind::rotation:
    case Kind::document:
    case Kind::version:
    case Kind::header:
      return fields_of_record(value);
  }
  throw std::logic_error("a kind without fields");
}

std::vector<Flip> flips_in(const std::vector<Field>& fields) {
  std::vector<Flip> flips;
  std::set<std::size_t> done;
  for (const Field& field : fields) {
    const bool head = field.name.ends_with("head");
    if (head) flips.push_back({field.name + " type", field.offset, 0x20});
    for (const std::size_t at :
         {field.offset, field.offset + field.size / 2, field.offset + field.size - 1}) {
      if (!done.insert(at).second) continue;
      flips.push_back({field.name + " byte " + std::to_string(at - field.offset), at, 1});
    }
  }
  return flips;
}

}  // namespace edited
