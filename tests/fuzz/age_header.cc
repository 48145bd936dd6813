// The age header: what is taken is what its stanzas and MAC spell, wherever it is cut off it is not
// whole, and no header opens that was not sealed for the key.
#include <algorithm>

#include "crypto/age.h"
#include "crypto/encoding.h"
#include "fuzz/target.h"

namespace {

using namespace crypto;
using fuzz::must;

// As the specification has it, written here a second time.
std::string spelled(const age::Header& header) {
  std::string text = "age-encryption.org/v1\n";
  for (const age::Stanza& stanza : header.stanzas) {
    text += "-> " + stanza.type;
    for (const std::string& argument : stanza.args) text += ' ' + argument;
    text += '\n';
    std::string body = base64_raw(stanza.body);
    for (; body.size() >= 64; body.erase(0, 64)) text += body.substr(0, 64) + '\n';
    text += body + '\n';
  }
  return text + "--- " + base64_raw(header.mac) + '\n';
}

void must_not_be_whole(ByteView begin) {
  must(!age::parse_header(begin), "a header that is cut off does not parse");
  const auto complete = age::header_complete(begin);
  must(!complete || !*complete, "and is not complete");
}

const Identity& somebody() {
  static const Identity identity = [] {
    Block<32> scalar{0x2a};
    return Identity::take(scalar);
  }();
  return identity;
}

}  // namespace

void fuzz::run(ByteView input) {
  const auto complete = age::header_complete(input);
  const auto header = age::parse_header(input);
  if (!header) return;
  must(complete && *complete, "a header that parses is complete");
  must(spelled(*header) == as_text(input.first(header->size)), "a header has one text");
  must(as_text(header->covered) == as_text(input.first(header->covered.size())) &&
           as_text(header->covered).ends_with("\n---"),
       "the MAC covers all up to its mark");
  must(age::parse_header(input.first(header->size)).has_value(), "what follows is not needed");
  for (const std::size_t part : {1U, 2U, 3U, 7U})
    must_not_be_whole(input.first((header->size - 1) / part));

  for (const age::Stanza& stanza : header->stanzas) {
    const auto binding = age::Binding::parse(stanza);
    if (!binding) continue;
    const age::Stanza again = binding->stanza();
    must(again.type == stanza.type && again.args == stanza.args && again.body == stanza.body,
         "a binding has one stanza");
  }
  must(!age::unwrap(*header, std::span(&somebody(), 1)), "no header opens for a key by chance");
}
