#include "graph/eager_op.h"

#include <algorithm>

#include "graph/eager_registry.h"

namespace poacl {
namespace {

const std::vector<EagerOp>& sorted_eager_ops() {
  static const std::vector<EagerOp> ops = [] {
    using Table = std::span<const EagerOp> (*)();
    std::vector<EagerOp> all;
    for (const Table table :
         std::initializer_list<Table>{control_flow_eager_ops, select_eager_ops}) {
      all.insert(all.end(), table().begin(), table().end());
    }
    std::sort(all.begin(), all.end(),
              [](const EagerOp& a, const EagerOp& b) { return a.type < b.type; });
    return all;
  }();
  return ops;
}

}  // namespace

const EagerOp* find_eager_op(std::string_view type) {
  const auto& ops = sorted_eager_ops();
  const auto it =
      std::lower_bound(ops.begin(), ops.end(), type,
                       [](const EagerOp& op, std::string_view wanted) { return op.type < wanted; });
  return it != ops.end() && it->type == type ? &*it : nullptr;
}

}  // namespace poacl
