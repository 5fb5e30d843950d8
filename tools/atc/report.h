// How a failure is shown: code, sentence, usual cause, way out, and the command that would work.
#pragma once

#include <string>

#include "atc/options.h"
#include "base/status.h"

namespace poacl::atc {

// "E10016: ...\n        Possible Cause: ...\n        Solution: ...\n" and, when the message ends in
// a line "Try: --option=value", that option inside the user's own command.
std::string failure_text(const Status& status, const CommandLine& line);

}  // namespace poacl::atc
