// The atc program as a function.
#pragma once

#include <ostream>
#include <span>
#include <string>

namespace poacl::atc {

// `words` are the arguments after the program's name. Prints as documented (spec: atc section 2)
// and returns the exit status: 0, or 255 for every failure.
int run_atc(std::span<const std::string> words, std::ostream& out, std::ostream& err);

}  // namespace poacl::atc
