// The pages of an LMDB file as bytes, for edits that no engine would make.
// REQUIRES: no engine writes to the file.
#pragma once

#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <span>
#include <stdexcept>
#include <vector>

#include "crypto/bytes.h"

namespace support {

class LmdbFile {
 public:
  static constexpr std::size_t kPage = 4096;
  enum Kind : std::uint16_t { branch = 1, leaf = 2, first_of_run = 4, meta = 8 };

  explicit LmdbFile(std::filesystem::path path) : path_(std::move(path)) {
    std::ifstream in(path_, std::ios::binary);
    bytes_.assign(std::istreambuf_iterator<char>(in), {});
  }
  void store() const {
    std::ofstream out(path_, std::ios::binary | std::ios::trunc);
    out.write(reinterpret_cast<const char*>(bytes_.data()),
              static_cast<std::streamsize>(bytes_.size()));
    if (!out.flush()) throw std::runtime_error("the file cannot be written");
  }

  // Writes one byte of the file as it is here, but for the bits of `mask`.
  void store_byte(std::size_t at, std::uint8_t mask) const {
    std::fstream out(path_, std::ios::binary | std::ios::in | std::ios::out);
    out.seekp(static_cast<std::streamoff>(at));
    out.put(static_cast<char>(bytes_[at] ^ mask));
    if (!out.flush()) throw std::runtime_error("the file cannot be written");
  }

  crypto::Bytes& bytes() { return bytes_; }
  std::size_t pages() const { return bytes_.size() / kPage; }
  std::span<std::uint8_t> page(std::uint64_t n) {
    return std::span(bytes_).subspan(n * kPage, kPage);
  }

  template <typename Number>
  Number get(std::uint64_t page, std::size_t at) const {
    Number number{};
    std::memcpy(&number, bytes_.data() + page * kPage + at, sizeof(number));
    return number;
  }
  template <typename Number>
  void set(std::uint64_t page, std::size_t at, Number number) {
    std::memcpy(bytes_.data() + page * kPage + at, &number, sizeof(number));
  }

  // Of the meta page that counts.
  std::uint64_t newest() const {
    return get<std::uint64_t>(0, 144) < get<std::uint64_t>(1, 144) ? 1 : 0;
  }
  std::uint64_t last_page() const { return get<std::uint64_t>(newest(), 136); }
  std::uint64_t free_root() const { return get<std::uint64_t>(newest(), 40 + 40); }
  std::uint64_t rows_root() const { return get<std::uint64_t>(newest(), 88 + 40); }
  std::uint16_t kind(std::uint64_t page) const { return get<std::uint16_t>(page, 10); }

  std::size_t nodes(std::uint64_t page) const {
    return (get<std::uint16_t>(page, 12) - std::size_t{16}) / 2;
  }
  std::size_t node(std::uint64_t page, std::size_t i) const {
    return get<std::uint16_t>(page, 16 + 2 * i);
  }
  std::size_t node_size(std::uint64_t page, std::size_t i) const {
    const std::size_t at = node(page, i);
    std::size_t size = std::size_t{8} + get<std::uint16_t>(page, at + 6);
    if (kind(page) == leaf)
      size += (get<std::uint16_t>(page, at + 4) & 1U) != 0 ? 8 : get<std::uint32_t>(page, at);
    return (size + 1) & ~std::size_t{1};
  }
  std::uint64_t child(std::uint64_t page, std::size_t i) const {
    return get<std::uint32_t>(page, node(page, i));
  }
  crypto::Bytes node_bytes(std::uint64_t page, std::size_t i) const {
    const auto* from = bytes_.data() + page * kPage + node(page, i);
    return {from, from + node_size(page, i)};
  }
  // Puts these nodes on the page as the engine would.
  void repack(std::uint64_t page, const std::vector<crypto::Bytes>& nodes) {
    std::size_t upper = kPage;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      upper -= nodes[i].size();
      std::memcpy(bytes_.data() + page * kPage + upper, nodes[i].data(), nodes[i].size());
      set(page, 16 + 2 * i, static_cast<std::uint16_t>(upper));
    }
    set(page, 12, static_cast<std::uint16_t>(16 + 2 * nodes.size()));
    set(page, 14, static_cast<std::uint16_t>(upper));
  }
  // The first page and node of a value that lies in a run.
  struct Place {
    std::uint64_t page;
    std::size_t node;
    std::uint64_t run;
  };
  Place large_value() const {
    for (std::size_t i = 0; i < nodes(rows_root()); ++i) {
      const std::uint64_t page = kind(rows_root()) == branch ? child(rows_root(), i) : rows_root();
      for (std::size_t n = 0; n < nodes(page); ++n) {
        const std::size_t at = node(page, n);
        if ((get<std::uint16_t>(page, at + 4) & 1U) != 0)
          return {page, n, get<std::uint64_t>(page, at + 8 + get<std::uint16_t>(page, at + 6))};
      }
    }
    throw std::runtime_error("no large value");
  }

 private:
  std::filesystem::path path_;
  crypto::Bytes bytes_;
};

}  // namespace support
