#include "cli/orders.h"

#include <gtest/gtest.h>

namespace cli {
namespace {

Order approval(const std::string& role, const crypto::Id& agency) {
  const auto identity = crypto::Identity::generate();
  const auto signing = crypto::SigningKey::derive(identity);
  crypto::AccessKeyRecord record{crypto::Id::make(1),  agency, role, identity.recipient(),
                                 signing.verify_key(), {},     {}};
  crypto::Statement statement = crypto::to_statement(record);
  statement.sign(record.key, signing);
  return {"approve", crypto::Id::make(2), {}, statement.encode(), ""};
}

TEST(Approval, IsOfThoseWhoStandOutsideOfAgencies) {
  for (const char* role : {"ADMIN", "AUDITOR"}) {
    const auto wanted = approval(role, {}).registration();
    ASSERT_TRUE(wanted) << role;
    EXPECT_EQ(wanted->person.role, role);
  }
}

TEST(Approval, IsNotSignedForAKeyOfAnAgencyWhateverTheServiceSays) {
  EXPECT_FALSE(approval("KUSTODIAN", crypto::Id::make(3)).registration());
}

}  // namespace
}  // namespace cli
