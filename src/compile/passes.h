// The graph passes of optimize(), in the order they run. Each takes a shape-inferred graph and
// leaves a compact one; new values get their shapes from the caller's next infer_shapes().
#pragma once

#include "base/status.h"
#include "graph/graph.h"

namespace poacl {

// Removes Identity nodes and views that change nothing.
Status remove_identities(Graph& graph);

// Nodes that compute the same from the same become one.
Status merge_equal(Graph& graph);

// Dimensions picked out of a Shape become constants where they are known, whatever the others are.
Status fold_dims(Graph& graph);

// float16 and bfloat16 models compute in float32: constants are widened, Casts stand at the
// model's own inputs and outputs, whose types stay.
Status widen_half(Graph& graph);
// The same for a sub-graph of control flow, whose inputs and outputs become float32 too.
Status widen_half_body(Graph& graph);

// A quantised product whose columns Gathers take apart becomes one product for each part.
Status split_projections(Graph& graph);

// Quantize moves in front of operators that only move elements.
Status raise_quantise(Graph& graph);

// Quantised products with a softmax between them, perhaps scaled and masked, become QuantAttention.
Status recognise_quant_attention(Graph& graph);

// Convolutions, products, sums and pools between dequantised tensors and a quantised result compute
// on the integers; operators that only move elements, too.
Status recognise_quantised(Graph& graph);

// Dequantisation, bias, GELU, sums and Quantize join the quantised product in front of them,
// Quantize the LayerNormV3.
Status fuse_quantised(Graph& graph);

// BatchNorm, and Mul/Add/Sub/RealDiv by per-channel constants, behind Conv2D or MatMulV2 are
// folded into its constants.
Status fold_scales(Graph& graph);

// x * HardSigmoid(x), x * Sigmoid(x) and exporters' spelled-out HardSwish become one operator.
Status recognise_activations(Graph& graph);

// Layer and RMS normalisation, and GELU by erf or tanh, as exporters spell them out.
Status recognise_norms(Graph& graph);
Status recognise_gelu(Graph& graph);

// Products with a softmax between them, perhaps scaled and masked, become attention.
Status recognise_attention(Graph& graph);

// Attention between transpositions of heads and positions reads and writes the tensors around them.
Status fuse_attention_transposes(Graph& graph);

// Add of a MatMulV2's or BatchMatMulV2's result and a constant per column becomes its bias, of
// another value of the same shape its residual.
Status fuse_linear(Graph& graph);

// Add of a Conv2D's result and another value becomes that convolution's residual input, and
// activations join the Conv2D, MatMulV2, BatchMatMulV2 or Add that feeds them.
Status fuse_residuals(Graph& graph);
Status fuse_activations(Graph& graph);

}  // namespace poacl
