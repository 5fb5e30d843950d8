// Options that have no effect on a CPU but can be wrong in ways that a list of values does not say.
#pragma once

#include "atc/options.h"
#include "base/status.h"

namespace poacl::atc {

// --raw_ge_options must name a file (E13001) of JSON with an object "compile options" (E10032), and
// --optypelist_for_implmode needs --op_select_implmode (E10001).
Status check_accepted_options(const CommandLine& line);

}  // namespace poacl::atc
