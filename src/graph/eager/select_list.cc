#include "graph/eager/select.h"
#include "graph/eager_registry.h"

namespace poacl {

std::span<const EagerOp> select_eager_ops() {
  static constexpr EagerOp kOps[] = {
      {"NonZero", run_non_zero},
      {"UniqueWithCountsAndSorting", run_unique},
      {"NonMaxSuppressionV7", run_non_max_suppression},
  };
  return kOps;
}

}  // namespace poacl
