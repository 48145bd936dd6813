// The payload of an age file: sealed, opened whole and opened in part agree, whatever the length,
// and one changed, missing or added byte is seen by both ways of opening.
#include <algorithm>

#include "crypto/age.h"
#include "crypto/age_range.h"
#include "fuzz/target.h"

namespace {

using namespace crypto;
using fuzz::must;

FileKey key() {
  Block<16> bytes{7};
  return FileKey::take(bytes);
}

// Lengths around the borders of chunks, of which few inputs would be long enough.
Bytes plaintext(fuzz::Steering& steering) {
  const std::size_t drawn = steering.byte() % 8;
  const std::size_t chunks = drawn < 3 ? drawn : 0;  // the long ones are slow
  const std::size_t size = chunks * age::kChunkSize + steering.byte() - (chunks > 0 ? 128 : 0);
  const ByteView seed = steering.rest();
  Bytes plain(size, 0x55);
  for (std::size_t i = 0; i < size && !seed.empty(); ++i) plain[i] = seed[i % seed.size()];
  return plain;
}

Bytes sealed(ByteView plain) {
  const age::PayloadNonce nonce{9};
  age::PayloadSealer sealer(key(), nonce);
  Bytes payload(nonce.begin(), nonce.end());
  bool last = false;
  do {
    const ByteView chunk = plain.first(std::min(plain.size(), age::kChunkSize));
    plain = plain.subspan(chunk.size());
    last = plain.empty();
    payload.resize(payload.size() + chunk.size() + age::kTagSize);
    sealer.seal(chunk, last, &payload[payload.size() - chunk.size() - age::kTagSize]);
  } while (!last);
  return payload;
}

// What a reader of the range gets; an error where anything of it is not as it was sealed.
Result<Bytes> range_of(const Bytes& payload, std::uint64_t begin, std::uint64_t end) {
  auto opener = age::RangeOpener::over(
      key(), payload.size(), [&](std::uint64_t offset, MutableBytes out) -> Result<void> {
        must(offset <= payload.size() && out.size() <= payload.size() - offset,
             "no byte is read that the payload has not");
        std::copy_n(payload.begin() + static_cast<std::ptrdiff_t>(offset), out.size(), out.begin());
        return {};
      });
  if (!opener) return tl::unexpected(opener.error());
  Bytes read;
  const auto done =
      opener->read(begin, std::min(end, opener->size()), [&](ByteView piece) -> Result<void> {
        append(read, piece);
        return {};
      });
  if (!done) return tl::unexpected(done.error());
  return read;
}

void must_be_refused(const Bytes& payload) {
  must(!age::open_payload(payload, key()), "a changed payload does not open");
  must(!range_of(payload, 0, UINT64_MAX), "nor do its ranges, all together");
}

// Bytes from outside: the two ways of opening agree on them.
void must_agree(const Bytes& payload) {
  const auto whole = age::open_payload(payload, key());
  const auto range = range_of(payload, 0, UINT64_MAX);
  must(whole.has_value() == range.has_value(), "both ways of opening agree");
  if (whole) must(std::ranges::equal(whole->expose(), *range), "on every byte");
}

}  // namespace

void fuzz::run(ByteView input) {
  must_agree(to_bytes(input));
  Steering steering(input);
  const std::uint32_t place = steering.number(), first = steering.number(),
                      length = steering.number();
  const std::uint8_t change = steering.byte();
  const Bytes plain = plaintext(steering);
  Bytes payload = sealed(plain);

  must(payload.size() == age::sealed_size(plain.size()), "a payload has the size foretold");
  must(age::plain_size(payload.size()) == plain.size(), "and tells the size of its text");
  must_agree(payload);
  const auto opened = age::open_payload(payload, key());
  must(opened && std::ranges::equal(opened->expose(), plain), "what was sealed opens");
  const std::uint64_t begin = first % (plain.size() + 1);
  const std::uint64_t end = begin + length % (plain.size() - begin + 1);
  const auto range = range_of(payload, begin, end);
  must(range && std::ranges::equal(*range, ByteView(plain).subspan(begin, end - begin)),
       "a range is that part of it");

  Bytes longer = payload;
  longer.push_back(change);
  must_be_refused(longer);
  Bytes shorter(payload.begin(),
                payload.begin() + place % static_cast<std::uint32_t>(payload.size()));
  must_be_refused(shorter);
  payload[place % payload.size()] ^= change == 0 ? 1 : change;
  must_be_refused(payload);
}
