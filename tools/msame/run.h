// The work of msame: load, run on files or zeros, write, measure.
#pragma once

#include "options.h"

namespace msame {

// Prints as it goes. Throws Failure.
void run(const Options& options);

}  // namespace msame
