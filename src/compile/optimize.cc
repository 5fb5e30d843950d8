#include "compile/compile.h"
#include "compile/passes.h"
#include "graph/shape_inference.h"

namespace poacl {

Status optimize(Graph& graph) {
  constexpr Status (*kPasses[])(Graph&) = {
      widen_half,     remove_identities, fold_scales, recognise_activations,
      fuse_residuals, fuse_activations,
  };
  POACL_RETURN_IF_ERROR(graph.compact());
  for (const auto pass : kPasses) {
    POACL_RETURN_IF_ERROR(pass(graph));
    POACL_RETURN_IF_ERROR(infer_shapes(graph));
    POACL_RETURN_IF_ERROR(graph.compact());
  }
  return {};
}

}  // namespace poacl
