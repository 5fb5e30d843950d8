// The operator tables, one per family file in ops/.
#pragma once

#include <span>

#include "graph/op_def.h"

namespace poacl {

std::span<const OpDef> conv_ops();
std::span<const OpDef> matmul_ops();
std::span<const OpDef> pool_ops();
std::span<const OpDef> norm_ops();
std::span<const OpDef> unary_ops();
std::span<const OpDef> binary_ops();
std::span<const OpDef> reduce_ops();
std::span<const OpDef> view_ops();
std::span<const OpDef> join_ops();
std::span<const OpDef> index_ops();
std::span<const OpDef> make_ops();

}  // namespace poacl
