#include <gtest/gtest.h>

#include <set>

#include "crypto/age.h"
#include "crypto/age_range.h"
#include "crypto/encoding.h"
#include "crypto/hash.h"
#include "support/age_samples.h"

namespace crypto::age {
namespace {

Digest leaf(ByteView bytes) {
  const std::uint8_t mark = 0;
  return sha256({ByteView(&mark, 1), bytes});
}

// RFC 6962, 2.1, word for word: the split is at the largest power of two below the length.
Digest plain_root(std::span<const Bytes> leaves) {
  if (leaves.empty()) return sha256(ByteView{});
  if (leaves.size() == 1) return leaf(leaves.front());
  std::size_t split = 1;
  while (split * 2 < leaves.size()) split *= 2;
  const std::uint8_t mark = 1;
  return sha256(
      {ByteView(&mark, 1), plain_root(leaves.first(split)), plain_root(leaves.subspan(split))});
}

// The sealed chunks of a payload, without its nonce.
std::vector<ByteView> chunks_of(ByteView payload) {
  std::vector<ByteView> chunks;
  for (payload = payload.subspan(kNonceSize); !payload.empty();) {
    const std::size_t size = std::min(payload.size(), kSealedChunkSize);
    chunks.push_back(payload.first(size));
    payload = payload.subspan(size);
  }
  return chunks;
}

TEST(AgePayload, ComesBackAtEveryBorder) {
  const FileKey key = FileKey::random();
  for (const std::size_t size : kBorderSizes) {
    SCOPED_TRACE(size);
    const Bytes plain = sample(size);
    const Bytes payload = seal_payload(plain, key);
    EXPECT_EQ(payload.size(), sealed_size(size));
    EXPECT_EQ(plain_size(payload.size()), size);
    const auto opened = open_payload(payload, key);
    ASSERT_TRUE(opened);
    EXPECT_TRUE(same(*opened, plain));
    EXPECT_FALSE(open_payload(payload, FileKey::random()));
  }
}

TEST(AgePayload, HasNoSizeThatNothingSealsTo) {
  std::set<std::uint64_t> possible;
  for (std::uint64_t size = 0; size <= 2 * kChunkSize + 1; ++size)
    possible.insert(sealed_size(size));
  for (std::uint64_t size = 0; size <= sealed_size(2 * kChunkSize); ++size) {
    EXPECT_EQ(plain_size(size).has_value(), possible.contains(size)) << size;
  }
}

TEST(AgePayload, OpensChunksInAnyOrder) {
  const FileKey key = FileKey::random();
  const Bytes plain = sample(3 * kChunkSize + 5);
  const Bytes payload = seal_payload(plain, key);
  PayloadNonce nonce;
  std::copy_n(payload.begin(), kNonceSize, nonce.begin());
  PayloadOpener opener(key, nonce);
  const auto chunks = chunks_of(payload);
  for (const std::size_t index : {3U, 0U, 2U, 1U, 2U}) {
    Bytes out(chunks[index].size() - kTagSize);
    ASSERT_TRUE(opener.open(index, index == 3, chunks[index], out.data()));
    EXPECT_TRUE(std::ranges::equal(out, ByteView(plain).subspan(index * kChunkSize, out.size())));
  }
}

TEST(AgePayload, RefusesAChunkAtAnotherPlace) {
  const FileKey key = FileKey::random();
  const Bytes payload = seal_payload(sample(2 * kChunkSize), key);
  PayloadNonce nonce;
  std::copy_n(payload.begin(), kNonceSize, nonce.begin());
  PayloadOpener opener(key, nonce);
  const auto chunks = chunks_of(payload);
  Bytes out(kChunkSize, 0xaa);
  const auto tampered = tl::unexpected(Errc::tampered);
  EXPECT_EQ(opener.open(1, false, chunks[0], out.data()), tampered);
  EXPECT_EQ(out, Bytes(kChunkSize)) << "what was not verified is left in the buffer";
  EXPECT_EQ(opener.open(0, true, chunks[0], out.data()), tampered);
  EXPECT_EQ(opener.open(1, false, chunks[1], out.data()), tampered);
  EXPECT_EQ(opener.open(std::uint64_t{1} << 32, false, chunks[0], out.data()), tampered);
  EXPECT_EQ(opener.open(0, false, chunks[0].first(kTagSize - 1), out.data()), tampered);
  EXPECT_TRUE(opener.open(0, false, chunks[0], out.data()));
}

TEST(AgePayload, RefusesToSealOutOfTurn) {
  const Bytes full(kChunkSize);
  Bytes out(kSealedChunkSize + 1);
  const auto sealer = [] { return PayloadSealer(FileKey::random(), {}); };

  auto short_in_the_middle = sealer();
  EXPECT_THROW(short_in_the_middle.seal(ByteView(full).first(9), false, out.data()),
               std::logic_error);
  auto too_long = sealer();
  EXPECT_THROW(too_long.seal(Bytes(kChunkSize + 1), true, out.data()), std::logic_error);
  auto after_the_last = sealer();
  after_the_last.seal({}, true, out.data());
  EXPECT_THROW(after_the_last.seal({}, true, out.data()), std::logic_error);
  auto empty_at_the_end = sealer();
  empty_at_the_end.seal(full, false, out.data());
  EXPECT_THROW(empty_at_the_end.seal({}, true, out.data()), std::logic_error);
}

TEST(AgePayloadRoot, IsTheTreeOverNonceAndChunksHoweverItIsMade) {
  const FileKey key = FileKey::random();
  const auto nonce = random_block<kNonceSize>();
  for (std::size_t count = 1; count <= 9; ++count) {
    SCOPED_TRACE(count);
    PayloadSealer sealer(key, nonce);
    PayloadRoot passing_by(nonce);
    std::vector<Bytes> leaves{to_bytes(nonce)};
    for (std::size_t index = 0; index < count; ++index) {
      const bool last = index + 1 == count;
      const Bytes plain = sample(last ? 100 : kChunkSize);
      Bytes sealed(plain.size() + kTagSize);
      sealer.seal(plain, last, sealed.data());
      passing_by.add(sealed);
      leaves.push_back(sealed);
    }
    EXPECT_EQ(sealer.payload_root(), plain_root(leaves));
    EXPECT_EQ(passing_by.root(), plain_root(leaves));
  }
}

// Of FORMAT.md.
TEST(AgePayloadRoot, IsThatOfTheVectors) {
  PayloadNonce nonce;
  nonce.fill(0x01);
  PayloadRoot one(nonce);
  one.add(Bytes(32, 0x02));
  EXPECT_EQ(to_hex(one.root()), "4c3bfbf96c1d4b6662b6935faf3176801c49ebf216a7832f53a11ca6c8172851");
  PayloadRoot two(nonce);
  two.add(Bytes(kSealedChunkSize, 0x03));
  two.add(Bytes(32, 0x02));
  EXPECT_EQ(to_hex(two.root()), "0e12f463d550a1e6eea78aae7d04d63e43ed9c6ca74b50ae726df8ae63a458e3");
}

TEST(AgePayloadRoot, IsAnotherForAnyOtherByte) {
  const Bytes payload = seal_payload(sample(kChunkSize + 5), FileKey::random());
  const auto root_of = [](const Bytes& bytes) {
    PayloadNonce nonce;
    std::copy_n(bytes.begin(), nonce.size(), nonce.begin());
    PayloadRoot root(nonce);
    const ByteView chunks = ByteView(bytes).subspan(kNonceSize);
    root.add(chunks.first(kSealedChunkSize));
    root.add(chunks.subspan(kSealedChunkSize));
    return root.root();
  };
  // Of the nonce, both chunks and both tags.
  const std::size_t second = kNonceSize + kSealedChunkSize;
  for (const std::size_t at : {std::size_t{0}, kNonceSize - 1, kNonceSize, second - kTagSize - 1,
                               second - 1, second, payload.size() - 1}) {
    SCOPED_TRACE(at);
    Bytes other = payload;
    other[at] ^= 1;
    EXPECT_NE(root_of(other), root_of(payload));
  }
}

// The sealed bytes, and which of them were asked for.
struct WatchedPayload {
  Bytes bytes;
  std::set<std::uint64_t> chunks_read;

  RangeOpener::ReadAt reader() {
    return [this](std::uint64_t offset, MutableBytes out) -> Result<void> {
      if (offset + out.size() > bytes.size()) return tl::unexpected(Errc::read_failed);
      if (offset >= kNonceSize) chunks_read.insert((offset - kNonceSize) / kSealedChunkSize);
      std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(offset), out.size(), out.begin());
      return {};
    };
  }
};

TEST(AgeRange, ReadsOnlyTheChunksThatHoldIt) {
  const FileKey key = FileKey::random();
  const Bytes plain = sample(6 * kChunkSize + 5);
  WatchedPayload payload{seal_payload(plain, key), {}};
  auto opener = RangeOpener::over(key, payload.bytes.size(), payload.reader());
  ASSERT_TRUE(opener);
  ASSERT_EQ(opener->size(), plain.size());
  EXPECT_EQ(payload.chunks_read, std::set<std::uint64_t>{6});

  constexpr std::uint64_t kChunk = kChunkSize;
  const std::uint64_t edges[] = {
      0,          1,          kChunk - 1,     kChunk,         kChunk + 1,
      3 * kChunk, 5 * kChunk, 6 * kChunk - 1, 6 * kChunk + 4, plain.size()};
  for (const std::uint64_t begin : edges) {
    for (const std::uint64_t end : edges) {
      if (begin > end) continue;
      SCOPED_TRACE(testing::Message() << begin << " to " << end);
      payload.chunks_read.clear();
      Bytes got;
      ASSERT_TRUE(opener->read(begin, end, [&](ByteView piece) -> Result<void> {
        append(got, piece);
        return {};
      }));
      EXPECT_TRUE(std::ranges::equal(got, ByteView(plain).subspan(begin, end - begin)));
      std::set<std::uint64_t> holding;
      for (std::uint64_t at = begin; at < end; at = (at / kChunk + 1) * kChunk) {
        holding.insert(at / kChunk);
      }
      EXPECT_EQ(payload.chunks_read, holding);
    }
  }
}

TEST(AgeRange, RefusesWhatIsNotInThePayload) {
  const FileKey key = FileKey::random();
  WatchedPayload payload{seal_payload(sample(kChunkSize + 7), key), {}};
  auto opener = RangeOpener::over(key, payload.bytes.size(), payload.reader());
  ASSERT_TRUE(opener);
  const auto ignore = [](ByteView) -> Result<void> { return {}; };
  EXPECT_EQ(opener->read(0, opener->size() + 1, ignore), tl::unexpected(Errc::out_of_range));
  EXPECT_EQ(opener->read(2, 1, ignore), tl::unexpected(Errc::out_of_range));
  EXPECT_TRUE(opener->read(opener->size(), opener->size(), ignore));
  EXPECT_EQ(opener->read(
                0, 1, [](ByteView) -> Result<void> { return tl::unexpected(Errc::write_failed); }),
            tl::unexpected(Errc::write_failed));
}

// Cut off between two chunks, what is left opens chunk by chunk: only the last one tells.
TEST(AgeRange, NoticesAPayloadThatWasCutShort) {
  const FileKey key = FileKey::random();
  WatchedPayload payload{seal_payload(sample(3 * kChunkSize), key), {}};
  const auto cut = kNonceSize + 2 * kSealedChunkSize;
  EXPECT_EQ(RangeOpener::over(key, cut, payload.reader()).error(), Errc::tampered);
  EXPECT_EQ(RangeOpener::over(key, kNonceSize, payload.reader()).error(), Errc::malformed);
  payload.bytes.resize(cut);
  EXPECT_EQ(RangeOpener::over(key, cut + 100, payload.reader()).error(), Errc::read_failed);
}

TEST(AgeRange, NoticesAChangedChunk) {
  const FileKey key = FileKey::random();
  WatchedPayload payload{seal_payload(sample(3 * kChunkSize), key), {}};
  payload.bytes[kNonceSize + kSealedChunkSize] ^= 1;
  auto opener = RangeOpener::over(key, payload.bytes.size(), payload.reader());
  ASSERT_TRUE(opener);
  const auto ignore = [](ByteView) -> Result<void> { return {}; };
  EXPECT_TRUE(opener->read(0, kChunkSize, ignore));
  EXPECT_EQ(opener->read(0, kChunkSize + 1, ignore), tl::unexpected(Errc::tampered));
}

}  // namespace
}  // namespace crypto::age
