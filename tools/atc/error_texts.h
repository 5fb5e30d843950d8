// What each E-code means to the user: the usual cause and the way out. Sentences with the numbers
// of the case stand where the numbers are known.
#pragma once

#include <string_view>

namespace poacl::atc {

struct ErrorText {
  std::string_view code;
  std::string_view cause;
  std::string_view solution;
};

// Null for a code that is not in the table.
const ErrorText* find_error_text(std::string_view code);

}  // namespace poacl::atc
