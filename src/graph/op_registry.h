// The operator tables, one per family file in ops/.
#pragma once

#include <span>

#include "graph/op_def.h"

namespace poacl {

std::span<const OpDef> conv_ops();
std::span<const OpDef> matmul_ops();
std::span<const OpDef> pool_ops();
std::span<const OpDef> resize_ops();
std::span<const OpDef> sample_ops();
std::span<const OpDef> block_ops();
std::span<const OpDef> norm_ops();
std::span<const OpDef> row_norm_ops();
std::span<const OpDef> attention_ops();
std::span<const OpDef> recurrent_ops();
std::span<const OpDef> loss_ops();
std::span<const OpDef> einsum_ops();
std::span<const OpDef> quant_ops();
std::span<const OpDef> quant_fused_ops();
std::span<const OpDef> unary_ops();
std::span<const OpDef> binary_ops();
std::span<const OpDef> reduce_ops();
std::span<const OpDef> quantize_ops();
std::span<const OpDef> random_ops();
std::span<const OpDef> generate_ops();
std::span<const OpDef> view_ops();
std::span<const OpDef> join_ops();
std::span<const OpDef> index_ops();
std::span<const OpDef> make_ops();
std::span<const OpDef> scatter_ops();
std::span<const OpDef> sort_ops();
std::span<const OpDef> signal_ops();
std::span<const OpDef> control_ops();
std::span<const OpDef> select_ops();
std::span<const OpDef> aipp_ops();

}  // namespace poacl
