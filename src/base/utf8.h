// Text from strangers for output that must be UTF-8.
#pragma once

#include <string>
#include <string_view>

namespace poacl {

// The text with a question mark for each byte that is not part of a UTF-8 character.
std::string valid_utf8(std::string_view text);

}  // namespace poacl
