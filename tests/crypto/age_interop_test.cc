// Stock `age` opens what we seal, and we open what it seals: 1,000 files each way, of sizes around
// every border of chunks up to 10 MiB.
#include <gtest/gtest.h>
#include <pty.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <streambuf>

#include "support/age_samples.h"

namespace crypto::age {
namespace {

constexpr std::size_t kLargest = std::size_t{10} << 20;
static_assert(kLargest == 160 * kChunkSize);
constexpr std::size_t kFiles = 1000;

// 0, 1, and one less, none and one more than every number of chunks; the rest are small.
std::vector<std::size_t> sizes() {
  std::vector<std::size_t> all = {0, 1};
  for (std::size_t chunks = 1; chunks <= 160; ++chunks) {
    const std::size_t border = chunks * kChunkSize;
    for (const std::size_t size : {border - 1, border, border + 1}) {
      if (size <= kLargest) all.push_back(size);
    }
  }
  for (std::size_t size = 2; all.size() < kFiles; ++size) all.push_back(size);
  return all;
}

// A file in memory that goes from one program to the other. Its pages are kept from one use to the
// next: giving them back and getting them again took longer than all of the sealing.
class Channel {
 public:
  Channel() : fd_(memfd_create("age", 0)) {}
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;
  ~Channel() { close(fd_); }

  int fd() const { return fd_; }
  std::string path() const { return "/proc/self/fd/" + std::to_string(fd_); }
  void rewind() { lseek(fd_, 0, SEEK_SET); }
  // Ends the file where the last writer through fd() stopped, and goes back to its begin.
  void finish() {
    EXPECT_EQ(ftruncate(fd_, lseek(fd_, 0, SEEK_CUR)), 0);
    rewind();
  }
  void fill(std::string_view text) {
    rewind();
    EXPECT_EQ(write(fd_, text.data(), text.size()), static_cast<ssize_t>(text.size()));
    finish();
  }
  std::string content() const {
    std::ifstream in(path(), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

 private:
  int fd_;
};

// A stream buffer over bytes that are there: reads them, or compares what is written with them.
class Expected : public std::streambuf {
 public:
  explicit Expected(ByteView bytes) : left_(bytes) {
    char* begin = const_cast<char*>(as_text(bytes).data());
    setg(begin, begin, begin + bytes.size());
  }
  bool all_came() const { return same_ && left_.empty(); }

 protected:
  std::streamsize xsputn(const char* from, std::streamsize count) override {
    const auto size = static_cast<std::size_t>(count);
    same_ = same_ && size <= left_.size() && std::memcmp(from, left_.data(), size) == 0;
    if (same_) left_ = left_.subspan(size);
    return count;
  }
  int_type overflow(int_type c) override {
    const char one = traits_type::to_char_type(c);
    xsputn(&one, 1);
    return traits_type::not_eof(c);
  }

 private:
  ByteView left_;
  bool same_ = true;
};

int exit_status(pid_t child) {
  int status = 0;
  if (waitpid(child, &status, 0) != child || !WIFEXITED(status)) return -1;
  return WEXITSTATUS(status);
}

// The arguments in the form that exec takes; they live as long as `arguments`.
std::vector<char*> pointers_to(std::vector<std::string>& arguments) {
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  return pointers;
}

int run(std::vector<std::string> arguments, const Channel& in, const Channel& out) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in.fd(), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out.fd(), STDOUT_FILENO);
  pid_t child = 0;
  const int failed = posix_spawnp(&child, arguments.front().c_str(), &actions, nullptr,
                                  pointers_to(arguments).data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  return failed != 0 ? -1 : exit_status(child);
}

// Stock age takes a passphrase only from a terminal: here is one, with somebody who types.
int run_typing(std::vector<std::string> arguments, std::string_view typed, int times) {
  int terminal = -1;
  const pid_t child = forkpty(&terminal, nullptr, nullptr, nullptr);
  if (child == 0) {
    execvp(arguments.front().c_str(), pointers_to(arguments).data());
    _exit(127);
  }
  // It answers each question when its colon shows; what else is shown does not matter.
  std::string shown;
  for (char c = 0; read(terminal, &c, 1) == 1;) {
    shown.push_back(c);
    if (times > 0 && shown.ends_with(": ")) {
      const std::string line = std::string(typed) + "\n";
      if (write(terminal, line.data(), line.size()) != static_cast<ssize_t>(line.size())) break;
      --times;
    }
  }
  close(terminal);
  return exit_status(child);
}

// A name for what is only to be named: a key file, or what age opens by itself.
class NamedFile {
 public:
  explicit NamedFile(std::string_view text) {
    const int fd = mkstemp(path_.data());
    EXPECT_EQ(write(fd, text.data(), text.size()), static_cast<ssize_t>(text.size()));
    close(fd);
  }
  NamedFile(const NamedFile&) = delete;
  NamedFile& operator=(const NamedFile&) = delete;
  ~NamedFile() { unlink(path_.c_str()); }
  const std::string& path() const { return path_; }
  std::string content() const {
    std::ifstream in(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

 private:
  std::string path_ = testing::TempDir() + "age-interop-XXXXXX";
};

class AgeInterop : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(run({"age", "--version"}, in, out), 0) << "the program `age` is not installed";
  }

  std::string_view plain(std::size_t size) { return as_text(ByteView(bytes).first(size)); }

  // What `in` holds, opened by stock age with the owner's key: into `out`.
  int open_by_age() {
    out.rewind();
    const int status = run({"age", "-d", "-i", key_file.path()}, in, out);
    out.finish();
    return status;
  }
  int seal_by_age(std::vector<std::string> options = {}) {
    options.insert(options.begin(), {"age", "-r", recipient.text()});
    out.rewind();
    const int status = run(options, in, out);
    out.finish();
    return status;
  }
  std::string opened_by_age(std::string_view sealed) {
    in.fill(sealed);
    EXPECT_EQ(open_by_age(), 0);
    return out.content();
  }

  Channel in;
  Channel out;
  Identity owner = Identity::generate();
  Recipient recipient = owner.recipient();
  NamedFile key_file{owner.text().expose_text()};
  Bytes bytes = sample(kLargest);
};

TEST_F(AgeInterop, StockAgeOpensAThousandOfOurs) {
  for (const std::size_t size : sizes()) {
    SCOPED_TRACE(size);
    Expected source(ByteView(bytes).first(size));
    std::istream text(&source);
    std::ofstream sealed(in.path(), std::ios::binary | std::ios::trunc);
    ASSERT_TRUE(seal(text, std::span(&recipient, 1), sealed));
    in.rewind();
    ASSERT_EQ(open_by_age(), 0);

    Expected wanted(ByteView(bytes).first(size));
    std::ifstream opened(out.path(), std::ios::binary);
    std::ostream compare(&wanted);
    if (size > 0) compare << opened.rdbuf();
    ASSERT_TRUE(wanted.all_came());
  }
}

TEST_F(AgeInterop, WeOpenAThousandOfStockAge) {
  for (const std::size_t size : sizes()) {
    SCOPED_TRACE(size);
    in.fill(plain(size));
    ASSERT_EQ(seal_by_age(), 0);

    std::ifstream sealed(out.path(), std::ios::binary);
    Expected wanted(ByteView(bytes).first(size));
    std::ostream compare(&wanted);
    ASSERT_TRUE(open(sealed, Openers{std::span(&owner, 1)}, compare));
    ASSERT_TRUE(wanted.all_came());
  }
}

TEST_F(AgeInterop, StockAgeOpensABoundObjectOfSeveralHolders) {
  const Recipient holders[] = {Identity::generate().recipient(), recipient};
  const FileKey key = FileKey::random();
  Bytes sealed = make_header(key, holders, sample_binding());
  append(sealed, seal_payload(ByteView(bytes).first(100000), key));
  EXPECT_TRUE(opened_by_age(as_text(sealed)) == plain(100000));
}

TEST_F(AgeInterop, ArmorIsReadBothWays) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{1000}, 2 * kChunkSize + 1}) {
    std::ostringstream ours;
    ArmorWriter writer(ours);
    writer.stream() << sealed_text(ByteView(bytes).first(size), recipient);
    ASSERT_TRUE(writer.finish());
    EXPECT_TRUE(opened_by_age(ours.str()) == plain(size));

    in.fill(plain(size));
    ASSERT_EQ(seal_by_age({"-a"}), 0);
    const std::string theirs = out.content();
    EXPECT_TRUE(looks_armored(as_bytes(theirs)));
    EXPECT_TRUE(open_text(theirs, owner).plain == plain(size));
  }
}

TEST_F(AgeInterop, APassphraseOpensBothWays) {
  const std::string words = "kata sandi yang panjang";
  std::istringstream text{std::string(plain(1000))};
  std::ostringstream sealed;
  ASSERT_TRUE(seal_with_passphrase(text, secret_of(words), 10, sealed));
  const NamedFile ours(sealed.str());
  const NamedFile opened("");
  ASSERT_EQ(run_typing({"age", "-d", "-o", opened.path(), ours.path()}, words, 1), 0);
  EXPECT_TRUE(opened.content() == plain(1000));

  const NamedFile plain_file(plain(1000));
  const NamedFile theirs("");
  ASSERT_EQ(run_typing({"age", "-p", "-o", theirs.path(), plain_file.path()}, words, 2), 0);
  std::istringstream in_their_form(theirs.content());
  std::ostringstream ours_again;
  const SecretBytes passphrase = secret_of(words);
  ASSERT_TRUE(open(in_their_form, Openers{{}, &passphrase, {}}, ours_again));
  EXPECT_TRUE(ours_again.str() == plain(1000));
}

}  // namespace
}  // namespace crypto::age
