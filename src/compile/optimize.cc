#include "compile/compile.h"
#include "compile/passes.h"
#include "graph/constant_folding.h"
#include "graph/shape_inference.h"

namespace poacl {
namespace {

struct Pass {
  Status (*run)(Graph&);
  // Finds more once more shapes are known, and computes no constants: packed weights that belong
  // to a node stay right.
  bool pays_again = false;
};

constexpr Pass kPasses[] = {
    {widen_half},
    {remove_identities, true},
    {fold_dims},
    {merge_equal, true},
    {split_projections},
    {raise_quantise},
    {recognise_quant_attention},
    {recognise_quantised},
    {fold_quantised},
    {fold_scales},
    {recognise_activations, true},
    {recognise_norms, true},
    {recognise_gelu, true},
    {fuse_quantised},
    {recognise_attention, true},
    {fuse_attention_transposes, true},
    {fuse_linear, true},
    {fuse_residuals, true},
    {fuse_activations, true},
};

Status run_passes(Graph& graph, bool again) {
  POACL_RETURN_IF_ERROR(graph.compact());
  for (const Pass& pass : kPasses) {
    if (again && !pass.pays_again) continue;
    POACL_RETURN_IF_ERROR(pass.run(graph));
    POACL_RETURN_IF_ERROR(infer_shapes(graph));
    POACL_RETURN_IF_ERROR(graph.compact());
  }
  return {};
}

// The sub-graphs of control flow, innermost first. Their inputs and outputs are tensors of the
// graph around them, which is widened too.
Status optimize_bodies(Graph& graph) {
  for (Node& node : graph.nodes()) {
    std::vector<std::pair<std::string, std::shared_ptr<const Graph>>> bodies;
    for (const auto& [name, value] : node.attrs) {
      const auto* body = std::get_if<std::shared_ptr<const Graph>>(&value);
      if (body == nullptr) continue;
      auto copy = std::make_shared<Graph>(**body);
      Status status = optimize_bodies(*copy);
      if (status.ok()) status = widen_half_body(*copy);
      if (status.ok()) status = infer_shapes(*copy);
      if (status.ok()) status = run_passes(*copy, false);
      if (!status.ok()) return status.with_context("node '" + node.name + "', " + name);
      bodies.emplace_back(name, std::move(copy));
    }
    for (auto& [name, body] : bodies) node.attrs.set(name, std::move(body));
  }
  return {};
}

}  // namespace

Status optimize(Graph& graph) {
  POACL_RETURN_IF_ERROR(graph.compact());
  POACL_RETURN_IF_ERROR(optimize_bodies(graph));
  return run_passes(graph, false);
}

Status optimize_planned(Graph& graph) {
  return run_passes(graph, true);
}

}  // namespace poacl
