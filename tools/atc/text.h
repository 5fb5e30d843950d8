// Pieces of option values.
#pragma once

#include <algorithm>
#include <string_view>
#include <vector>

namespace poacl::atc {

inline std::string_view trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

// The parts without the blanks around them; empty ones stay, except after a last separator.
inline std::vector<std::string_view> split_list(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find(separator, begin), text.size());
    parts.push_back(trimmed(text.substr(begin, end - begin)));
    begin = end + 1;
  }
  if (parts.back().empty()) parts.pop_back();
  return parts;
}

}  // namespace poacl::atc
