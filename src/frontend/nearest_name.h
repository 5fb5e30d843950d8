// "Did you mean ...?"
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace poacl {

// The candidate with the fewest edits (insert, delete, change, swap of neighbours; case does not
// count), unless even that differs in more than a third of its characters. Of equal ones that of
// the nearer length, then the first.
std::optional<std::string> nearest_name(std::string_view wanted,
                                        std::span<const std::string> candidates);

}  // namespace poacl
