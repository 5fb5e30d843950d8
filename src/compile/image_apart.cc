#include "compile/image_apart.h"

#include <algorithm>
#include <cstring>
#include <set>
#include <string_view>

#include "compile/rewrite.h"

namespace poacl {
namespace {

const std::set<std::string_view>& elementwise() {
  static const std::set<std::string_view> types = {
      "Relu",      "Relu6", "LeakyRelu",   "Sigmoid",    "Tanh",     "HardSigmoid",
      "HardSwish", "Swish", "Elu",         "Selu",       "Softplus", "Softsign",
      "Gelu",      "Erf",   "Exp",         "Log",        "Sqrt",     "Abs",
      "Neg",       "Floor", "Ceil",        "Cast",       "Identity", "Rsqrt",
      "Add",       "Sub",   "Mul",         "RealDiv",    "Maximum",  "Minimum",
      "PRelu",     "Pow",   "ClipByValue", "Reciprocal", "GeluV2",   "QuantAdd",
  };
  return types;
}

const std::set<std::string_view>& spatial() {
  static const std::set<std::string_view> types = {
      "Conv2D",
      "MaxPoolV3",
      "AvgPoolV2",
      "GlobalAveragePool",
      "Aipp",
      "BatchNorm",
      "LRN",
      "GroupNorm",
      "InstanceNorm",
      "QuantConv2D",
      "QuantBatchMatmul",
      "QuantGlobalAveragePool",
  };
  return types;
}

// A constant that is the same block `batch` times over, one for each image.
bool repeats_image(const Graph& graph, ValueId id, int64_t batch) {
  const auto& constant = graph.value(id).constant;
  if (!constant || constant->dims.empty() || constant->dims[0] != batch) return false;
  const size_t bytes = constant->buffer.size() / static_cast<size_t>(batch);
  const std::byte* data = constant->buffer.data();
  for (int64_t i = 1; i < batch; ++i) {
    if (std::memcmp(data, data + static_cast<size_t>(i) * bytes, bytes) != 0) return false;
  }
  return true;
}

class Separator {
 public:
  Separator(const Graph& graph, int64_t batch) : graph_(graph), batch_(batch) {}

  bool node_keeps_apart(const Node& node) const {
    if (node.outputs.size() != 1 || node.inputs.empty() || !batched(node.outputs[0])) return false;
    const size_t rank = graph_.value(node.outputs[0]).dims.size();
    if (elementwise().contains(node.type)) {
      return std::all_of(node.inputs.begin(), node.inputs.end(), [&](ValueId id) {
        return id == kNoValue || (batched(id) && graph_.value(id).dims.size() == rank) ||
               same_for_all(id, rank);
      });
    }
    if (node.type == "GatherV2") return gather_keeps_apart(node);
    if (node.type == "ConcatD") {
      return node.attrs.get_int("concat_dim") > 0 &&
             std::all_of(node.inputs.begin(), node.inputs.end(), [&](ValueId id) {
               return id != kNoValue && (batched(id) || repeats_image(graph_, id, batch_));
             });
    }
    if (!batched(node.inputs[0])) return false;
    if (node.type == "BatchMatMulV2" || node.type == "FusedInferAttentionScore") {
      return product_keeps_apart(node);
    }
    if (spatial().contains(node.type)) {
      // Where the residual stands, which is batched like the result.
      const size_t residual = node.type == "Conv2D"        ? 3
                              : node.type == "QuantConv2D" ? 7
                                                           : node.inputs.size();
      return rest_constant(node, 1, residual) &&
             (node.inputs.size() <= residual || batched(node.inputs[residual]));
    }
    if (node.type == "QuantLinear") {
      constexpr size_t kAddend = 8;
      if (graph_.value(node.inputs[0]).dims.size() < 2) return false;
      return rest_constant(node, 1, kAddend) &&
             (node.inputs.size() <= kAddend || node.inputs[kAddend] == kNoValue ||
              same_for_all(node.inputs[kAddend], rank) ||
              (batched(node.inputs[kAddend]) &&
               graph_.value(node.inputs[kAddend]).dims.size() == rank));
    }
    if (node.type == "MatMulV2") {
      return !node.attrs.get_bool("transpose_x1") && rest_constant(node, 1, 3) &&
             (node.inputs.size() < 4 || node.inputs[3] == kNoValue || batched(node.inputs[3]));
    }
    if (node.type == "Quantize" || node.type == "DequantizeLinear") {
      return rest_constant(node, 1, 3) && (element_count(graph_.value(node.inputs[1]).dims) == 1 ||
                                           node.attrs.get_int("axis", 1) > 0);
    }
    if (node.type == "LayerNormV3" || node.type == "RmsNorm") {
      return node.attrs.get_int("begin_norm_axis", -1) > 0 && rest_constant(node, 1, 3);
    }
    if (node.type == "Flatten") return node.attrs.get_int("axis", 1) == 1;
    if (node.type == "Reshape") return rest_constant(node, 1, node.inputs.size());
    if (node.type == "Squeeze") return positive(node, "axis");
    if (node.type == "Unsqueeze") return positive(node, "axes");
    if (node.type == "SoftmaxV2" || node.type == "LogSoftmaxV2") return positive(node, "axes");
    if (node.type == "TransposeD") {
      const auto perm = node.attrs.get_ints("perm");
      return !perm.empty() && perm[0] == 0;
    }
    return false;
  }

  bool batched(ValueId id) const {
    const Value& value = graph_.value(id);
    return !value.is_constant() && !value.dims.empty() && value.dims[0] == batch_;
  }

 private:
  // Rows of a constant table by batched indices, or the same positions of every image.
  bool gather_keeps_apart(const Node& node) const {
    const Value* axis = node.inputs.size() > 2 ? &graph_.value(node.inputs[2]) : nullptr;
    if (axis != nullptr && !axis->is_constant()) return false;
    const auto along =
        axis == nullptr ? std::optional<float>(0.0f) : constant_scalar(&*axis->constant);
    if (!along) return false;
    const Value& table = graph_.value(node.inputs[0]);
    if (table.is_constant()) return *along == 0.0f && batched(node.inputs[1]);
    return batched(node.inputs[0]) && *along > 0.0f && graph_.value(node.inputs[1]).is_constant();
  }

  // Every operand is batched in the first dimension of all, or the same for all images.
  bool product_keeps_apart(const Node& node) const {
    const size_t rank = graph_.value(node.outputs[0]).dims.size();
    if (rank < 3 || graph_.value(node.inputs[0]).dims.size() != rank) return false;
    for (size_t i = 1; i < node.inputs.size(); ++i) {
      const ValueId id = node.inputs[i];
      if (id == kNoValue || same_for_all(id, rank)) continue;
      if (!batched(id) || graph_.value(id).dims.size() != rank) return false;
    }
    return true;
  }

  // A constant that broadcasts over the batch.
  bool same_for_all(ValueId id, size_t rank) const {
    const Value& value = graph_.value(id);
    return value.is_constant() && (value.dims.size() < rank || value.dims[0] == 1);
  }
  bool rest_constant(const Node& node, size_t begin, size_t end) const {
    for (size_t i = begin; i < std::min(end, node.inputs.size()); ++i) {
      if (node.inputs[i] != kNoValue && !graph_.value(node.inputs[i]).is_constant()) return false;
    }
    return true;
  }
  static bool positive(const Node& node, std::string_view attr) {
    const auto axes = node.attrs.get_ints(attr);
    return !axes.empty() && std::all_of(axes.begin(), axes.end(), [](int64_t a) { return a > 0; });
  }

  const Graph& graph_;
  const int64_t batch_;
};

}  // namespace

bool keeps_images_apart(const Graph& graph, const Node& node, int64_t batch) {
  return Separator(graph, batch).node_keeps_apart(node);
}

}  // namespace poacl
