// [B, S, N, D] -> TransposeD -> attention -> TransposeD -> [B, S, N, D], as every exporter writes
// it, is attention on the tensors as they lie.
#include "compile/passes.h"
#include "compile/rewrite.h"

namespace poacl {
namespace {

bool swaps_heads(const Node* node) {
  return node != nullptr && node->type == "TransposeD" &&
         node->attrs.get_ints("perm") == std::vector<int64_t>{0, 2, 1, 3};
}

bool takes_layout(const Node& node) {
  return node.type == "FusedInferAttentionScore" && node.outputs.size() == 1 &&
         node.inputs.size() <= 4 && node.attrs.get_string("input_layout", "BNSD") == "BNSD";
}

}  // namespace

Status fuse_attention_transposes(Graph& graph) {
  Rewriter rewriter(graph);
  for (Node& after : graph.nodes()) {
    if (!swaps_heads(&after) || after.outputs.size() != 1) continue;
    const ValueId value = after.inputs[0];
    Node* attention = rewriter.producer(value);
    if (attention == nullptr || !takes_layout(*attention) || !rewriter.used_once(value)) continue;
    ValueId sources[3];
    bool all = true;
    for (size_t i = 0; i < 3 && all; ++i) {
      const Node* before = rewriter.producer(attention->inputs[i]);
      all = swaps_heads(before);
      if (all) sources[i] = before->inputs[0];
    }
    if (!all) continue;
    for (size_t i = 0; i < 3; ++i) attention->inputs[i] = sources[i];
    attention->attrs.set("input_layout", std::string("BSND"));
    rewriter.absorb(*attention, after);
  }
  return rewriter.finish();
}

}  // namespace poacl
