// Operators that are written as several others give the numbers of their definition.
#include <gtest/gtest.h>

#include <cmath>

#include "frontend/onnx/test_import.h"
#include "kernels/families.h"
#include "kernels/kernel_test_util.h"

namespace poacl {
namespace {

using onnx_frontend::TestModel;

void int_attribute(poacl::onnx::Node& node, const std::string& name, int64_t value) {
  auto* attribute = node.add_attribute();
  attribute->set_name(name);
  attribute->set_type(2);
  attribute->set_i(value);
}

void string_attribute(poacl::onnx::Node& node, const std::string& name, const std::string& value) {
  auto* attribute = node.add_attribute();
  attribute->set_name(name);
  attribute->set_type(3);
  attribute->set_s(value);
}

Tensor constant_of(TestModel& test, const std::string& name, const Dims& dims, uint32_t seed) {
  const Tensor tensor = kernel_test::random_tensor(dims, seed, -2.0f, 2.0f);
  const auto values = tensor.as<float>();
  test.initializer(name, dims, std::vector<float>(values.begin(), values.end()));
  return tensor;
}

// Everything is constant: the outputs are too, after the import.
Tensor folded(const TestModel& test, size_t output = 0) {
  const Result<Graph> graph = import(test);
  EXPECT_TRUE(graph.ok()) << graph.status().message();
  if (!graph.ok()) return {};
  const auto& constant = graph->value(graph->outputs[output]).constant;
  EXPECT_TRUE(constant.has_value());
  return constant ? *constant : Tensor{};
}

TEST(EinsumTranslation, ProductsAgreeWithTheOperator) {
  struct Case {
    const char* equation;
    Dims a, b;
    bool product;  // becomes a matrix product
  };
  const Case cases[] = {{"ij,jk->ik", {3, 4}, {4, 5}, true},
                        {"bhid,bhjd->bhij", {2, 3, 4, 5}, {2, 3, 6, 5}, true},
                        {"bihd,hdk->bik", {2, 3, 4, 5}, {4, 5, 6}, true},
                        {"abc,cda->db", {2, 3, 4}, {4, 5, 2}, true},
                        {"...ij,...jk->...ik", {2, 3, 4}, {2, 4, 5}, true},
                        {"i,i->", {7}, {7}, true},
                        {"ij,kj", {3, 4}, {2, 4}, true},
                        {"ii,ij->j", {3, 3}, {3, 4}, false},
                        {"ij,k->k", {3, 4}, {2}, false},
                        {"...j,...j->...", {2, 1, 4}, {3, 4}, false}};
  for (const Case& c : cases) {
    SCOPED_TRACE(c.equation);
    TestModel test(13);
    const Tensor a = constant_of(test, "a", c.a, 1);
    const Tensor b = constant_of(test, "b", c.b, 2);
    string_attribute(test.node("Einsum", {"a", "b"}, {"y"}), "equation", c.equation);
    test.output("y");
    const Tensor y = folded(test);
    kernel_test::TestOp op{"Einsum", {}, {{a}, {b}}, {{DataType::kFloat, y.dims}}};
    op.attrs.set("equation", std::string(c.equation));
    const auto expected = kernel_test::run_reference(einsum_kernels(), op);
    ASSERT_TRUE(expected.ok()) << expected.status().message();
    EXPECT_TRUE(kernel_test::tensors_match(y, (*expected)[0]));

    TestModel open(13);
    open.input("a", c.a);
    open.input("b", c.b);
    string_attribute(open.node("Einsum", {"a", "b"}, {"y"}), "equation", c.equation);
    open.output("y");
    const Result<Graph> graph = import(open);
    ASSERT_TRUE(graph.ok()) << graph.status().message();
    bool product = false;
    for (const Node& node : graph->nodes()) product = product || node.type == "BatchMatMulV2";
    EXPECT_EQ(product, c.product);
  }
}

TEST(NormTranslation, ScaleThatOnlyBroadcastsStandsOutside) {
  TestModel test(17);
  const Tensor x = constant_of(test, "x", {2, 3, 4}, 1);
  test.initializer("scale", {3, 1}, {1, 10, 100});
  int_attribute(test.node("LayerNormalization", {"x", "scale"}, {"y", "mean"}), "axis", -1);
  test.output("y");
  test.output("mean");
  const Tensor y = folded(test);
  const Tensor mean = folded(test, 1);
  ASSERT_EQ(mean.dims, (Dims{2, 3, 1}));
  const float factors[] = {1, 10, 100};
  for (size_t row = 0; row < 6; ++row) {
    const auto values = x.as<float>().subspan(row * 4, 4);
    double sum = 0;
    double squares = 0;
    for (const float v : values) sum += static_cast<double>(v);
    for (const float v : values) squares += std::pow(static_cast<double>(v) - sum / 4, 2);
    EXPECT_NEAR(mean.as<float>()[row], sum / 4, 1e-6);
    for (size_t i = 0; i < 4; ++i) {
      const double wanted = (static_cast<double>(values[i]) - sum / 4) /
                            std::sqrt(squares / 4 + 1e-5) * static_cast<double>(factors[row % 3]);
      EXPECT_NEAR(y.as<float>()[row * 4 + i], wanted, 1e-4);
    }
  }
}

TEST(NormTranslation, TrainingModeUsesAndBlendsTheBatch) {
  TestModel test(15);
  test.initializer("x", {2, 1, 2}, {1, 3, 5, 7});  // mean 4, variance 5
  test.initializer("one", {1}, {1});
  test.initializer("zero", {1}, {0});
  test.initializer("mean", {1}, {100});
  test.initializer("variance", {1}, {10});
  auto& node =
      test.node("BatchNormalization", {"x", "one", "zero", "mean", "variance"}, {"y", "m", "v"});
  int_attribute(node, "training_mode", 1);
  for (const char* name : {"y", "m", "v"}) test.output(name);
  EXPECT_NEAR(folded(test, 0).as<float>()[0], -3 / std::sqrt(5.0), 1e-5);
  EXPECT_NEAR(folded(test, 1).as<float>()[0], 100 * 0.9 + 4 * 0.1, 1e-4);
  EXPECT_NEAR(folded(test, 2).as<float>()[0], 10 * 0.9 + 5 * 0.1, 1e-5);
}

TEST(NormTranslation, LpOfNothingIsZero) {
  TestModel test(22);
  test.initializer("x", {2, 2}, {0, 0, -3, 4});
  test.node("LpNormalization", {"x"}, {"y"});
  test.output("y");
  EXPECT_TRUE(kernel_test::tensors_match(folded(test),
                                         kernel_test::float_tensor({2, 2}, {0, 0, -0.6f, 0.8f})));
}

TEST(RecurrentTranslation, BatchFirstIsTransposedAround) {
  std::vector<Tensor> results;
  for (const int64_t layout : {0, 1}) {
    TestModel test(14);
    // One batch element, so both layouts have the same bytes.
    constant_of(test, "x", layout == 0 ? Dims{4, 1, 3} : Dims{1, 4, 3}, 1);
    constant_of(test, "w", {1, 6, 3}, 2);
    constant_of(test, "r", {1, 6, 2}, 3);
    auto& node = test.node("GRU", {"x", "w", "r"}, {"y", "h"});
    int_attribute(node, "hidden_size", 2);
    int_attribute(node, "layout", layout);
    test.output("y");
    results.push_back(folded(test));
    EXPECT_EQ(results.back().dims, layout == 0 ? (Dims{4, 1, 1, 2}) : (Dims{1, 4, 1, 2}));
  }
  results[1].dims = results[0].dims;
  EXPECT_TRUE(kernel_test::tensors_match(results[1], results[0]));
}

TEST(GemmTranslation, IntegersScaleByWholeNumbersOnly) {
  for (const float alpha : {3.0f, 0.5f}) {
    TestModel test(13);
    test.input("a", {2, 3}, 7);
    test.input("b", {3, 2}, 7);
    auto& node = test.node("Gemm", {"a", "b"}, {"y"}, "product");
    auto* attribute = node.add_attribute();
    attribute->set_name("alpha");
    attribute->set_type(1);
    attribute->set_f(alpha);
    test.output("y");
    const Result<Graph> graph = import(test);
    EXPECT_EQ(graph.ok(), alpha == 3.0f) << graph.status().message();
    if (!graph.ok()) {
      EXPECT_NE(graph.status().message().find("alpha of 0.5"), std::string_view::npos);
    }
  }
}

}  // namespace
}  // namespace poacl
