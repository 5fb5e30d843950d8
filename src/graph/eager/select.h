// The run functions of select_eager_ops(); see EagerOp.
#pragma once

#include <span>
#include <vector>

#include "graph/eager_op.h"

namespace poacl {

Status run_non_zero(const Node& node, std::span<const Tensor* const> inputs,
                    std::vector<Tensor>* outputs, EagerContext& context);
Status run_unique(const Node& node, std::span<const Tensor* const> inputs,
                  std::vector<Tensor>* outputs, EagerContext& context);
Status run_non_max_suppression(const Node& node, std::span<const Tensor* const> inputs,
                               std::vector<Tensor>* outputs, EagerContext& context);

}  // namespace poacl
