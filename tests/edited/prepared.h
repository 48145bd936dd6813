// One store with everything in it, made once a program by real calls of real people: a founding,
// two agencies, two cases, documents small and large, a share, a rotation, what still waits.
#pragma once

#include "crypto/checkpoint.h"
#include "edited/cast.h"
#include "edited/image.h"
#include "support/people.h"

namespace edited {

struct Prepared {
  support::FoundedVault founded;  // closed
  crypto::NoteVerifier log;
  Cast cast;
  Image old;    // as it was before the rotation, the second version and what waits
  Image image;  // as it is
  crypto::Checkpoint head;
  crypto::Recipient attacker{};  // the key of one who is in the cast and in no record

  Prepared();
};

const Prepared& prepared();

// A copy of the folder, or what `to` makes of it. On memory where there is some: nothing here is
// about the disk.
class Copy {
 public:
  explicit Copy(const Image& to = prepared().image);
  ~Copy();
  Copy(const Copy&) = delete;
  Copy& operator=(const Copy&) = delete;
  const std::filesystem::path& data() const { return data_; }

 private:
  std::filesystem::path data_;
};

}  // namespace edited
