// What is recognised computes the same as what was written.
#include <functional>

#include "compile/compile_test_util.h"
#include "compile/passes.h"

namespace poacl {
namespace {

constexpr int64_t kLength = 40;

// Writes nodes the way exporters do.
class Writer {
 public:
  Graph graph;
  ValueId x;

  Writer() {
    x = graph.add_input("x", DataType::kFloat, {2, 3, kLength});
    graph.inputs = {x};
  }
  ValueId scalar(float value) {
    const float values[] = {value};
    return graph.add_constant("", Tensor::from<float>(DataType::kFloat, {}, values));
  }
  ValueId row(uint32_t seed, Dims dims = {kLength}) {
    return graph.add_constant("", random_tensor(std::move(dims), seed));
  }
  ValueId node(const std::string& type, std::vector<ValueId> inputs, AttrMap attrs = {}) {
    const NodeId id =
        graph.add_node(type, type, std::move(inputs), {type + ":0"}, std::move(attrs));
    return graph.node(id).outputs[0];
  }
  ValueId mean(ValueId value, int64_t axis = -1) {
    const int64_t axes[] = {axis};
    AttrMap attrs;
    attrs.set("keep_dims", true);
    return node("ReduceMean",
                {value, graph.add_constant("", Tensor::from<int64_t>(DataType::kInt64, {1}, axes))},
                std::move(attrs));
  }
};

std::vector<std::string> types(const Graph& graph) {
  std::vector<std::string> all;
  for (const Node& node : graph.nodes()) all.push_back(node.type);
  return all;
}

// Optimises what `write` wrote, expects these operators, and compares the numbers.
void expect_recognised(const std::function<ValueId(Writer&)>& write,
                       const std::vector<std::string>& expected) {
  Writer writer;
  Graph& graph = writer.graph;
  graph.outputs = {write(writer)};
  graph.output_names = {"y"};
  ASSERT_TRUE(infer_shapes(graph).ok());
  Graph fused = graph;
  ASSERT_TRUE(optimize(fused).ok());
  EXPECT_EQ(types(fused), expected);
  const Tensor x = random_tensor({2, 3, kLength}, 77, -3.0f, 3.0f);
  const auto before = run_graph(graph, {x.buffer.data()});
  const auto after = run_graph(fused, {x.buffer.data()});
  ASSERT_EQ(after.size(), 1u);
  expect_close(as_floats(after[0]), as_floats(before[0]), 2e-6f);
}

ValueId layer_norm(Writer& w, bool twice, bool pow, int64_t axis = -1) {
  const ValueId mean = w.mean(w.x, axis);
  const ValueId centred = w.node("Sub", {w.x, mean});
  const ValueId again = twice ? w.node("Sub", {w.x, mean}) : centred;
  const ValueId square =
      pow ? w.node("Pow", {centred, w.scalar(2)}) : w.node("Mul", {centred, centred});
  const ValueId spread = w.node("Add", {w.mean(square, axis), w.scalar(1e-5f)});
  return w.node("RealDiv", {again, w.node("Sqrt", {spread})});
}

TEST(RecogniseNorms, LayerNormOfManySpellings) {
  for (const bool twice : {false, true}) {
    for (const bool pow : {false, true}) {
      expect_recognised([&](Writer& w) { return layer_norm(w, twice, pow); }, {"LayerNormV3"});
    }
  }
  expect_recognised(
      [](Writer& w) {
        const ValueId scaled = w.node("Mul", {w.row(1), layer_norm(w, false, true)});
        return w.node("Add", {scaled, w.row(2, {1, 1, kLength})});
      },
      {"LayerNormV3"});
}

TEST(RecogniseNorms, RmsNormOfManySpellings) {
  const auto spread = [](Writer& w) {
    const ValueId square = w.node("Pow", {w.x, w.scalar(2)});
    return w.node("Add", {w.mean(square), w.scalar(1e-6f)});
  };
  expect_recognised(
      [&](Writer& w) {
        const ValueId root = w.node("Sqrt", {spread(w)});
        return w.node("Mul", {w.row(3), w.node("Mul", {w.x, w.node("Reciprocal", {root})})});
      },
      {"RmsNorm"});
  expect_recognised(
      [&](Writer& w) {
        const ValueId root = w.node("Sqrt", {spread(w)});
        return w.node("Mul", {w.x, w.node("RealDiv", {w.scalar(1), root})});
      },
      {"RmsNorm"});
  expect_recognised(
      [&](Writer& w) {
        return w.node("Mul", {w.node("Rsqrt", {spread(w)}), w.x});
      },
      {"RmsNorm"});
}

TEST(RecogniseNorms, OtherAxesAndOtherParametersAreLeft) {
  for (const bool middle : {false, true}) {
    Writer w;
    ValueId y = layer_norm(w, false, true, middle ? 1 : -1);
    if (!middle) y = w.node("Mul", {y, w.row(4, {3, 1})});
    w.graph.outputs = {y};
    w.graph.output_names = {"y"};
    ASSERT_TRUE(infer_shapes(w.graph).ok());
    ASSERT_TRUE(optimize(w.graph).ok());
    const auto found = types(w.graph);
    EXPECT_EQ(found.back(), middle ? "RealDiv" : "Mul");
  }
}

ValueId gate(Writer& w, bool tanh) {
  if (!tanh) {
    return w.node("Add",
                  {w.node("Erf", {w.node("RealDiv", {w.x, w.scalar(1.41421354f)})}), w.scalar(1)});
  }
  const ValueId cube = w.node("Mul", {w.scalar(0.044715f), w.node("Pow", {w.x, w.scalar(3)})});
  const ValueId sum = w.node("Add", {w.x, cube});
  return w.node("Add", {w.scalar(1), w.node("Tanh", {w.node("Mul", {sum, w.scalar(0.7978846f)})})});
}

TEST(RecogniseGelu, EveryOrderOfMultiplication) {
  for (const bool tanh : {false, true}) {
    expect_recognised(
        [&](Writer& w) {
          return w.node("Mul", {w.node("Mul", {w.x, gate(w, tanh)}), w.scalar(0.5f)});
        },
        {"GeluV2"});
    expect_recognised(
        [&](Writer& w) {
          return w.node("Mul", {w.node("Mul", {w.x, w.scalar(0.5f)}), gate(w, tanh)});
        },
        {"GeluV2"});
    expect_recognised(
        [&](Writer& w) {
          return w.node("Mul", {w.x, w.node("Mul", {w.scalar(0.5f), gate(w, tanh)})});
        },
        {"GeluV2"});
  }
}

TEST(RecogniseGelu, OtherConstantsAreLeft) {
  Writer w;
  const ValueId erf = w.node("Erf", {w.node("RealDiv", {w.x, w.scalar(1.5f)})});
  const ValueId product = w.node("Mul", {w.x, w.node("Add", {erf, w.scalar(1)})});
  w.graph.outputs = {w.node("Mul", {product, w.scalar(0.5f)})};
  w.graph.output_names = {"y"};
  ASSERT_TRUE(infer_shapes(w.graph).ok());
  ASSERT_TRUE(optimize(w.graph).ok());
  EXPECT_EQ(types(w.graph).back(), "Mul");
}

}  // namespace
}  // namespace poacl
