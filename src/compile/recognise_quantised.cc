// Quantise/dequantise models: what lies between DequantizeLinear and Quantize becomes arithmetic on
// the integers.
#include <algorithm>
#include <cmath>
#include <utility>

#include "compile/passes.h"
#include "compile/quantised_values.h"

namespace poacl {
namespace {

// So many products of eight bits, and a bias, add up without overflow.
constexpr int64_t kMostProducts = 16384;

class Recogniser {
 public:
  explicit Recogniser(Graph& graph) : graph_(graph), rewriter_(graph) {}

  Status run() {
    for (Node& node : graph_.nodes()) {
      const auto q = quantised(graph_, rewriter_, node);
      if (q) try_quantised(node, *q);
    }
    // What is not quantised again leaves the integers with its scale.
    for (Node& node : graph_.nodes()) {
      if (!rewriter_.alive(node) || !is_product(node) || feeds_affine(node)) continue;
      if (auto product = product_of(node)) become_product(node, *product, nullptr);
    }
    POACL_RETURN_IF_ERROR(rewriter_.finish());
    return fuse_sums();
  }

 private:
  // A QuantAdd joins the convolution that makes one of its operands.
  Status fuse_sums() {
    Rewriter rewriter(graph_);
    for (Node& add : graph_.nodes()) {
      if (add.type != "QuantAdd" || add.inputs[0] == add.inputs[1]) continue;
      Node* takers[2];
      for (size_t side = 0; side < 2; ++side) {
        Node* conv = rewriter.producer(add.inputs[side], "QuantConv2D");
        const bool free =
            conv != nullptr && rewriter.used_once(add.inputs[side]) && conv->inputs.size() == 7;
        takers[side] = free ? conv : nullptr;
      }
      if (takers[0] == nullptr && takers[1] == nullptr) continue;
      // Of two convolutions the one that comes later takes the sum: the other is done by then.
      const size_t side = takers[0] > takers[1] ? 0 : 1;
      Node& conv = *takers[side];
      conv.inputs.push_back(add.inputs[1 - side]);
      conv.attrs.set("residual_first", side == 1);
      for (const auto& [name, value] : add.attrs) conv.attrs.set("sum_" + name, value);
      rewriter.absorb(conv, add);
    }
    return rewriter.finish();
  }

  // A convolution or product of eight-bit numbers by constant ones.
  struct Product {
    std::string type;
    std::vector<ValueId> inputs;  // up to bias
    AttrMap attrs;
    std::vector<float> units;  // of the sums: one, or one per channel
  };

  void try_quantised(Node& node, const Quantised& q) {
    Node* source = rewriter_.producer(q.source);
    if (source == nullptr || source->outputs.size() != 1) return;
    const bool only_here = rewriter_.used_once(q.source);
    bool done = false;
    if (auto product = only_here ? product_of(*source) : std::nullopt) {
      done = become_product(node, *product, &q);
    } else if (source->type == "Add") {
      done = become_add(node, *source, q);
    } else if (source->type == "GlobalAveragePool") {
      done = become_pool(node, *source, q);
    } else if (q.absorbed.empty()) {
      done = move_elements(node, *source, q);
    }
    if (!done) return;
    const auto adopt = [&node](const Node& other) {
      node.origins.insert(node.origins.begin(), other.origins.begin(), other.origins.end());
    };
    for (const Node* clip : q.absorbed) adopt(*clip);
    adopt(*source);
    if (!only_here) return;
    // The name that says most.
    std::swap(node.name, source->name);
    rewriter_.kill(*source);
  }

  // Behind the node comes what fold_scales puts into its weights. The bias of a matrix product is
  // left to fuse_quantised.
  bool feeds_affine(const Node& node) const {
    constexpr std::string_view kAffine[] = {"BatchNorm", "Mul", "Add", "Sub", "RealDiv"};
    if (node.type != "Conv2D" && adds_bias(node)) return false;
    return std::any_of(graph_.nodes().begin(), graph_.nodes().end(), [&](const Node& user) {
      return std::find(std::begin(kAffine), std::end(kAffine), user.type) != std::end(kAffine) &&
             std::find(user.inputs.begin(), user.inputs.end(), node.outputs[0]) !=
                 user.inputs.end() &&
             std::any_of(user.inputs.begin(), user.inputs.end(), [&](ValueId id) {
               return id != kNoValue && graph_.value(id).is_constant();
             });
    });
  }

  // The one reader adds a number for each column.
  bool adds_bias(const Node& node) const {
    const Value& y = graph_.value(node.outputs[0]);
    if (!y.shape_known || y.dims.empty() || !rewriter_.used_once(node.outputs[0])) return false;
    return std::any_of(graph_.nodes().begin(), graph_.nodes().end(), [&](const Node& user) {
      if (user.type != "Add" || user.inputs.size() != 2) return false;
      const size_t side = user.inputs[0] == node.outputs[0] ? 1 : 0;
      const Tensor* bias = rewriter_.constant(user, side);
      return user.inputs[1 - side] == node.outputs[0] && bias != nullptr &&
             bias->dims == Dims{y.dims.back()} && bias->dtype == DataType::kFloat;
    });
  }

  static bool is_product(const Node& node) {
    return (node.type == "Conv2D" || node.type == "MatMulV2" || node.type == "BatchMatMulV2") &&
           !node.attrs.has("activation") && node.inputs.size() >= 2 && node.inputs.size() <= 3;
  }

  std::optional<Product> product_of(const Node& node) {
    if (!is_product(node)) return std::nullopt;
    if (node.type == "Conv2D") return convolution(node);
    if (node.type == "MatMulV2" && !node.attrs.get_bool("transpose_x1")) {
      return matrix_product(node, node.attrs.get_bool("transpose_x2"));
    }
    if (node.type == "BatchMatMulV2" && !node.attrs.get_bool("adj_x1")) {
      return matrix_product(node, node.attrs.get_bool("adj_x2"));
    }
    return std::nullopt;
  }

  ValueId byte_constant(const Node& node, std::string_view role, DataType type, Dims dims,
                        const std::vector<int32_t>& values) {
    std::vector<uint8_t> bytes;
    for (const int32_t value : values) bytes.push_back(static_cast<uint8_t>(value));
    return graph_.add_constant(node.name + "/" + std::string(role),
                               Tensor::from<uint8_t>(type, std::move(dims), bytes));
  }

  // The zero points as an operand; none when all are zero.
  ValueId zeros_of(const Node& node, std::string_view role, const Dequantised& d) {
    if (std::all_of(d.zeros.begin(), d.zeros.end(), [](int32_t z) { return z == 0; })) {
      return kNoValue;
    }
    const Dims dims = d.per_tensor() ? Dims{} : Dims{static_cast<int64_t>(d.zeros.size())};
    return byte_constant(node, role, d.type, dims, d.zeros);
  }

  // x, weights, their zero points and the bias of a product whose weights have `channels` results.
  bool set_operands(const Node& node, const Dequantised& x, const Dequantised& w, ValueId weights,
                    size_t channels, Product* product) {
    for (const float scale : w.scales) product->units.push_back(x.scales[0] * scale);
    const auto usable = [](float unit) { return std::isnormal(unit); };
    if (!std::all_of(product->units.begin(), product->units.end(), usable)) return false;
    ValueId bias = kNoValue;
    if (node.inputs.size() > 2 && node.inputs[2] != kNoValue) {
      const auto numbers =
          bias_in_units(graph_, rewriter_, node.inputs[2], channels, product->units);
      if (!numbers) return false;
      bias = graph_.add_constant(
          node.name + "/bias",
          Tensor::from<int32_t>(DataType::kInt32, {static_cast<int64_t>(channels)}, *numbers));
    }
    product->inputs = {x.integers, weights, zeros_of(node, "x_offset", x),
                       zeros_of(node, "w_offset", w), bias};
    return true;
  }

  // The constant eight-bit weights of a product, `channels` along dimension `axis`.
  std::optional<Dequantised> weights_of(const Node& node, int64_t axis, size_t rank) {
    auto w = dequantised(graph_, rewriter_, node.inputs[1]);
    if (!w || w->type == DataType::kInt32) return std::nullopt;
    const auto& constant = graph_.value(w->integers).constant;
    if (!constant || constant->dims.size() != rank || constant->count() < 1) return std::nullopt;
    if (!w->per_tensor() && w->axis != axis) return std::nullopt;
    const int64_t channels = constant->dims[static_cast<size_t>(axis)];
    if (constant->count() / channels > kMostProducts) return std::nullopt;
    return w;
  }

  std::optional<Product> convolution(const Node& node) {
    const auto x = dequantised_bytes(graph_, rewriter_, node.inputs[0]);
    if (!x || graph_.value(x->integers).is_constant()) return std::nullopt;
    const auto w = weights_of(node, 0, 4);
    const auto strides = node.attrs.get_ints("strides", {1, 1, 1, 1});
    const auto dilations = node.attrs.get_ints("dilations", {1, 1, 1, 1});
    const auto pads = node.attrs.get_ints("pads", {0, 0, 0, 0});
    const std::string padding = node.attrs.get_string("auto_pad", "NOTSET");
    if (!w || strides.size() != 4 || dilations.size() != 4 || pads.size() != 4) return std::nullopt;
    Product product;
    product.type = "QuantConv2D";
    product.attrs.set("strides", std::vector<int64_t>{strides[2], strides[3]});
    product.attrs.set("dilations", std::vector<int64_t>{dilations[2], dilations[3]});
    product.attrs.set("pads", std::vector<int64_t>{pads[0], pads[2], pads[1], pads[3]});
    product.attrs.set("groups", node.attrs.get_int("groups", 1));
    product.attrs.set("auto_pad", padding.empty() ? std::string("NOTSET") : padding);
    const auto channels = static_cast<size_t>(graph_.value(w->integers).dims[0]);
    if (!set_operands(node, *x, *w, w->integers, channels, &product)) return std::nullopt;
    return product;
  }

  std::optional<Product> matrix_product(const Node& node, bool transposed) {
    const auto x = dequantised_bytes(graph_, rewriter_, node.inputs[0]);
    if (!x || graph_.value(x->integers).is_constant()) return std::nullopt;
    const auto w = weights_of(node, transposed ? 0 : 1, 2);
    if (!w) return std::nullopt;
    const Tensor weights = *graph_.value(w->integers).constant;
    Product product;
    product.type = "QuantBatchMatmul";
    const auto channels = static_cast<size_t>(weights.dims[transposed ? 0 : 1]);
    if (!set_operands(node, *x, *w, w->integers, channels, &product)) return std::nullopt;
    if (transposed) {
      const auto rows = static_cast<size_t>(weights.dims[0]);
      const auto columns = static_cast<size_t>(weights.dims[1]);
      std::vector<uint8_t> bytes(rows * columns);
      for (size_t r = 0; r < rows; ++r) {
        for (size_t c = 0; c < columns; ++c) {
          bytes[c * rows + r] = weights.as<uint8_t>()[r * columns + c];
        }
      }
      product.inputs[1] = graph_.add_constant(
          node.name + "/weights",
          Tensor::from<uint8_t>(weights.dtype, {weights.dims[1], weights.dims[0]}, bytes));
    }
    return product;
  }

  // `node` computes the product: quantised by q, or as float.
  bool become_product(Node& node, Product& product, const Quantised* q) {
    std::vector<float> scales = product.units;
    if (q != nullptr) {
      for (float& scale : scales) scale /= q->scale;
      if (!std::all_of(scales.begin(), scales.end(), [](float s) { return std::isnormal(s); })) {
        return false;
      }
    }
    const Dims dims = scales.size() == 1 ? Dims{} : Dims{static_cast<int64_t>(scales.size())};
    product.inputs.push_back(graph_.add_constant(
        node.name + "/scale", Tensor::from<float>(DataType::kFloat, dims, scales)));
    if (q != nullptr) {
      product.inputs.push_back(byte_constant(node, "y_offset", q->type, {}, {q->zero}));
      product.attrs.set("clip_low", q->clip_low);
      product.attrs.set("clip_high", q->clip_high);
    }
    node.type = product.type;
    node.inputs = std::move(product.inputs);
    node.attrs = std::move(product.attrs);
    return true;
  }

  void set_result(const Quantised& q, AttrMap* attrs) {
    attrs->set("y_scale", q.scale);
    attrs->set("y_offset", static_cast<int64_t>(q.zero));
    attrs->set("dtype", q.type);
    attrs->set("clip_low", q.clip_low);
    attrs->set("clip_high", q.clip_high);
  }

  bool become_add(Node& node, const Node& add, const Quantised& q) {
    if (add.inputs.size() != 2 || add.attrs.has("activation")) return false;
    const auto a = dequantised_bytes(graph_, rewriter_, add.inputs[0]);
    const auto b = dequantised_bytes(graph_, rewriter_, add.inputs[1]);
    if (!a || !b) return false;
    const Value& left = graph_.value(a->integers);
    const Value& right = graph_.value(b->integers);
    if (left.is_constant() || right.is_constant() || !left.fully_known() || !right.fully_known() ||
        left.dims != right.dims) {
      return false;
    }
    AttrMap attrs;
    attrs.set("x1_scale", a->scales[0]);
    attrs.set("x1_offset", static_cast<int64_t>(a->zeros[0]));
    attrs.set("x2_scale", b->scales[0]);
    attrs.set("x2_offset", static_cast<int64_t>(b->zeros[0]));
    set_result(q, &attrs);
    node.type = "QuantAdd";
    node.inputs = {a->integers, b->integers};
    node.attrs = std::move(attrs);
    return true;
  }

  bool become_pool(Node& node, const Node& pool, const Quantised& q) {
    const auto x = dequantised_bytes(graph_, rewriter_, pool.inputs[0]);
    if (!x || graph_.value(x->integers).is_constant()) return false;
    AttrMap attrs;
    attrs.set("x_scale", x->scales[0]);
    attrs.set("x_offset", static_cast<int64_t>(x->zeros[0]));
    set_result(q, &attrs);
    node.type = "QuantGlobalAveragePool";
    node.inputs = {x->integers};
    node.attrs = std::move(attrs);
    return true;
  }

  // Operators that only pick and move elements do so with the integers, where these mean the same
  // behind them as in front of them.
  bool move_elements(Node& node, const Node& source, const Quantised& q) {
    constexpr std::string_view kMovers[] = {
        "Reshape",   "Flatten",      "Squeeze",   "Unsqueeze",   "ConcatD",     "TransposeD",
        "MaxPoolV3", "DepthToSpace", "SqueezeV3", "UnsqueezeV3", "SpaceToDepth"};
    if (std::find(std::begin(kMovers), std::end(kMovers), source.type) == std::end(kMovers)) {
      return false;
    }
    std::vector<ValueId> inputs = source.inputs;
    const size_t tensors = source.type == "ConcatD" ? inputs.size() : 1;
    for (size_t i = 0; i < tensors; ++i) {
      const auto x = dequantised_bytes(graph_, rewriter_, inputs[i]);
      if (!x || x->type != q.type || x->scales[0] != q.scale || x->zeros[0] != q.zero) return false;
      inputs[i] = x->integers;
    }
    node.type = source.type;
    node.inputs = std::move(inputs);
    node.attrs = source.attrs;
    return true;
  }

  Graph& graph_;
  Rewriter rewriter_;
};

}  // namespace

Status recognise_quantised(Graph& graph) {
  return Recogniser(graph).run();
}

}  // namespace poacl
