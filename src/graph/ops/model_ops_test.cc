// Shapes of normalisations, recurrent layers, attention, quantised products, Einsum and losses.
#include <gtest/gtest.h>

#include "graph/shape_inference.h"

namespace poacl {
namespace {

using Ints = std::vector<int64_t>;

struct Builder {
  Graph graph;
  Status status;

  ValueId input(Dims dims, DataType type = DataType::kFloat) {
    return graph.add_input("x", type, std::move(dims));
  }
  // Dims of every output.
  std::vector<Dims> node(const std::string& type, std::vector<ValueId> inputs, AttrMap attrs = {},
                         size_t outputs = 1) {
    const NodeId id = graph.add_node("n", type, std::move(inputs),
                                     std::vector<std::string>(outputs, "y"), std::move(attrs));
    status = infer_node(graph, graph.node(id));
    std::vector<Dims> dims;
    for (const ValueId value : graph.node(id).outputs) dims.push_back(graph.value(value).dims);
    return dims;
  }
};

AttrMap attrs(std::initializer_list<std::pair<const char*, AttrValue>> values) {
  AttrMap map;
  for (const auto& [name, value] : values) map.set(name, value);
  return map;
}

void expect_error(const Status& status, std::string_view part) {
  ASSERT_FALSE(status.ok()) << "expected: " << part;
  EXPECT_NE(status.message().find(part), std::string_view::npos) << status.message();
}

TEST(RowNormShape, StatisticsAndParameters) {
  Builder b;
  EXPECT_EQ(b.node("LayerNormV3", {b.input({2, 3, 4}), b.input({3, 4})},
                   attrs({{"begin_norm_axis", int64_t{1}}}), 3),
            (std::vector<Dims>{{2, 3, 4}, {2, 1, 1}, {2, 1, 1}}));
  EXPECT_EQ(b.node("GroupNorm", {b.input({2, 6, 5}), b.input({6}), b.input({6})},
                   attrs({{"num_groups", int64_t{3}}}), 2),
            (std::vector<Dims>{{2, 6, 5}, {2, 3}}));
  b.node("GroupNorm", {b.input({2, 6, 5})}, attrs({{"num_groups", int64_t{4}}}));
  expect_error(b.status, "6 channels, which cannot be divided into 4 groups");
  b.node("RmsNorm", {b.input({2, 4}), b.input({5})});
  expect_error(b.status, "gamma [5] must have 4 elements");
  b.node("LayerNormV3", {b.input({2, 4})}, attrs({{"begin_norm_axis", int64_t{2}}}));
  expect_error(b.status, "begin_norm_axis is 2");
}

TEST(RecurrentShape, DirectionsAndUnknownLengths) {
  Builder b;
  const AttrMap both =
      attrs({{"hidden_size", int64_t{5}}, {"direction", std::string("bidirectional")}});
  EXPECT_EQ(b.node("CommonLSTM", {b.input({-1, 3, 7}), b.input({2, 20, 7}), b.input({2, 20, 5})},
                   both, 3),
            (std::vector<Dims>{{-1, 2, 3, 5}, {2, 3, 5}, {2, 3, 5}}));
  b.node("CommonGRU", {b.input({4, 3, 7}), b.input({2, 20, 7}), b.input({2, 15, 5})}, both, 2);
  expect_error(b.status, "w has shape [2,20,7], but its dimension 1 must be 15");
  b.node("CommonRNN", {b.input({4, 3, 7}), b.input({1, 5, 7}), b.input({1, 5, 5})},
         attrs({{"hidden_size", int64_t{5}}, {"direction", std::string("sideways")}}), 2);
  expect_error(b.status, "direction is 'sideways'");
}

TEST(AttentionShape, HeadsAndCaches) {
  Builder b;
  EXPECT_EQ(
      b.node("FusedInferAttentionScore",
             {b.input({2, 8, 5, 16}), b.input({2, 2, -1, 16}), b.input({2, 2, 11, 24})}, {}, 2),
      (std::vector<Dims>{{2, 8, 5, 24}, {2, 8, 5, 11}}));
  b.node("FusedInferAttentionScore",
         {b.input({2, 8, 5, 16}), b.input({2, 3, 9, 16}), b.input({2, 3, 9, 16})});
  expect_error(b.status, "query has 8 heads, which is no multiple of key's 3");
  b.node("RotaryPositionEmbedding",
         {b.input({2, 4, 3, 8}), b.input({1, 3, 5}), b.input({1, 3, 5})});
  expect_error(b.status, "turns 10 elements");
  EXPECT_EQ(b.node("RecurrentGatedDeltaRule",
                   {b.input({2, 7, 32}), b.input({2, 7, 16}), b.input({2, 7, 24})},
                   attrs({{"num_heads", int64_t{4}}, {"num_key_value_heads", int64_t{2}}}), 2),
            (std::vector<Dims>{{2, 7, 48}, {2, 2, 8, 12}}));
}

TEST(QuantShape, ProductsAndWindows) {
  Builder b;
  const DataType u8 = DataType::kUint8;
  EXPECT_EQ(b.node("QuantBatchMatmul", {b.input({3, 1, 4, 5}, u8), b.input({2, 5, 6}, u8)}),
            (std::vector<Dims>{{3, 2, 4, 6}}));
  b.node("QuantBatchMatmul", {b.input({4, 5}, u8), b.input({6, 5}, u8)});
  expect_error(b.status, "inner dimensions are 5 and 6");
  b.node("QuantBatchMatmul", {b.input({4, 5}), b.input({5, 6}, u8)});
  expect_error(b.status, "x1 must be int8 or uint8");
  EXPECT_EQ(b.node("QuantConv2D", {b.input({1, 4, 9, 9}, u8), b.input({6, 2, 3, 3}, u8)},
                   attrs({{"groups", int64_t{2}},
                          {"strides", Ints{2, 2}},
                          {"auto_pad", std::string("SAME_UPPER")}})),
            (std::vector<Dims>{{1, 6, 5, 5}}));
  EXPECT_EQ(b.graph.nodes().back().attrs.get_ints("pads"), (Ints{1, 1, 1, 1}));
  b.node("QuantConv2D", {b.input({1, 4, 2, 2}, u8), b.input({6, 4, 3, 3}, u8)});
  expect_error(b.status, "a window of 3 does not fit into 2 elements");
}

TEST(QuantShape, TypesOfResults) {
  Builder b;
  const DataType u8 = DataType::kUint8;
  const ValueId x = b.input({1, 4, 9, 9}, u8);
  const ValueId w = b.input({6, 4, 3, 3}, DataType::kInt8);
  const auto type = [&b] { return b.graph.value(b.graph.nodes().back().outputs[0]).dtype; };
  std::vector<ValueId> inputs = {x, w, kNoValue, kNoValue, b.input({6}, DataType::kInt32)};
  b.node("QuantConv2D", inputs);
  EXPECT_EQ(type(), DataType::kInt32);
  inputs.push_back(b.input({6}));
  b.node("QuantConv2D", inputs);
  EXPECT_EQ(type(), DataType::kFloat);
  inputs.push_back(b.input({}, DataType::kInt8));
  b.node("QuantConv2D", inputs);
  EXPECT_EQ(type(), DataType::kInt8);
  inputs.push_back(b.input({1, 6, 7, 7}, u8));
  EXPECT_EQ(b.node("QuantConv2D", inputs), (std::vector<Dims>{{1, 6, 7, 7}}));
  EXPECT_EQ(type(), u8);
  inputs[7] = b.input({1, 6, 7, 6}, u8);
  b.node("QuantConv2D", inputs);
  expect_error(b.status, "residual [1,6,7,6] must have the shape of y, [1,6,7,7]");
  inputs[7] = b.input({1, 6, 7, 7});
  b.node("QuantConv2D", inputs);
  expect_error(b.status, "residual must be int8 or uint8");
  b.node("QuantConv2D", {x, w, kNoValue, kNoValue, kNoValue, kNoValue, b.input({}, u8)});
  expect_error(b.status, "y_offset is given, but scale is not");
  b.node("QuantConv2D", {x, w, kNoValue, kNoValue, kNoValue, b.input({6}, u8)});
  expect_error(b.status, "scale must be float");
}

TEST(QuantShape, SumsAndPools) {
  Builder b;
  const DataType u8 = DataType::kUint8;
  EXPECT_EQ(b.node("QuantAdd", {b.input({2, -1}, u8), b.input({2, 3}, DataType::kInt8)}),
            (std::vector<Dims>{{2, 3}}));
  b.node("QuantAdd", {b.input({2, 4}, u8), b.input({2, 3}, u8)});
  expect_error(b.status, "x1 [2,4] and x2 [2,3] must have the same shape");
  b.node("QuantAdd", {b.input({2}, u8), b.input({2}, u8)}, attrs({{"x2_offset", int64_t{-1}}}));
  expect_error(b.status, "x2_offset is -1, but must be from 0 to 255");
  b.node("QuantAdd", {b.input({2}, u8), b.input({2}, u8)}, attrs({{"dtype", DataType::kFloat}}));
  expect_error(b.status, "dtype must be int8 or uint8");
  EXPECT_EQ(b.node("QuantGlobalAveragePool", {b.input({2, 5, 7, -1}, u8)}),
            (std::vector<Dims>{{2, 5, 1, 1}}));
  b.node("QuantGlobalAveragePool", {b.input({2, 5}, u8)});
  expect_error(b.status, "x [2,5] must have at least 3 dimensions");
}

TEST(EinsumShape, LabelsAndErrors) {
  Builder b;
  EXPECT_EQ(b.node("Einsum", {b.input({2, 3, 4}), b.input({5, 4, 6})},
                   attrs({{"equation", std::string("bij,kjl->bkl")}}))
                .size(),
            1u);
  EXPECT_EQ(b.graph.value(b.graph.nodes().back().outputs[0]).dims, (Dims{2, 5, 6}));
  b.node("Einsum", {b.input({2, 3}), b.input({4, 5})},
         attrs({{"equation", std::string("ij,jk->ik")}}));
  expect_error(b.status, "dimension 0 of operand 1 [4,5] is 4");
}

TEST(LossShape, Reductions) {
  Builder b;
  const auto reduction = [](const char* name) { return attrs({{"reduction", std::string(name)}}); };
  const ValueId x = b.input({2, 3, 4});
  const ValueId target = b.input({2, 4}, DataType::kInt64);
  EXPECT_EQ(b.node("NLLLoss", {x, target}, reduction("none"), 2), (std::vector<Dims>{{2, 4}, {}}));
  EXPECT_EQ(b.node("NLLLoss", {x, target}, reduction("sum")), (std::vector<Dims>{{}}));
  b.node("NLLLoss", {x, target}, reduction("median"));
  expect_error(b.status, "reduction is 'median'");
  b.node("NLLLoss", {x, b.input({2, 5}, DataType::kInt64)}, reduction("sum"));
  expect_error(b.status, "target has shape [2,5]");
}

}  // namespace
}  // namespace poacl
