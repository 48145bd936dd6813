// Signed statements: what people and nodes declare under signature (FORMAT.md, "Signed statement").
//
// A statement is a C2SP signed note whose text is two lines: `segel/v1/TYPE`, and one line of
// canonical JSON (keys sorted, no spaces). A signature is named `segel/ACCESS-KEY-ID`. The type
// stands in what is signed, so that no statement can be passed off as one of another kind.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/bytes.h"
#include "crypto/error.h"
#include "crypto/id.h"
#include "crypto/keys.h"
#include "crypto/note.h"

namespace crypto {

inline constexpr std::size_t kMaxStatement = 60 * 1024;  // bytes, signatures included

class Statement {
 public:
  Statement() = default;
  Statement(std::string_view type, const nlohmann::json& body);
  // Grammar only: no signature is checked, and whose they are is the caller's to judge.
  // Errors: malformed (not a note of two lines, JSON not canonical, too long).
  static Result<Statement> parse(std::string_view note);

  const std::string& type() const { return type_; }
  nlohmann::json body() const;
  std::string encode() const { return note_.encode(); }
  // SHA-256 of the text without its signatures: a further signature leaves it as it is.
  Digest digest() const;

  void sign(const Id& key, const SigningKey& signing);
  // Errors: untrusted (no signature of this key, or one that does not verify).
  Result<void> verify(const Id& key, const VerifyKey& verify_key) const;
  // The ids that signature lines name, each once. Unverified.
  std::vector<Id> signers() const;

 private:
  std::string type_;
  Note note_;
};

// The name under which an access key signs.
std::string signer_name(const Id& key);

}  // namespace crypto
