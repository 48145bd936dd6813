// What can go wrong in crypto. A code carries no text, so that an error can't carry a secret.
#pragma once

#include <tl/expected.hpp>

namespace crypto {

enum class Errc {
  malformed,             // the bytes are not of the format; nothing of them was used
  unsupported,           // a later version, or a recipient type unknown here
  no_matching_identity,  // well-formed, but none of the identities given opens it
  wrong_binding,         // opens, but is sealed as another object than the one asked for
  tampered,              // authentication failed: changed, cut short or extended
  excessive_work,        // an scrypt work factor above what is accepted
  untrusted,             // a signature is missing, or not of the key that must have signed
  out_of_range,          // a position behind the end, an index not in the tree
  read_failed,           // the stream handed in failed
  write_failed,          // the stream handed out failed
};

template <typename T>
using Result = tl::expected<T, Errc>;

}  // namespace crypto
