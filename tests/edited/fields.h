// Where the fields of a stored row are, so that each can be damaged by itself.
#pragma once

#include <string>
#include <vector>

#include "crypto/bytes.h"

namespace edited {

struct Field {
  std::string name;  // "3", "0 head", "1.2": as it stands in the array; of a text, its part
  std::size_t offset = 0;
  std::size_t size = 0;
};

// Of a CBOR array: the head of each item, and what follows it. Texts are divided at commas and line
// ends, so that each field of a statement or a line is one of its own.
std::vector<Field> fields_of_record(crypto::ByteView value);
// Of a row of `meta` under this key, whatever its kind.
std::vector<Field> fields_of_row(crypto::ByteView key, crypto::ByteView value);

// One bit of one byte.
struct Flip {
  std::string name;
  std::size_t at = 0;
  std::uint8_t mask = 1;
};
// First (in a head: its type), middle and last byte of each field.
std::vector<Flip> flips_in(const std::vector<Field>& fields);

}  // namespace edited
