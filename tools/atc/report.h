// How a failure is shown: code, sentence, usual cause, way out, and the command that would work.
#pragma once

#include <string>
#include <string_view>

#include "atc/options.h"
#include "base/status.h"

namespace poacl::atc {

// Appends the way out of this case, which is then shown instead of the code's general one. Comes
// before a "Try:" line.
std::string with_solution(std::string message, std::string_view solution);

// "E10016: ...\n        Possible Cause: ...\n        Solution: ...\n" and, when the message ends in
// a line "Try: --option=value", that option inside the user's own command.
std::string failure_text(const Status& status, const CommandLine& line);

}  // namespace poacl::atc
