#include "faults/power_loss/disk.h"

#include <algorithm>
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace power_loss {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kSector = 512;

// Calls `visit(first, last)` with the byte range of each sector that the write touches.
template <typename Visit>
void each_sector(std::uint64_t offset, std::uint64_t size, const Visit& visit) {
  for (std::uint64_t at = offset; at < offset + size;) {
    const std::uint64_t end = std::min(offset + size, (at / kSector + 1) * kSector);
    visit(at, end);
    at = end;
  }
}

// Puts bytes [from, to) of the file, out of a write that has them.
void put(std::string& file, std::uint64_t offset, const std::string& bytes, std::uint64_t from,
         std::uint64_t to) {
  if (file.size() < to) file.resize(to, '\0');
  std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(from - offset), to - from,
              file.begin() + static_cast<std::ptrdiff_t>(from));
}

bool is_lock(const fs::path& path) { return path.filename() == "lock.mdb"; }

// What becomes of the writes of one file when the power fails.
enum class Fate { kept, dropped, torn };

std::vector<Fate> fates(std::size_t count, Random& random) {
  // Each extreme by itself as well: nothing got there, all but one did, everything is torn.
  const auto way = random() % 5;
  std::vector<Fate> fates(count, way == 0 ? Fate::dropped : way == 1 ? Fate::torn : Fate::kept);
  if (count > 0 && way == 2) fates[random() % count] = Fate::dropped;
  if (count > 0 && way == 3) fates[random() % count] = Fate::torn;
  if (way == 4) {
    for (Fate& fate : fates) fate = static_cast<Fate>(random() % 3);
  }
  return fates;
}

std::string read_whole(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

std::vector<Event> read_trace(const fs::path& file) {
  const std::string text = read_whole(file);
  std::vector<Event> events;
  for (std::size_t at = 0; at < text.size();) {
    TraceHead head;
    if (text.size() - at < sizeof head) throw std::runtime_error("the trace is cut");
    std::memcpy(&head, text.data() + at, sizeof head);
    at += sizeof head;
    if (text.size() - at < head.path_size + head.size) throw std::runtime_error("the trace is cut");
    events.push_back({head.call, text.substr(at, head.path_size), head.offset,
                      text.substr(at + head.path_size, head.size)});
    at += head.path_size + head.size;
  }
  return events;
}

void Disk::apply(const Event& event) {
  if (event.call == Call::mark || is_lock(event.path)) return;
  switch (event.call) {
    case Call::write:
    case Call::write_synced:
      files_[event.path].pending.push_back({event.offset, event.bytes});
      if (event.call == Call::write_synced) files_[event.path].flush_sectors_of_last();
      return;
    case Call::create:
      names_[event.path] = false;
      return;
    case Call::flush:
      if (const auto file = files_.find(event.path); file != files_.end()) file->second.flush();
      // A folder: the names in it.
      for (auto& [name, durable] : names_) {
        if (fs::path(name).parent_path() == event.path) durable = true;
      }
      return;
    case Call::cut:
    case Call::other:
    case Call::mark:
      break;
  }
  throw std::runtime_error("no rule for " + event.bytes + " of " + event.path);
}

void Disk::File::flush() {
  for (std::size_t i = 0; i < pending.size(); ++i) {
    const Write& write = pending[i];
    each_sector(write.offset, write.bytes.size(), [&](std::uint64_t from, std::uint64_t to) {
      const auto done = flushed.find(from / kSector);
      if (done != flushed.end() && i < done->second) return;
      put(durable, write.offset, write.bytes, from, to);
    });
  }
  pending.clear();
  flushed.clear();
}

void Disk::File::flush_sectors_of_last() {
  const Write last = pending.back();
  each_sector(last.offset, last.bytes.size(), [&](std::uint64_t first, std::uint64_t) {
    const std::uint64_t sector = first / kSector;
    std::size_t& done = flushed[sector];
    for (std::size_t i = done; i < pending.size(); ++i) {
      const Write& write = pending[i];
      const std::uint64_t from = std::max(write.offset, sector * kSector);
      const std::uint64_t to =
          std::min<std::uint64_t>(write.offset + write.bytes.size(), (sector + 1) * kSector);
      if (from < to) put(durable, write.offset, write.bytes, from, to);
    }
    done = pending.size();
  });
}

std::string Disk::File::after_power_loss(Random& random) const {
  // The last write that got there, for each sector (rule 3): number of the write and one.
  std::map<std::uint64_t, std::size_t> last = flushed;
  const auto fate = fates(pending.size(), random);
  for (std::size_t i = 0; i < pending.size(); ++i) {
    if (fate[i] == Fate::dropped) continue;
    each_sector(pending[i].offset, pending[i].bytes.size(), [&](std::uint64_t from, std::uint64_t) {
      if (fate[i] == Fate::torn && random() % 2 == 0) return;
      std::size_t& sector = last[from / kSector];
      sector = std::max(sector, i + 1);
    });
  }
  std::string file = durable;
  for (std::size_t i = 0; i < pending.size(); ++i) {
    const Write& write = pending[i];
    each_sector(write.offset, write.bytes.size(), [&](std::uint64_t from, std::uint64_t to) {
      const std::uint64_t sector = from / kSector;
      const auto done = flushed.find(sector);
      if (done != flushed.end() && i < done->second) return;
      const auto there = last.find(sector);
      if (there != last.end() && i < there->second) put(file, write.offset, write.bytes, from, to);
    });
  }
  return file;
}

void Disk::lose_power(const fs::path& from, const fs::path& to, Random& random) const {
  std::map<std::string, bool> there;
  for (const auto& [name, durable] : names_) there[name] = durable || random() % 2 == 0;
  // Names in order: a folder stands before what is in it.
  const auto reachable = [&](const fs::path& path) {
    for (fs::path at = path; at != at.root_path(); at = at.parent_path()) {
      const auto named = there.find(at.string());
      if (named != there.end() && !named->second) return false;
    }
    return true;
  };
  for (const auto& [name, durable] : names_) {
    const fs::path at = to / fs::path(name).lexically_relative(from);
    // A folder, since files come with their content below, and an empty file does no harm here.
    if (!files_.contains(name) && reachable(name) && fs::is_directory(name)) {
      fs::create_directories(at);
    }
  }
  for (const auto& [name, file] : files_) {
    if (!reachable(name)) continue;
    const fs::path at = to / fs::path(name).lexically_relative(from);
    fs::create_directories(at.parent_path());
    const std::string content = file.after_power_loss(random);
    std::ofstream out(at, std::ios::binary);
    out.write(content.data(), static_cast<std::streamsize>(content.size()));
    if (!out.flush()) throw std::runtime_error("no room for a crash state");
    fs::permissions(at, fs::perms::owner_read | fs::perms::owner_write);
    if (name.ends_with("data.mdb") && random() % 2 == 0) {
      std::ofstream(at.parent_path() / "lock.mdb") << std::string(random() % 9000, '\xff');
    }
  }
}

std::map<std::string, std::string> Disk::contents() const {
  std::map<std::string, std::string> contents;
  for (const auto& [name, file] : files_) {
    File whole = file;
    whole.flush();
    contents[name] = std::move(whole.durable);
  }
  return contents;
}

std::size_t Disk::pending() const {
  std::size_t count = 0;
  for (const auto& [name, file] : files_) count += file.pending.size();
  return count;
}

}  // namespace power_loss
