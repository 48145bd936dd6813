// Case codes that people speak: PREFIX-XXXX-XXXC, seven random characters and a check character.
//
// The alphabet leaves out what is misheard or misread (I, L, O, U); reading takes lower case, and O
// for 0, I and L for 1. The check character finds any one wrong character and any two swapped
// neighbours.
#pragma once

#include <string>
#include <string_view>

#include "vault/error.h"

namespace vault {

std::string make_case_code(std::string_view prefix);
// The canonical form of what a person typed. Errors: invalid (form or check character).
Result<std::string> parse_case_code(std::string_view typed);
// A vault's prefix: two to five upper-case letters.
bool is_case_prefix(std::string_view prefix);

}  // namespace vault
