// Reads the vectors under tests/vectors.
#pragma once

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

#include "crypto/bytes.h"
#include "crypto/encoding.h"

namespace crypto {

// The bytes of tests/vectors/NAME. Throws when it is not there.
inline std::string read_vector(const std::string& name) {
  std::ifstream file(std::string(SEGEL_VECTORS) + '/' + name, std::ios::binary);
  if (!file) throw std::runtime_error("no vector " + name);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

inline nlohmann::json read_json_vector(const std::string& name) {
  return nlohmann::json::parse(read_vector(name));
}

// The groups of tests/vectors/wycheproof/NAME_test.json.
inline nlohmann::json wycheproof(const std::string& name) {
  return read_json_vector("wycheproof/" + name + "_test.json").at("testGroups");
}

inline Bytes hex(const nlohmann::json& text) { return from_hex(text.get<std::string>()).value(); }

template <std::size_t N>
Block<N> block(ByteView bytes) {
  if (bytes.size() != N) throw std::length_error("block");
  Block<N> out;
  std::copy(bytes.begin(), bytes.end(), out.begin());
  return out;
}

}  // namespace crypto
