// The policy's tables (ops/policy/): roles, classes, types of document, categories, agencies,
// routes.
//
// Built into the program from the CSV files, so that a process has exactly the policy of its
// release. Immutable after the first use; thread-safe. It answers questions of "may this be
// offered, asked for or refused"; whether a key opens a thing is the key graph's matter.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vault {

// One row of a table, by column name.
using PolicyRow = std::map<std::string, std::string, std::less<>>;

class Policy {
 public:
  static const Policy& standard();

  // The roles that this release serves; others of roles.csv are known but refused at enrolment.
  bool serves_role(std::string_view role) const;
  // Whether the role has the right: `*` (any session), `-` (nobody needs one), or alternatives
  // `column` or `column(value|value)` of roles.csv joined by `|`. A column grants when its value's
  // scope is none of `no`, `none`, `aggregates`, `own_receipt`.
  bool grants(std::string_view role, std::string_view right) const;
  // The scope in a role's column: `assigned` of `assigned<=K3`. Empty for an unknown role.
  std::string_view scope(std::string_view role, std::string_view column) const;

  // Whether the role may open content of this class (the `<=K3` of read_content).
  bool may_open_class(std::string_view role, std::string_view classification) const;

  const PolicyRow* doctype(std::string_view code) const;
  const PolicyRow* category(std::string_view code) const;
  const PolicyRow* agency(std::string_view code) const;
  // 0 for K0 to 4 for K4; none for another text.
  static std::optional<int> class_rank(std::string_view classification);
  static bool is_flag(std::string_view code);

  // The right that a route needs (ops/policy/routes.csv); `route` as in the table, with {names}.
  const std::string* right_of(std::string_view method, std::string_view route) const;
  const std::vector<PolicyRow>& routes() const { return routes_; }

 private:
  Policy();
  using Table = std::map<std::string, PolicyRow, std::less<>>;
  bool grants_one(std::string_view role, std::string_view alternative) const;
  Table roles_, doctypes_, categories_, agencies_;
  std::vector<PolicyRow> routes_;
};

}  // namespace vault
