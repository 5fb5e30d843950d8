#include "compile/packed_share.h"

#include <cstring>
#include <map>
#include <numeric>

#include "compile/compile_test_util.h"

namespace poacl {
namespace {

// y[n,16] = x[n,16] * w, with the weights of the caller.
Graph product(int64_t n, const Tensor& weights) {
  Graph graph;
  const ValueId x = graph.add_input("x", DataType::kFloat, {n, 16});
  const ValueId w = graph.add_constant("w", weights);
  const NodeId node = graph.add_node("node#1", "MatMulV2", {x, w}, {"y"});
  graph.outputs = {graph.node(node).outputs[0]};
  graph.output_names = {"y"};
  EXPECT_TRUE(infer_shapes(graph).ok());
  return graph;
}

LowerOptions options() {
  LowerOptions options;
  options.isa = active_isa();
  return options;
}

TEST(PackedShare, SameConstantsArePackedOnce) {
  const Tensor weights = random_tensor({16, 16}, 1);
  const Graph one = product(8, weights), two = product(16, weights), three = product(32, weights);
  PackedShare share;
  for (const Graph* graph : {&one, &two, &three}) {
    ASSERT_TRUE(share.lower_next(*graph, options()).ok());
  }
  std::map<std::string, int> seen;
  for (const PackedConstant& item : share.packed()) {
    EXPECT_EQ(++seen[item.key], 1) << item.key;
    EXPECT_EQ(item.key.find('~'), std::string::npos) << item.key;
  }
}

TEST(PackedShare, OtherConstantsOfTheSameNodeStayApart) {
  const Tensor first = random_tensor({16, 16}, 1), other = random_tensor({16, 16}, 2);
  const std::vector<Graph> graphs = {product(8, first), product(8, other), product(8, first),
                                     product(8, other)};
  const auto run = [](const Program& program) {
    std::vector<float> x(8 * 16), y(8 * 16);
    std::iota(x.begin(), x.end(), -60.0f);
    const void* inputs[] = {x.data()};
    void* outputs[] = {y.data()};
    ExecState state(program);
    SerialFor serial;
    state.run(inputs, outputs, serial);
    return y;
  };
  std::vector<std::vector<float>> wanted;
  for (const Graph& graph : graphs) {
    const auto lowered = lower(graph, options());
    ASSERT_TRUE(lowered.ok());
    wanted.push_back(run(*lowered->program));
  }
  EXPECT_NE(wanted[0], wanted[1]);

  PackedShare making;
  for (size_t i = 0; i < graphs.size(); ++i) {
    const auto lowered = making.lower_next(graphs[i], options());
    ASSERT_TRUE(lowered.ok());
    EXPECT_EQ(run(*lowered->program), wanted[i]) << i;
  }
  // The same again from what was stored: nothing is packed anew.
  std::map<std::string, ConstBuffer> stored;
  for (const PackedConstant& item : making.packed()) stored[item.key] = item.bytes;
  PackedShare loading([&](const std::string& key) {
    const auto it = stored.find(key);
    EXPECT_NE(it, stored.end()) << key;
    return it == stored.end() ? ConstBuffer() : it->second;
  });
  for (size_t i = 0; i < graphs.size(); ++i) {
    const auto lowered = loading.lower_next(graphs[i], options());
    ASSERT_TRUE(lowered.ok());
    EXPECT_EQ(run(*lowered->program), wanted[i]) << i;
  }
  for (const PackedConstant& item : loading.packed()) {
    EXPECT_EQ(item.bytes.data(), stored[item.key].data()) << item.key;
  }
}

}  // namespace
}  // namespace poacl
