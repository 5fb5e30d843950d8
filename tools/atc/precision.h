// --precision_mode and its companions: what may be computed in bfloat16 (spec: atc section 3.4).
#pragma once

#include <string>

#include "atc/options.h"
#include "base/status.h"
#include "compile/set_precision.h"

namespace poacl::atc {

// Checks --precision_mode(_v2), --op_precision_mode and --modify_mixlist, and reads what they say.
// The mixed modes (allow_mix_precision*, mixed_float16, mixed_bfloat16) let operators multiply in
// bfloat16; all others compute in float32, which is never less exact than what they ask for.
// Operators in the black list of --modify_mixlist or marked high_precision in --op_precision_mode
// stay float32.
Result<PrecisionRules> precision_rules(const CommandLine& line);

// Adds the operators that the file of --keep_dtype names: a node or "OpType::Type" on each line.
// E10410 when it cannot be read.
Status read_keep_dtype(const CommandLine& line, PrecisionRules* rules);

// One paragraph for the user: how many operators may compute in bfloat16, which of the others
// stayed float32 and why. Ends in a line break.
std::string precision_text(const PrecisionReport& report);

}  // namespace poacl::atc
