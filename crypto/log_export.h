// The lines of a log export: header, entries exactly as hashed, hashes, proof, signed head
// (vault/FORMAT.md, "Log export"). Written here, read here; crypto/log_verify judges them.
//
// Each kind of line has one spelling: what does not encode to the same bytes is malformed.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/bytes.h"
#include "crypto/error.h"
#include "crypto/id.h"
#include "crypto/merkle_range.h"

namespace crypto::log_export {

// The first line. Of a whole export, [from, to) are entries of the log; of one case's, numbers in
// the chain of that case.
struct Header {
  std::string origin;
  Id case_id;  // nil: a whole export
  std::uint64_t from = 0;
  std::uint64_t to = 0;
  std::string encode() const;
  static Result<Header> parse(std::string_view line);  // Errors: malformed, unsupported
  bool operator==(const Header&) const = default;
};

// Behind the entries of a whole export: their leaf hashes, so that a bad line can be named.
struct Leaves {
  static constexpr std::size_t kAtMost = 64;
  std::uint64_t first = 0;  // entry of the first hash
  std::vector<Digest> hashes;
  std::string encode() const;
  static Result<Leaves> parse(std::string_view line);  // Errors: malformed
};

// Then the proof that [from, to) are in the log and complete.
struct RangeLine {
  std::uint64_t from = 0;
  std::uint64_t to = 0;
  std::uint64_t size = 0;  // of the log, as in the signed head
  merkle::RangeProof proof;
  std::string encode() const;
  static Result<RangeLine> parse(std::string_view line);  // Errors: malformed
};

// Behind the entries of a case's export, one for each: the proof that it is in the log.
struct Inclusion {
  std::uint64_t index = 0;
  Digest leaf{};
  merkle::Proof path;
  std::string encode() const;
  static Result<Inclusion> parse(std::string_view line);  // Errors: malformed
};

// The last line: the signed head, a C2SP note.
struct Head {
  std::string note;
  std::string encode() const;
  static Result<Head> parse(std::string_view line);  // Errors: malformed
};

enum class LineKind { entry, leaves, range, inclusion, head, unknown };
LineKind kind_of(std::string_view line);

// Takes whole lines with their newline; false: whoever reads is gone.
using Sink = std::function<bool(std::string_view text)>;

// Writes an export of the entries [from, to): header first, then entry() for each in order, then
// finish(). Keeps 32 bytes an entry. Each call says whether the sink still takes lines.
class Writer {
 public:
  Writer(Sink sink, Header header);
  bool begin();
  bool entry(std::string_view line);
  bool finish(std::uint64_t size, const merkle::RangeProof& proof, std::string_view checkpoint);
  // Of a case's export: `inclusions` has one for each entry, in order.
  bool finish_case(const std::vector<Inclusion>& inclusions, std::string_view checkpoint);
  const std::vector<Digest>& leaves() const { return leaves_; }

 private:
  bool line(std::string_view text);
  Sink sink_;
  Header header_;
  std::vector<Digest> leaves_;
};

}  // namespace crypto::log_export
