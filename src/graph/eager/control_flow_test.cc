// The bodies are told by name and computed here, so that these tests see what the operators pass.
#include <gtest/gtest.h>

#include <memory>

#include "graph/bodies.h"
#include "graph/eager/eager_test_util.h"

namespace poacl {
namespace {

Tensor floats(Dims dims, const std::vector<float>& values) {
  return Tensor::from<float>(DataType::kFloat, std::move(dims), values);
}

Tensor number(int64_t value) {
  return Tensor::from<int64_t>(DataType::kInt64, {}, std::span(&value, 1));
}

Tensor flag(bool value) {
  const uint8_t byte = value ? 1 : 0;
  return Tensor::from<uint8_t>(DataType::kBool, {}, std::span(&byte, 1));
}

std::vector<float> list(const Tensor& tensor) {
  const auto values = tensor.as<float>();
  return {values.begin(), values.end()};
}

// A graph with so many inputs and outputs of unknown types.
GraphPtr body(const char* name, size_t inputs, size_t outputs) {
  auto graph = std::make_shared<Graph>();
  graph->name = name;
  for (size_t i = 0; i < inputs; ++i) graph->inputs.push_back(graph->add_value("in"));
  for (size_t i = 0; i < outputs; ++i) {
    graph->outputs.push_back(graph->add_value("out", DataType::kFloat));
    graph->value(graph->outputs.back()).shape_known = true;
    graph->value(graph->outputs.back()).dims = {2, -1};
  }
  return graph;
}

struct Ran {
  Status status;
  std::vector<Tensor> outputs;
};

Ran run(const char* type, AttrMap attrs, const std::vector<Tensor>& inputs, size_t count,
        TestEagerContext::RunBody run_body) {
  TestEagerContext context(std::move(run_body));
  Ran ran;
  ran.status = run_eager(context, type, std::move(attrs), inputs, count, &ran.outputs);
  return ran;
}

TEST(RunIf, TakesTheBranchAndPassesTheRest) {
  AttrMap attrs;
  attrs.set("then_branch", body("yes", 1, 1));
  attrs.set("else_branch", body("no", 1, 1));
  for (const bool cond : {true, false}) {
    std::string taken;
    const Ran ran =
        run("If", attrs, {flag(cond), floats({1}, {4})}, 1,
            [&](const Graph& graph, std::span<const Tensor> in, std::vector<Tensor>* out) {
              taken = graph.name;
              *out = {in[0]};
              return Status();
            });
    ASSERT_TRUE(ran.status.ok()) << ran.status.message();
    EXPECT_EQ(taken, cond ? "yes" : "no");
    EXPECT_EQ(list(ran.outputs[0]), (std::vector<float>{4}));
  }
  EXPECT_FALSE(run("If", attrs, {floats({2}, {1, 1}), floats({1}, {4})}, 1, nullptr).status.ok());
}

// Doubles its value while it is below the captured limit, and lists what it was.
Status doubling(const Graph&, std::span<const Tensor> in, std::vector<Tensor>* out) {
  EXPECT_EQ(in.size(), 4u);
  EXPECT_TRUE(in[1].buffer.data()[0] == std::byte{1});
  const float next = in[2].as<float>()[0] * 2;
  *out = {flag(next < in[3].as<float>()[0]), floats({1}, {next}),
          floats({1}, {static_cast<float>(in[0].as<int64_t>()[0])})};
  return {};
}

Ran loop(const Tensor& trips, const Tensor& cond, TestEagerContext::RunBody run_body = doubling) {
  AttrMap attrs;
  attrs.set("body", body("body", 4, 3));
  attrs.set("carried", int64_t{1});
  return run("Loop", attrs, {trips, cond, floats({1}, {1}), floats({}, {10})}, 2,
             std::move(run_body));
}

TEST(RunLoop, EndsByCountOrCondition) {
  const Ran counted = loop(number(2), Tensor());
  ASSERT_TRUE(counted.status.ok()) << counted.status.message();
  EXPECT_EQ(list(counted.outputs[0]), (std::vector<float>{4}));
  EXPECT_EQ(counted.outputs[1].dims, (Dims{2, 1}));
  EXPECT_EQ(list(counted.outputs[1]), (std::vector<float>{0, 1}));
  EXPECT_EQ(list(loop(Tensor(), flag(true)).outputs[0]), (std::vector<float>{16}));
  EXPECT_EQ(list(loop(number(100), Tensor()).outputs[0]), (std::vector<float>{16}));
}

TEST(RunLoop, NoIterationKeepsTheValuesAndMakesEmptyLists) {
  for (const auto& [trips, cond] :
       {std::pair{number(0), Tensor()}, {number(-3), Tensor()}, {number(5), flag(false)}}) {
    const Ran none = loop(trips, cond);
    ASSERT_TRUE(none.status.ok()) << none.status.message();
    EXPECT_EQ(list(none.outputs[0]), (std::vector<float>{1}));
    EXPECT_EQ(none.outputs[1].dims, (Dims{0, 2, 0}));
  }
}

TEST(RunLoop, MistakesNameTheIteration) {
  int calls = 0;
  const auto fails = [&](const Graph&, std::span<const Tensor>, std::vector<Tensor>* out) {
    ++calls;
    const std::vector<float> zeros(static_cast<size_t>(calls));
    *out = {flag(true), floats({1}, {1}), floats({calls}, zeros)};
    return calls < 3 ? Status() : Status(7, "broken");
  };
  const Ran ran = loop(number(5), Tensor(), fails);
  EXPECT_EQ(ran.status.code(), 7);
  EXPECT_NE(ran.status.message().find("iteration 2"), std::string::npos) << ran.status.message();
  calls = 0;
  const Ran uneven = loop(number(2), Tensor(), fails);
  EXPECT_NE(uneven.status.message().find("another"), std::string::npos) << uneven.status.message();
  EXPECT_FALSE(loop(floats({1}, {1}), Tensor()).status.ok());
}

TEST(RunScan, DirectionsAndAxes) {
  AttrMap attrs;
  attrs.set("body", body("body", 3, 2));
  attrs.set("states", int64_t{1});
  attrs.set("num_scan_inputs", int64_t{2});
  attrs.set("scan_input_axes", std::vector<int64_t>{0, -1});
  attrs.set("scan_input_directions", std::vector<int64_t>{0, 1});
  attrs.set("scan_output_axes", std::vector<int64_t>{-1});
  attrs.set("scan_output_directions", std::vector<int64_t>{1});
  const auto add_up = [](const Graph&, std::span<const Tensor> in, std::vector<Tensor>* out) {
    EXPECT_EQ(in[1].dims, (Dims{2}));
    EXPECT_EQ(in[2].dims, (Dims{2}));
    std::vector<float> sums(2);
    for (size_t i = 0; i < 2; ++i) sums[i] = in[1].as<float>()[i] + 10 * in[2].as<float>()[i];
    const float total = in[0].as<float>()[0] + sums[0] + sums[1];
    *out = {floats({}, {total}), floats({2}, sums)};
    return Status();
  };
  // Rows of the first list forward, columns of the second backward; results from right to left.
  const Tensor rows = floats({3, 2}, {1, 2, 3, 4, 5, 6});
  const Tensor columns = floats({2, 3}, {1, 2, 3, 4, 5, 6});
  const Ran ran = run("Scan", attrs, {floats({}, {100}), rows, columns}, 2, add_up);
  ASSERT_TRUE(ran.status.ok()) << ran.status.message();
  EXPECT_EQ(list(ran.outputs[0]), (std::vector<float>{100 + 21 + 210}));
  EXPECT_EQ(ran.outputs[1].dims, (Dims{2, 3}));
  EXPECT_EQ(list(ran.outputs[1]), (std::vector<float>{15, 23, 31, 46, 54, 62}));
  const Ran uneven = run("Scan", attrs, {floats({}, {0}), rows, rows}, 2, add_up);
  EXPECT_NE(uneven.status.message().find("has 2 slices"), std::string::npos)
      << uneven.status.message();
  const Ran empty =
      run("Scan", attrs, {floats({}, {5}), floats({0, 2}, {}), floats({2, 0}, {})}, 2, add_up);
  EXPECT_EQ(list(empty.outputs[0]), (std::vector<float>{5}));
  EXPECT_EQ(element_count(empty.outputs[1].dims), 0);
}

}  // namespace
}  // namespace poacl
