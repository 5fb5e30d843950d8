// Sums and GELU behind products, and transpositions around attention, compute the same once fused.
#include "compile/compile_test_util.h"
#include "compile/image_split.h"
#include "compile/passes.h"

namespace poacl {
namespace {

constexpr int64_t kTokens = 80, kHeads = 2, kDepth = 8, kWidth = kHeads * kDepth;

// A layer of a transformer, as exporters write it.
class Layer {
 public:
  explicit Layer(int64_t batch) : batch_(batch) {
    x_ = graph.add_input("x", DataType::kFloat, {batch, kTokens, kWidth});
    graph.inputs = {x_};
    const auto y = add("Add", {attention(), x_});
    ValueId hidden = linear(y, kWidth, 4 * kWidth, {1, 1, 4 * kWidth});
    hidden = add("GeluV2", {hidden});
    graph.outputs = {add("Add", {y, linear(hidden, 4 * kWidth, kWidth, {kWidth})})};
    graph.output_names = {"y"};
    EXPECT_TRUE(infer_shapes(graph).ok());
  }

  Graph graph;

 private:
  ValueId add(const std::string& type, std::vector<ValueId> inputs, AttrMap attrs = {}) {
    const std::string name = type + std::to_string(count_++);
    const NodeId id = graph.add_node(name, type, std::move(inputs), {name}, std::move(attrs));
    return graph.node(id).outputs[0];
  }

  ValueId constant(Tensor tensor) {
    return graph.add_constant("c" + std::to_string(count_++), std::move(tensor));
  }

  ValueId linear(ValueId x, int64_t in, int64_t out, const Dims& bias) {
    const auto seed = static_cast<uint32_t>(count_);
    const ValueId w = constant(random_tensor({in, out}, seed, -0.3f, 0.3f));
    return add("Add", {constant(random_tensor(bias, seed + 1)), add("BatchMatMulV2", {x, w})});
  }

  ValueId reshape(ValueId x, const Dims& dims) {
    const ValueId shape = constant(
        Tensor::from<int64_t>(DataType::kInt64, {static_cast<int64_t>(dims.size())}, dims));
    return add("Reshape", {x, shape});
  }

  ValueId transpose(ValueId x, std::vector<int64_t> perm) {
    AttrMap attrs;
    attrs.set("perm", std::move(perm));
    return add("TransposeD", {x}, attrs);
  }

  ValueId part(ValueId x, int64_t index) {
    const int64_t number[] = {index};
    const int64_t axis[] = {0};
    return add("GatherV2", {x, constant(Tensor::from<int64_t>(DataType::kInt64, {}, number)),
                            constant(Tensor::from<int64_t>(DataType::kInt64, {}, axis))});
  }

  ValueId attention() {
    ValueId qkv = linear(x_, kWidth, 3 * kWidth, {3 * kWidth});
    qkv = transpose(reshape(qkv, {batch_, kTokens, 3, kHeads, kDepth}), {2, 0, 3, 1, 4});
    const ValueId scores =
        add("BatchMatMulV2", {part(qkv, 0), transpose(part(qkv, 1), {0, 1, 3, 2})});
    AttrMap attrs;
    attrs.set("axes", std::vector<int64_t>{-1});
    const ValueId y = add("BatchMatMulV2", {add("SoftmaxV2", {scores}, attrs), part(qkv, 2)});
    return linear(reshape(transpose(y, {0, 2, 1, 3}), {batch_, kTokens, kWidth}), kWidth, kWidth,
                  {kWidth});
  }

  const int64_t batch_;
  int count_ = 0;
  ValueId x_;
};

std::vector<std::string> types(const Graph& graph) {
  std::vector<std::string> all;
  for (const Node& node : graph.nodes()) {
    if (node.type != "Reshape") all.push_back(node.type);
  }
  return all;
}

TEST(FuseLinear, LayerBecomesProductsAndAttention) {
  const Layer layer(2);
  Graph fused = layer.graph;
  ASSERT_TRUE(optimize(fused).ok());
  const std::vector<std::string> products(3, "BatchMatMulV2");
  std::vector<std::string> expected = products;
  expected.push_back("FusedInferAttentionScore");
  expected.insert(expected.end(), products.begin(), products.end());
  EXPECT_EQ(types(fused), expected);
  for (const Node& node : fused.nodes()) {
    if (node.type == "BatchMatMulV2") EXPECT_NE(node.inputs.at(2), kNoValue) << node.name;
  }
  EXPECT_EQ(fused.nodes().back().inputs.size(), 4u);

  const Tensor x = random_tensor({2, kTokens, kWidth}, 99);
  const auto before = run_graph(layer.graph, {x.buffer.data()});
  const auto after = run_graph(fused, {x.buffer.data()});
  expect_close(as_floats(after[0]), as_floats(before[0]), 1e-5f);
  const auto plain = run_graph(fused, {x.buffer.data()}, Isa::kGeneric);
  expect_close(as_floats(plain[0]), as_floats(before[0]), 1e-5f);
}

TEST(FuseLinear, LayerRunsByImage) {
  Graph four = Layer(4).graph;
  Graph one = Layer(1).graph;
  ASSERT_TRUE(optimize(four).ok());
  ASSERT_TRUE(optimize(one).ok());
  const auto single = single_image_graph(four, four.nodes().size());
  ASSERT_TRUE(single.has_value());
  const Tensor x = random_tensor({1, kTokens, kWidth}, 98);
  const auto expected = run_graph(one, {x.buffer.data()});
  const auto actual = run_graph(*single, {x.buffer.data()});
  EXPECT_EQ(as_floats(actual[0]), as_floats(expected[0]));
}

// What others read, or what is no bias and no residual, stays.
TEST(FuseLinear, KeepsOtherSums) {
  Graph graph;
  const ValueId x = graph.add_input("x", DataType::kFloat, {3, 4});
  graph.inputs = {x};
  const ValueId w = graph.add_constant("w", random_tensor({4, 5}, 1));
  const ValueId column = graph.add_constant("column", random_tensor({3, 1}, 2));
  const auto out = [&](const char* name, const char* type, std::vector<ValueId> inputs) {
    return graph.node(graph.add_node(name, type, std::move(inputs), {name})).outputs[0];
  };
  const ValueId product = out("product", "MatMulV2", {x, w});
  const ValueId scaled = out("scaled", "MatMulV2", {x, w});
  graph.outputs = {out("sum", "Add", {product, product}), out("rows", "Add", {scaled, column})};
  graph.output_names = {"sum", "rows"};
  ASSERT_TRUE(infer_shapes(graph).ok());
  ASSERT_TRUE(fuse_linear(graph).ok());
  EXPECT_EQ(types(graph), (std::vector<std::string>{"MatMulV2", "MatMulV2", "Add", "Add"}));
}

}  // namespace
}  // namespace poacl
