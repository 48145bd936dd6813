#include "crypto/secret.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <concepts>
#include <fstream>
#include <sstream>
#include <thread>

#include "crypto/sanitizer.h"
#include "crypto/secret_arena.h"

namespace crypto {
namespace {

using testing::Each;
using testing::HasSubstr;

template <typename T>
concept Printable = requires(std::ostream& out, const T& value) {
  out << value;
};
template <typename T>
concept EqualityComparable = requires(const T& a, const T& b) {
  a == b;
};

static_assert(!std::copyable<SecretBytes> && std::movable<SecretBytes>);
static_assert(!Printable<SecretBytes> && !EqualityComparable<SecretBytes>);
static_assert(!std::copyable<FileKey> && std::movable<FileKey>);
static_assert(!Printable<FileKey> && !EqualityComparable<FileKey>);
static_assert(!std::convertible_to<SigningSeed, EraseKey>, "the same size, another kind");
static_assert(!std::constructible_from<EraseKey, SigningSeed>);

// Reads memory through the kernel, so that no sanitizer minds that it was given back.
Bytes peek(const std::uint8_t* address, std::size_t size) {
  Bytes bytes(size, 0xee);
  const iovec local{bytes.data(), size};
  const iovec remote{const_cast<std::uint8_t*>(address), size};
  EXPECT_EQ(process_vm_readv(getpid(), &local, 1, &remote, 1, 0), static_cast<ssize_t>(size));
  return bytes;
}

bool readable(const std::uint8_t* address) {
  std::uint8_t byte = 0;
  const iovec local{&byte, 1};
  const iovec remote{const_cast<std::uint8_t*>(address), 1};
  return process_vm_readv(getpid(), &local, 1, &remote, 1, 0) == 1;
}

// The line `VmFlags:` of the mapping that holds `address`, with spaces around each flag.
std::string flags_of(const void* address) {
  std::ifstream maps("/proc/self/smaps");
  const auto wanted = reinterpret_cast<std::uintptr_t>(address);
  bool inside = false;
  for (std::string line; std::getline(maps, line);) {
    std::istringstream words(line);
    std::uintptr_t begin = 0;
    std::uintptr_t end = 0;
    char dash = 0;
    if (words >> std::hex >> begin >> dash >> end && dash == '-') {
      inside = begin <= wanted && wanted < end;
    } else if (inside && line.starts_with("VmFlags:")) {
      return line + ' ';
    }
  }
  return "not mapped";
}

// Runs `body` in a forked child, whose exit status it returns: 0 when `body` is true.
template <typename Body>
int in_child(Body body) {
  const pid_t child = fork();
  if (child == 0) _exit(body() ? 0 : 1);
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

Bytes of(ByteView view) { return to_bytes(view); }

TEST(Secret, IsZeroInMemoryOnceItIsGone) {
  const std::uint8_t* where = nullptr;
  {
    const FileKey key = FileKey::random();
    where = key.expose().data();
    EXPECT_THAT(peek(where, 16), testing::Contains(testing::Ne(0)));
  }
  EXPECT_THAT(peek(where, 16), Each(0));
}

TEST(Secret, IsZeroWhereItWasWhenAnotherTakesItsPlace) {
  SecretBytes first = SecretBytes::random(100);
  const std::uint8_t* const where = first.expose().data();
  first = SecretBytes::random(40);
  EXPECT_NE(first.expose().data(), where);
  EXPECT_THAT(peek(where, 100), Each(0));
}

TEST(Secret, LivesInLockedPagesThatNoDumpHolds) {
  const SecretBytes secret = SecretBytes::random(32);
  const std::string flags = flags_of(secret.expose().data());
  EXPECT_THAT(flags, HasSubstr(" lo "));
  EXPECT_THAT(flags, HasSubstr(" dd "));
}

TEST(Secret, TakingWipesTheSource) {
  Block<16> source;
  source.fill(0x5a);
  const FileKey key = FileKey::take(source);
  EXPECT_THAT(source, Each(0));
  EXPECT_THAT(key.expose(), Each(0x5a));
}

TEST(Secret, MovesLeaveNothingBehindAndDuplicatesAreApart) {
  SecretBytes secret = SecretBytes::random(20);
  const Bytes bytes = of(secret.expose());
  SecretBytes moved = std::move(secret);
  EXPECT_EQ(secret.size(), 0U);  // NOLINT(bugprone-use-after-move)
  const SecretBytes copy = moved.duplicate();
  moved.expose_mutable()[0] ^= 1;
  EXPECT_EQ(of(copy.expose()), bytes);
}

TEST(Secret, ShrinkingKeepsTheBeginAndWipesTheRest) {
  SecretBytes secret = SecretBytes::random(100);
  const Bytes begin = of(secret.expose().first(33));
  const std::uint8_t* const where = secret.expose().data();
  secret.shrink(33);
  EXPECT_EQ(of(secret.expose()), begin);
  EXPECT_THAT(peek(where + 33, 67), Each(0));
  const SecretBytes next = SecretBytes::random(48);  // may take what was cut off
  EXPECT_EQ(of(secret.expose()), begin);
  secret.shrink(0);
  EXPECT_THAT(peek(where, 33), Each(0));
}

TEST(Secret, StartsAsZerosThoughTheArenaIsUsedAgain) {
  for (int i = 0; i < 100; ++i) {
    const SecretBytes fresh(61);
    EXPECT_THAT(of(fresh.expose()), Each(0));
    const SecretBytes used = SecretBytes::random(61);
  }
}

TEST(Secret, ManyThreadsShareTheArena) {
  std::vector<std::thread> threads;
  std::atomic<int> wrong = 0;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([t, &wrong] {
      for (std::size_t i = 0; i < 2000; ++i) {
        SecretBytes mine(1 + i % 300);
        for (auto& byte : mine.expose_mutable()) byte = static_cast<std::uint8_t>(t);
        for (const auto byte : mine.expose()) wrong += byte != t;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

TEST(Secret, IsThereInAChildOfAProgramThatDidNotHideIt) {
  const SecretBytes secret = SecretBytes::random(32);
  const Bytes bytes = of(secret.expose());
  EXPECT_EQ(in_child([&] { return of(secret.expose()) == bytes; }), 0);
}

TEST(LockSecretMemory, MakesTheProcessUndumpable) {
  if (kAddressSanitizer) GTEST_SKIP() << "the leak check needs a dumpable process";
  EXPECT_EQ(in_child([] { return lock_secret_memory() && prctl(PR_GET_DUMPABLE) == 0; }), 0);
}

TEST(LockSecretMemory, MarksTheArenaAsNotToBeCopied) {
  EXPECT_EQ(in_child([] {
              lock_secret_memory();
              const SecretBytes secret = SecretBytes::random(32);
              return flags_of(secret.expose().data()).find(" dc ") != std::string::npos;
            }),
            0);
}

// The child locks, as a program does at its start; its own child must meet a fault and not the key,
// but can have secrets of its own.
TEST(LockSecretMemory, HidesSecretsFromForkedChildren) {
  EXPECT_EQ(in_child([] {
              lock_secret_memory();
              const SecretBytes secret = SecretBytes::random(32);
              const std::uint8_t* const where = secret.expose().data();
              return readable(where) && in_child([&] { return !readable(where); }) == 0;
            }),
            0);
  EXPECT_EQ(in_child([] {
              lock_secret_memory();
              auto secret = std::make_unique<SecretBytes>(SecretBytes::random(32));
              return in_child([&] {
                       const SecretBytes own = SecretBytes::random(32);
                       secret.reset();  // gives back what is not there: nothing happens
                       return own.expose().size() == 32;
                     }) == 0;
            }),
            0);
}

TEST(SecretArena, StandsBetweenInaccessiblePages) {
  constexpr std::size_t kPage = 4096;
  SecretArena arena(kPage);
  std::uint8_t* const all = arena.take(kPage);
  EXPECT_TRUE(readable(all) && readable(all + kPage - 1));
  EXPECT_FALSE(readable(all - 1));
  EXPECT_FALSE(readable(all + kPage));
  EXPECT_THROW(arena.take(1), std::bad_alloc);
  arena.give_back(all, kPage);
  EXPECT_EQ(arena.take(1), all);
}

TEST(SecretArena, JoinsWhatIsGivenBackInAnyOrder) {
  constexpr std::size_t kPage = 4096;
  for (const auto& order : {std::vector{0, 1, 2, 3}, {3, 2, 1, 0}, {1, 3, 0, 2}, {2, 0, 3, 1}}) {
    SecretArena arena(kPage);
    std::vector<std::uint8_t*> runs;
    for (int i = 0; i < 4; ++i)
      runs.push_back(arena.take(kPage / 4 - 7));  // rounds up to a quarter
    EXPECT_THROW(arena.take(1), std::bad_alloc);
    for (const int i : order) arena.give_back(runs[static_cast<std::size_t>(i)], kPage / 4 - 7);
    EXPECT_NO_THROW(arena.take(kPage)) << order[0] << order[1];
  }
}

TEST(Secret, AnExhaustedArenaIsBadAlloc) {
  EXPECT_THROW(SecretBytes(std::size_t{1} << 30), std::bad_alloc);
  EXPECT_NO_THROW(SecretBytes(1));
}

TEST(ConstantTimeComparison, SaysWhetherBytesAreEqual) {
  EXPECT_TRUE(equal_in_constant_time({}, {}));
  EXPECT_TRUE(equal_in_constant_time(as_bytes("same"), as_bytes("same")));
  EXPECT_FALSE(equal_in_constant_time(as_bytes("same"), as_bytes("samf")));
  EXPECT_FALSE(equal_in_constant_time(as_bytes("same"), as_bytes("same ")));
}

}  // namespace
}  // namespace crypto
