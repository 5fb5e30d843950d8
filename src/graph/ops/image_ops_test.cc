// Shapes of convolutions over three dimensions, transposed ones, pools, Resize and the sampling
// operators.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "graph/shape_inference.h"

namespace poacl {
namespace {

using Ints = std::vector<int64_t>;

struct Builder {
  Graph graph;
  Status status;

  ValueId input(Dims dims, DataType type = DataType::kFloat) {
    return graph.add_input("x" + std::to_string(graph.value_count()), type, std::move(dims));
  }
  ValueId list(const Ints& values) {
    return graph.add_constant(
        "c" + std::to_string(graph.value_count()),
        Tensor::from<int64_t>(DataType::kInt64, {static_cast<int64_t>(values.size())}, values));
  }
  ValueId floats(const std::vector<float>& values) {
    return graph.add_constant(
        "c" + std::to_string(graph.value_count()),
        Tensor::from<float>(DataType::kFloat, {static_cast<int64_t>(values.size())}, values));
  }
  ValueId node(const std::string& type, std::vector<ValueId> inputs,
               std::initializer_list<std::pair<const char*, AttrValue>> attrs = {},
               size_t outputs = 1) {
    AttrMap map;
    for (const auto& [name, value] : attrs) map.set(name, value);
    const NodeId id = graph.add_node("n", type, std::move(inputs),
                                     std::vector<std::string>(outputs, "y"), std::move(map));
    status = infer_node(graph, graph.node(id));
    return graph.node(id).outputs[0];
  }
  Dims dims(ValueId id) const {
    EXPECT_TRUE(status.ok()) << status.message();
    return graph.value(id).shape_known ? graph.value(id).dims : Dims{-99};
  }
  void refused(std::string_view part) const {
    ASSERT_FALSE(status.ok()) << "expected: " << part;
    EXPECT_NE(status.message().find(part), std::string_view::npos) << status.message();
  }
};

TEST(ImageShape, Conv3d) {
  Builder b;
  EXPECT_EQ(b.dims(b.node("Conv3D", {b.input({1, 4, 9, 10, 11}), b.input({6, 2, 3, 2, 1})},
                          {{"strides", Ints{1, 1, 2, 1, 3}},
                           {"pads", Ints{1, 1, 0, 0, 0, 1}},
                           {"groups", int64_t{2}}})),
            (Dims{1, 6, 5, 9, 4}));
  b.node("Conv3D", {b.input({1, 4, 9, 10, 11}), b.input({6, 4, 3, 3})});
  b.refused("rank 5");
}

TEST(ImageShape, ConvTranspose) {
  Builder b;
  const ValueId x = b.input({1, 4, 3, 5});
  const ValueId f = b.input({4, 2, 3, 3});
  EXPECT_EQ(b.dims(b.node("Conv2DTransposeD", {x, f},
                          {{"strides", Ints{1, 1, 3, 2}},
                           {"output_padding", Ints{0, 0, 1, 0}},
                           {"pads", Ints{1, 0, 2, 2}}})),
            (Dims{1, 2, 9, 7}));
  EXPECT_EQ(
      b.dims(b.node("Conv2DTransposeD", {x, f},
                    {{"strides", Ints{1, 1, 2, 2}}, {"auto_pad", std::string("SAME_UPPER")}})),
      (Dims{1, 2, 6, 10}));
  EXPECT_EQ(b.graph.nodes().back().attrs.get_ints("pads"), (Ints{0, 1, 0, 1}));
  EXPECT_EQ(b.dims(b.node("Conv2DTransposeD", {x, f},
                          {{"strides", Ints{1, 1, 2, 2}}, {"output_shape", Ints{6, 13}}})),
            (Dims{1, 2, 6, 13}));
  EXPECT_EQ(b.graph.nodes().back().attrs.get_ints("pads"), (Ints{1, 0, 0, 0}));
  EXPECT_EQ(b.dims(b.node("Conv2DTransposeD", {b.input({-1, 4, -1, 5}), f})), (Dims{-1, 2, -1, 7}));
  b.node("Conv2DTransposeD", {x, f}, {{"pads", Ints{9, 9, 0, 0}}});
  b.refused("would have the size");
  b.node("Conv2DTransposeD", {x, b.input({5, 2, 3, 3})});
  b.refused("expects 5");
}

TEST(ImageShape, DeformableConv) {
  Builder b;
  const ValueId x = b.input({1, 4, 6, 6});
  const ValueId f = b.input({8, 4, 3, 3});
  EXPECT_EQ(b.dims(b.node("DeformableConv2D", {x, f, b.input({1, 36, 4, 4})},
                          {{"deformable_groups", int64_t{2}}})),
            (Dims{1, 8, 4, 4}));
  b.node("DeformableConv2D", {x, f, b.input({1, 18, 4, 4})}, {{"deformable_groups", int64_t{2}}});
  b.refused("must be 36");
}

TEST(ImageShape, Pools) {
  Builder b;
  const ValueId x = b.input({2, 3, 7, 8, 9}, DataType::kInt8);
  const ValueId y = b.node("MaxPool3DWithArgmaxV2", {x}, {{"ksize", Ints{1, 1, 3, 2, 2}}}, 2);
  EXPECT_EQ(b.dims(y), (Dims{2, 3, 5, 7, 8}));
  EXPECT_EQ(b.graph.value(y).dtype, DataType::kInt8);
  EXPECT_EQ(b.graph.value(y + 1).dtype, DataType::kInt64);
  b.node("AvgPool3D", {x}, {{"ksize", Ints{1, 1, 3, 2, 2}}});
  b.refused("floating-point");
  EXPECT_EQ(b.dims(b.node("GlobalLpPool", {b.input({2, 3, 5})})), (Dims{2, 3, 1}));
}

TEST(ImageShape, MaxUnpool) {
  Builder b;
  const ValueId x = b.input({1, 1, 2, 2});
  const ValueId at = b.input({1, 1, 2, 2}, DataType::kInt64);
  const std::initializer_list<std::pair<const char*, AttrValue>> window = {{"ksize", Ints{2, 2}},
                                                                           {"strides", Ints{2, 2}}};
  EXPECT_EQ(b.dims(b.node("MaxUnpool", {x, at}, window)), (Dims{1, 1, 4, 4}));
  EXPECT_EQ(b.dims(b.node("MaxUnpool", {x, at, b.list({1, 1, 5, 4})}, window)), (Dims{1, 1, 5, 4}));
  EXPECT_EQ(b.dims(b.node("MaxUnpool", {x, at, b.input({4}, DataType::kInt64)}, window)),
            (Dims{-1, -1, -1, -1}));
  b.node("MaxUnpool", {x, at, b.list({1, 1, 3, 4})}, window);
  b.refused("which is larger");
}

TEST(ImageShape, Resize) {
  Builder b;
  const ValueId x = b.input({1, 3, 9, 10});
  EXPECT_EQ(b.dims(b.node("Resize", {x, kNoValue, b.floats({1, 1, 1.0f / 3, 2.55f})})),
            (Dims{1, 3, 3, 25}));
  EXPECT_EQ(
      b.dims(b.node("Resize", {x, kNoValue, kNoValue, b.list({7, 4})}, {{"axes", Ints{-1, 2}}})),
      (Dims{1, 3, 4, 7}));
  const auto fitted = [&](const char* policy) {
    return b.dims(
        b.node("Resize", {x, kNoValue, kNoValue, b.list({18, 30})},
               {{"axes", Ints{2, 3}}, {"keep_aspect_ratio_policy", std::string(policy)}}));
  };
  EXPECT_EQ(fitted("not_larger"), (Dims{1, 3, 18, 20}));
  EXPECT_EQ(fitted("not_smaller"), (Dims{1, 3, 27, 30}));
  // Sizes that only the run knows leave their dimensions open.
  EXPECT_EQ(b.dims(b.node("Resize", {x, kNoValue, kNoValue, b.input({2}, DataType::kInt64)},
                          {{"axes", Ints{2, 3}}})),
            (Dims{1, 3, -1, -1}));
  EXPECT_EQ(b.dims(b.node("Resize", {b.input({-1, 3, 9, -1}), kNoValue, b.floats({1, 1, 2, 2})})),
            (Dims{-1, 3, 18, -1}));
  b.node("Resize", {x, kNoValue, b.floats({1, 1, 2})});
  b.refused("scales has 3 numbers");
  b.node("Resize", {x, kNoValue, b.floats({1, 1, 2, 0})});
  b.refused("scale 3 is 0");
  b.node("Resize", {x, kNoValue, b.floats({1, 1, 1e30f, 1})});
  b.refused("is no size");
  b.node("Resize", {x});
  b.refused("none is");
  b.node("Resize", {x, kNoValue, b.floats({1, 1, 2, 2})}, {{"mode", std::string("sinc")}});
  b.refused("'sinc'");
}

TEST(ImageShape, Sampling) {
  Builder b;
  EXPECT_EQ(b.dims(b.node("GridSampler2D", {b.input({2, 3, 4, 5}), b.input({2, 6, 7, 2})})),
            (Dims{2, 3, 6, 7}));
  b.node("GridSampler2D", {b.input({2, 3, 4, 5}), b.input({2, 6, 7, 3})});
  b.refused("must be 2");
  EXPECT_EQ(b.dims(b.node("AffineGrid", {b.input({2, 3, 4}), b.list({2, 9, 4, 5, 6})})),
            (Dims{2, 4, 5, 6, 3}));
  EXPECT_EQ(
      b.dims(b.node("ROIAlign",
                    {b.input({1, 8, 20, 20}), b.input({-1, 4}), b.input({-1}, DataType::kInt64)},
                    {{"pooled_height", int64_t{7}}, {"pooled_width", int64_t{6}}})),
      (Dims{-1, 8, 7, 6}));
  EXPECT_EQ(b.dims(b.node("ROIPooling", {b.input({1, 8, 20, 20}), b.input({5, 5})},
                          {{"pooled_h", int64_t{3}}})),
            (Dims{5, 8, 3, 1}));
}

TEST(ImageShape, Blocks) {
  Builder b;
  EXPECT_EQ(b.dims(b.node("DepthToSpace", {b.input({1, 18, 2, -1})}, {{"block_size", int64_t{3}}})),
            (Dims{1, 2, 6, -1}));
  b.node("DepthToSpace", {b.input({1, 10, 2, 2})}, {{"block_size", int64_t{3}}});
  b.refused("10 channels");
  EXPECT_EQ(b.dims(b.node("SpaceToDepth", {b.input({1, 2, 6, 3})}, {{"block_size", int64_t{3}}})),
            (Dims{1, 18, 2, 1}));
  EXPECT_EQ(b.dims(b.node("Col2im", {b.input({1, 12, 16}), b.list({5, 6}), b.list({2, 3})})),
            (Dims{1, 2, 5, 6}));
  b.node("Col2im", {b.input({1, 12, 16}), b.list({5, 6}), b.list({2, 9})});
  b.refused("larger than output_size");
  EXPECT_EQ(b.dims(b.node("CenterCropPad", {b.input({4, 5, 6}), b.list({9, 3})},
                          {{"axes", Ints{-1, 0}}})),
            (Dims{3, 5, 9}));
}

}  // namespace
}  // namespace poacl
