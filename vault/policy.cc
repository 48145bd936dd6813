#include "vault/policy.h"

#include <algorithm>
#include <array>

#include "vault/policy_data.h"

namespace vault {
namespace {

// The roles whose work this release carries; the others come with the features they need.
constexpr std::array<std::string_view, 6> kServed = {"ADMIN",   "AUDITOR",    "KUSTODIAN",
                                                     "MANAJER", "PENDAMPING", "PENERIMA"};
constexpr std::array<std::string_view, 14> kFlags = {
    "KDRT",   "SEKOLAH",       "ASRAMA",      "KERJA",         "PUBLIK",
    "DARING", "PELAKU_APARAT", "PELAKU_WALI", "PELAKU_ANAK",   "DISABILITAS",
    "WNA",    "LUAR_NEGERI",   "LPSK",        "ANCAMAN_TINGGI"};

// Splits at `separator` outside parentheses.
std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  std::size_t begin = 0;
  int depth = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i == text.size() || (text[i] == separator && depth == 0)) {
      parts.push_back(text.substr(begin, i - begin));
      begin = i + 1;
    } else if (text[i] == '(') {
      ++depth;
    } else if (text[i] == ')') {
      --depth;
    }
  }
  return parts;
}

std::vector<PolicyRow> parse_table(std::string_view csv) {
  std::vector<PolicyRow> rows;
  std::vector<std::string_view> names;
  for (std::string_view line : split(csv, '\n')) {
    if (line.empty()) continue;
    const auto cells = split(line, ';');
    if (names.empty()) {
      names = cells;
      continue;
    }
    PolicyRow& row = rows.emplace_back();
    for (std::size_t i = 0; i < std::min(names.size(), cells.size()); ++i) {
      row.emplace(names[i], cells[i]);
    }
  }
  return rows;
}

std::string_view cell(const PolicyRow& row, std::string_view column) {
  const auto at = row.find(column);
  return at == row.end() ? std::string_view{} : std::string_view(at->second);
}

const PolicyRow* find(const std::map<std::string, PolicyRow, std::less<>>& table,
                      std::string_view code) {
  const auto at = table.find(code);
  return at == table.end() ? nullptr : &at->second;
}

std::map<std::string, PolicyRow, std::less<>> keyed(std::string_view csv) {
  std::map<std::string, PolicyRow, std::less<>> table;
  for (PolicyRow& row : parse_table(csv)) {
    std::string code(cell(row, "code"));
    table.emplace(std::move(code), std::move(row));
  }
  return table;
}

}  // namespace

Policy::Policy()
    : roles_(keyed(policy_data::kRoles)),
      doctypes_(keyed(policy_data::kDoctypes)),
      categories_(keyed(policy_data::kCategories)),
      agencies_(keyed(policy_data::kAgencies)),
      routes_(parse_table(policy_data::kRoutes)) {}

const Policy& Policy::standard() {
  static const Policy policy;
  return policy;
}

bool Policy::serves_role(std::string_view role) const {
  return std::find(kServed.begin(), kServed.end(), role) != kServed.end() && roles_.contains(role);
}

std::string_view Policy::scope(std::string_view role, std::string_view column) const {
  const PolicyRow* row = find(roles_, role);
  if (row == nullptr) return {};
  const std::string_view value = cell(*row, column);
  return value.substr(0, value.find_first_of("<("));
}

bool Policy::grants_one(std::string_view role, std::string_view alternative) const {
  const auto open = alternative.find('(');
  const std::string_view value = scope(role, alternative.substr(0, open));
  if (open != std::string_view::npos) {
    const auto choice = alternative.substr(open + 1, alternative.size() - open - 2);
    const auto values = split(choice, '|');
    return std::find(values.begin(), values.end(), value) != values.end();
  }
  constexpr std::array<std::string_view, 5> kNothing = {"", "no", "none", "aggregates",
                                                        "own_receipt"};
  return std::find(kNothing.begin(), kNothing.end(), value) == kNothing.end();
}

bool Policy::grants(std::string_view role, std::string_view right) const {
  if (right == "*" || right == "-") return true;
  const auto alternatives = split(right, '|');
  return std::any_of(alternatives.begin(), alternatives.end(),
                     [&](std::string_view one) { return grants_one(role, one); });
}

bool Policy::may_open_class(std::string_view role, std::string_view classification) const {
  const PolicyRow* row = find(roles_, role);
  const auto rank = class_rank(classification);
  if (row == nullptr || !rank || !grants_one(role, "read_content")) return false;
  const std::string_view value = cell(*row, "read_content");
  const auto at = value.find("<=");
  if (at == std::string_view::npos) return false;
  const auto ceiling = class_rank(value.substr(at + 2, 2));
  return ceiling && *rank <= *ceiling;
}

const PolicyRow* Policy::doctype(std::string_view code) const { return find(doctypes_, code); }
const PolicyRow* Policy::category(std::string_view code) const { return find(categories_, code); }
const PolicyRow* Policy::agency(std::string_view code) const { return find(agencies_, code); }

std::optional<int> Policy::class_rank(std::string_view classification) {
  if (classification.size() != 2 || classification[0] != 'K') return std::nullopt;
  if (classification[1] < '0' || classification[1] > '4') return std::nullopt;
  return classification[1] - '0';
}

bool Policy::is_flag(std::string_view code) {
  return std::find(kFlags.begin(), kFlags.end(), code) != kFlags.end();
}

const std::string* Policy::right_of(std::string_view method, std::string_view route) const {
  for (const PolicyRow& row : routes_) {
    if (cell(row, "method") == method && cell(row, "route") == route) return &row.at("right");
  }
  return nullptr;
}

}  // namespace vault
