// The eager operators, one table per family file in eager/.
#pragma once

#include <span>

#include "graph/eager_op.h"

namespace poacl {

// Declare a table here and name it in eager_op.cc.
std::span<const EagerOp> control_flow_eager_ops();  // If, Loop, Scan
std::span<const EagerOp> select_eager_ops();        // NonZero, Unique..., NonMaxSuppressionV7

}  // namespace poacl
