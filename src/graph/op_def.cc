#include "graph/op_def.h"

#include <algorithm>

#include "graph/op_registry.h"

namespace poacl {
namespace {

const std::vector<const OpDef*>& sorted_ops() {
  static const std::vector<const OpDef*> ops = [] {
    std::vector<const OpDef*> all;
    for (const auto family :
         {conv_ops,    matmul_ops,      pool_ops,      resize_ops,    sample_ops, block_ops,
          norm_ops,    row_norm_ops,    attention_ops, recurrent_ops, loss_ops,   einsum_ops,
          quant_ops,   quant_fused_ops, unary_ops,     binary_ops,    reduce_ops, quantize_ops,
          random_ops,  generate_ops,    view_ops,      join_ops,      index_ops,  make_ops,
          scatter_ops, sort_ops,        signal_ops,    control_ops,   select_ops, aipp_ops}) {
      for (const OpDef& def : family()) all.push_back(&def);
    }
    std::sort(all.begin(), all.end(),
              [](const OpDef* a, const OpDef* b) { return a->type < b->type; });
    return all;
  }();
  return ops;
}

}  // namespace

const OpDef* find_op(std::string_view type) {
  const auto& ops = sorted_ops();
  const auto it = std::lower_bound(
      ops.begin(), ops.end(), type,
      [](const OpDef* def, std::string_view wanted) { return def->type < wanted; });
  return it != ops.end() && (*it)->type == type ? *it : nullptr;
}

std::span<const OpDef* const> all_ops() {
  return sorted_ops();
}

}  // namespace poacl
