// Every kind of record: bytes that decode are the ones that its encoding gives.
#include "vault/records.h"

#include "fuzz/target.h"
#include "vault/change_record.h"

namespace {

template <typename Record>
void must_have_one_form(crypto::ByteView bytes) {
  const auto record = vault::decode<Record>(bytes);
  if (!record) return;
  fuzz::must(std::ranges::equal(vault::encode(*record), bytes), "a record has one form");
  fuzz::must(!vault::decode<Record>(bytes.first(bytes.size() - 1)), "none is cut short");
}

// The items of a part, set side by side, are the part.
void must_be_its_items(crypto::ByteView part) {
  crypto::Bytes items(part.begin(), part.begin() + (part.empty() ? 0 : 1));
  const auto decoded = vault::decode_change_part(
      part, [&](const vault::ChangeItem& item) { crypto::append(items, item.encoded); });
  if (decoded) fuzz::must(std::ranges::equal(items, part), "a part is its items");
}

constexpr void (*kKinds[])(crypto::ByteView) = {
    must_have_one_form<vault::StatementRecord>,
    must_have_one_form<vault::WrappedRecord>,
    must_have_one_form<vault::CaseRecord>,
    must_have_one_form<vault::MemberRecord>,
    must_have_one_form<vault::ShareCaseRecord>,
    must_have_one_form<vault::OrderCaseRecord>,
    must_have_one_form<vault::RotationCaseRecord>,
    must_have_one_form<vault::DocumentRecord>,
    must_have_one_form<vault::VersionRecord>,
    must_have_one_form<vault::HeaderRecord>,
    must_be_its_items,
};

}  // namespace

void fuzz::run(crypto::ByteView input) {
  Steering steering(input);
  kKinds[steering.byte() % std::size(kKinds)](steering.rest());
}
