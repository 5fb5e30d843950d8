#include "graph/shape_inference.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "graph/op_def.h"

namespace poacl {
namespace {

using Ints = std::vector<int64_t>;

// A graph under construction, with one node inferred at a time.
struct Builder {
  Graph graph;
  Status status;

  ValueId input(Dims dims, DataType type = DataType::kFloat) {
    return graph.add_input("x" + std::to_string(graph.value_count()), type, std::move(dims));
  }
  ValueId ints(Dims dims, const Ints& values) {
    return graph.add_constant("c" + std::to_string(graph.value_count()),
                              Tensor::from<int64_t>(DataType::kInt64, std::move(dims), values));
  }
  ValueId list(const Ints& values) { return ints({static_cast<int64_t>(values.size())}, values); }
  ValueId node(const std::string& type, std::vector<ValueId> inputs, AttrMap attrs = {},
               size_t outputs = 1) {
    const NodeId id = graph.add_node("n", type, std::move(inputs),
                                     std::vector<std::string>(outputs, "y"), std::move(attrs));
    status = infer_node(graph, graph.node(id));
    return graph.node(id).outputs[0];
  }
  const Dims& dims(ValueId id) { return graph.value(id).dims; }
};

AttrMap attrs(std::initializer_list<std::pair<const char*, AttrValue>> values) {
  AttrMap map;
  for (const auto& [name, value] : values) map.set(name, value);
  return map;
}

void expect_error(const Status& status, std::string_view part) {
  ASSERT_FALSE(status.ok()) << "expected: " << part;
  EXPECT_NE(status.message().find(part), std::string_view::npos) << status.message();
  EXPECT_NE(status.message().find("node 'n"), std::string_view::npos) << status.message();
}

TEST(ConvShape, PadsStridesDilationsGroups) {
  Builder b;
  const ValueId y = b.node("Conv2D", {b.input({2, 8, 17, 19}), b.input({12, 4, 3, 5})},
                           attrs({{"strides", Ints{1, 1, 2, 1}},
                                  {"pads", Ints{1, 0, 2, 2}},
                                  {"dilations", Ints{1, 1, 1, 2}},
                                  {"groups", int64_t{2}}}));
  ASSERT_TRUE(b.status.ok()) << b.status.message();
  EXPECT_EQ(b.dims(y), (Dims{2, 12, 8, 15}));
}

TEST(ConvShape, AutoPadBecomesPads) {
  for (const char* mode : {"SAME_UPPER", "SAME_LOWER"}) {
    Builder b;
    const ValueId y =
        b.node("Conv2D", {b.input({1, 3, 7, 8}), b.input({4, 3, 3, 3})},
               attrs({{"strides", Ints{1, 1, 2, 2}}, {"auto_pad", std::string(mode)}}));
    ASSERT_TRUE(b.status.ok());
    EXPECT_EQ(b.dims(y), (Dims{1, 4, 4, 4}));
    const AttrMap& resolved = b.graph.nodes().back().attrs;
    EXPECT_FALSE(resolved.has("auto_pad"));
    const bool upper = std::string_view(mode) == "SAME_UPPER";
    EXPECT_EQ(resolved.get_ints("pads"), upper ? (Ints{1, 1, 0, 1}) : (Ints{1, 1, 1, 0}));
  }
}

TEST(ConvShape, HostileAttributesAreNamed) {
  const struct {
    AttrMap attrs;
    const char* part;
  } cases[] = {
      {attrs({{"strides", Ints{1, 1, 0, 1}}}), "strides is [1,1,0,1]"},
      {attrs({{"strides", Ints{2, 2}}}), "strides is [2,2]"},
      {attrs({{"pads", Ints{-1, 0, 0, 0}}}), "pads is [-1,0,0,0]"},
      {attrs({{"pads", Ints{INT64_MAX, INT64_MAX, 0, 0}}}), "pads is"},
      {attrs({{"dilations", Ints{1, 1, INT64_MAX, 1}}}), "dilations is"},
      {attrs({{"dilations", Ints{1, 1, 100, 1}}}), "larger than the padded input"},
      {attrs({{"groups", int64_t{0}}}), "groups is 0"},
      {attrs({{"groups", int64_t{3}}}), "3 groups"},
      {attrs({{"groups", int64_t{2}}}), "expects 6"},
      {attrs({{"groups", 1.0f}}), "attribute 'groups' is of kind float"},
      {attrs({{"auto_pad", std::string("WRONG")}}), "auto_pad is 'WRONG'"},
  };
  for (const auto& c : cases) {
    Builder b;
    b.node("Conv2D", {b.input({1, 3, 8, 8}), b.input({4, 3, 3, 3})}, c.attrs);
    expect_error(b.status, c.part);
  }
  Builder b;
  b.node("Conv2D", {b.input({1, 3, 8}), b.input({4, 3, 3, 3})});
  expect_error(b.status, "x must have rank 4");
  b.node("Conv2D", {b.input({1, 3, 8, 8})});
  expect_error(b.status, "1 are given");
  b.node("Conv2D", {b.input({1, 3, 8, 8}), kNoValue});
  expect_error(b.status, "'filter' is absent");
}

TEST(PoolShape, CeilModeKeepsTheLastWindowInside) {
  Builder b;
  const ValueId x = b.input({1, 4, 6, 6});
  const auto pool = [&](int64_t k, int64_t s, int64_t pad, bool ceil) {
    return b.dims(b.node("MaxPoolV3", {x},
                         attrs({{"ksize", Ints{1, 1, k, k}},
                                {"strides", Ints{1, 1, s, s}},
                                {"pads", Ints{pad, pad, pad, pad}},
                                {"ceil_mode", ceil}})))[2];
  };
  EXPECT_EQ(pool(3, 2, 0, false), 2);
  EXPECT_EQ(pool(3, 2, 0, true), 3);
  EXPECT_EQ(pool(2, 3, 1, true), 3);
  EXPECT_EQ(pool(1, 4, 0, true), 2);
  b.node("MaxPoolV3", {x}, attrs({{"ksize", Ints{1, 1, 2, 2}}, {"pads", Ints{2, 2, 2, 2}}}));
  expect_error(b.status, "smaller than the window");
  b.node("AvgPoolV2", {x});
  expect_error(b.status, "ksize is []");
}

TEST(ViewShape, ReshapeCopiesAndInfers) {
  Builder b;
  const ValueId x = b.input({2, 3, 4});
  EXPECT_EQ(b.dims(b.node("Reshape", {x, b.list({0, -1})})), (Dims{2, 12}));
  EXPECT_EQ(b.dims(b.node("Reshape", {x, b.list({-1})})), (Dims{24}));
  b.node("Reshape", {x, b.list({5, -1})});
  expect_error(b.status, "cannot hold");
  b.node("Reshape", {x, b.list({-1, -1})});
  expect_error(b.status, "more than one");
  b.node("Reshape", {x, b.list({INT64_MAX, INT64_MAX})});
  expect_error(b.status, "too many");
  b.node("Reshape", {x, b.list({0, 0, 0, 0})});
  expect_error(b.status, "copies dimension 3");
  EXPECT_EQ(b.dims(b.node("Flatten", {x}, attrs({{"axis", int64_t{-1}}}))), (Dims{6, 4}));
  EXPECT_EQ(b.dims(b.node("Unsqueeze", {x}, attrs({{"axes", Ints{-1, 0}}}))),
            (Dims{1, 2, 3, 4, 1}));
  b.node("Unsqueeze", {x}, attrs({{"axes", Ints{0, 0}}}));
  expect_error(b.status, "twice");
  b.node("Squeeze", {x}, attrs({{"axis", Ints{1}}}));
  expect_error(b.status, "size is 3");
}

TEST(BroadcastShape, NumpyRulesAndTypes) {
  Builder b;
  const ValueId x = b.input({2, 3, 4});
  EXPECT_EQ(b.dims(b.node("Add", {x, b.input({3, 1})})), (Dims{2, 3, 4}));
  b.node("Add", {x, b.input({2, 1})});
  expect_error(b.status, "cannot be broadcast");
  b.node("Add", {x, b.input({4}, DataType::kInt32)});
  expect_error(b.status, "int32");
  const ValueId less = b.node("Less", {x, x});
  EXPECT_EQ(b.graph.value(less).dtype, DataType::kBool);
}

TEST(HostileShapes, TooManyElementsAndDimensions) {
  Builder b;
  const ValueId big = b.input({1 << 15, 1, 1 << 15});
  b.node("Add", {big, b.input({1, 1 << 15, 1})});
  expect_error(b.status, "more than 2147483648 elements");
  b.node("Relu", {b.input(Dims(9, 1))});
  expect_error(b.status, "9 dimensions");
  b.node("Relu", {b.input({2, -7})});
  expect_error(b.status, "negative dimension -7");
  b.node("Tile", {b.input({2}), b.list({INT64_MAX})});
  expect_error(b.status, "multiples");
  b.node("Fill", {b.list({INT64_MAX, 2}), b.ints({}, {1})});
  expect_error(b.status, "elements");
  b.node("PadV3", {b.input({2}), b.ints({1, 2}, {INT64_MAX, INT64_MIN})});
  expect_error(b.status, "out of range");
  b.node("Range", {b.ints({}, {0}), b.ints({}, {INT64_MAX}), b.ints({}, {1})});
  expect_error(b.status, "range");
  b.node("Range", {b.ints({}, {0}), b.ints({}, {5}), b.ints({}, {0})});
  expect_error(b.status, "range");
  b.node("GatherV2", {b.input({3}), b.ints({}, {3})});
  expect_error(b.status, "index 3 is out of range");
  b.node("StridedSliceV2", {b.input({3}), b.list({0}), b.list({1}), b.list({0}), b.list({0})});
  expect_error(b.status, "contains 0");
  b.node("NoSuchOperator", {b.input({3})});
  expect_error(b.status, "no operator 'NoSuchOperator'");
}

TEST(HostileShapes, ConstantShorterThanItsShape) {
  Builder b;
  Tensor tensor = Tensor::from<int64_t>(DataType::kInt64, {2}, Ints{1, 2});
  tensor.dims = {1000};
  const ValueId c = b.graph.add_constant("short", tensor);
  b.node("Neg", {c});
  expect_error(b.status, "too few");
}

TEST(Folding, ExportersShapeArithmeticEndsAsAConstant) {
  // x.view(x.size(0), -1) as exporters write it.
  Builder b;
  const ValueId x = b.input({2, 3, 4});
  const ValueId shape = b.node("Shape", {x});
  const ValueId first = b.node("GatherV2", {shape, b.ints({}, {0}), b.ints({}, {0})});
  const ValueId list = b.node("Unsqueeze", {first}, attrs({{"axes", Ints{0}}}));
  const ValueId wanted =
      b.node("ConcatD", {list, b.list({-1})}, attrs({{"concat_dim", int64_t{0}}}));
  ASSERT_TRUE(b.status.ok()) << b.status.message();
  ASSERT_TRUE(b.graph.value(wanted).is_constant());
  const ValueId y = b.node("Reshape", {x, wanted});
  EXPECT_EQ(b.dims(y), (Dims{2, 12}));
  b.graph.outputs = {y};
  ASSERT_TRUE(b.graph.compact().ok());
  ASSERT_EQ(b.graph.nodes().size(), 1u);
  EXPECT_EQ(b.graph.node(0).type, "Reshape");
  EXPECT_TRUE(infer_shapes(b.graph).ok());
}

TEST(Folding, SlicesCastsAndArithmetic) {
  Builder b;
  const ValueId shape = b.node("Shape", {b.input({2, 3, 14, 20})});
  const ValueId hw = b.node("StridedSliceV2", {shape, b.list({2}), b.list({INT64_MAX})});
  const ValueId as_float = b.node("Cast", {hw}, attrs({{"dst_type", DataType::kFloat}}));
  const float two[] = {2.5f};
  const ValueId scale =
      b.graph.add_constant("scale", Tensor::from<float>(DataType::kFloat, {}, two));
  const ValueId scaled = b.node("Floor", {b.node("Mul", {as_float, scale})});
  const ValueId ints = b.node("Cast", {scaled}, attrs({{"dst_type", DataType::kInt64}}));
  const Value& value = b.graph.value(ints);
  ASSERT_TRUE(value.is_constant()) << b.status.message();
  EXPECT_EQ(value.constant->as<int64_t>()[0], 35);
  EXPECT_EQ(value.constant->as<int64_t>()[1], 50);
}

TEST(Folding, HugeResultsAreLeftToRunTime) {
  Builder b;
  const ValueId y = b.node("Fill", {b.list({1 << 20, 1 << 10}), b.ints({}, {7})});
  ASSERT_TRUE(b.status.ok());
  EXPECT_FALSE(b.graph.value(y).is_constant());
  EXPECT_EQ(b.dims(y), (Dims{1 << 20, 1 << 10}));
}

TEST(InferShapes, UnknownDimensionsStayUnknown) {
  Builder b;
  const ValueId x = b.input({-1, 3, 8, 8});
  const ValueId y = b.node("Conv2D", {x, b.input({4, 3, 3, 3})});
  EXPECT_EQ(b.dims(y), (Dims{-1, 4, 6, 6}));
  EXPECT_EQ(b.dims(b.node("Flatten", {y})), (Dims{-1, 144}));
  EXPECT_FALSE(b.graph.value(b.node("Shape", {y})).is_constant());
}

TEST(InferShapes, NodesOutOfOrderAreReported) {
  Graph graph;
  const ValueId x = graph.add_input("x", DataType::kFloat, {1});
  const ValueId late = graph.add_value("late");
  graph.add_node("first", "Relu", {late}, {"y"});
  const NodeId second = graph.add_node("second", "Relu", {x}, {"z"});
  graph.node(second).outputs = {late};
  const Status status = infer_shapes(graph);
  ASSERT_FALSE(status.ok());
  EXPECT_NE(status.message().find("before anything produces it"), std::string_view::npos);
}

TEST(InferShapes, EveryOperatorSurvivesNonsense) {
  // Whatever the inputs, inference answers; it does not crash.
  for (const OpDef* def : all_ops()) {
    for (const Dims& dims :
         {Dims{}, Dims{0}, Dims{3}, Dims{2, 3}, Dims{1, 2, 3, 4}, Dims{-1, -1}}) {
      for (const DataType type : {DataType::kFloat, DataType::kInt64, DataType::kBool}) {
        for (const bool constant : {false, true}) {
          for (size_t count = 0; count <= def->inputs.size() + 1; ++count) {
            if (constant && element_count(dims) < 0) continue;
            Builder b;
            std::vector<ValueId> inputs;
            for (size_t i = 0; i < count; ++i) {
              if (!constant) {
                inputs.push_back(b.input(dims, type));
                continue;
              }
              const auto bytes = static_cast<size_t>(element_count(dims)) * data_type_size(type);
              const std::string data(bytes, '\1');
              inputs.push_back(b.graph.add_constant(
                  "c", Tensor{type, dims, ConstBuffer::copy_of(data.data(), bytes)}));
            }
            b.node(def->type.data(), inputs);
            AttrMap odd;
            for (const AttrDef& attr : def->attrs) {
              odd.set(std::string(attr.name), attr.default_value);
              if (attr.default_value.index() == 0) odd.set(std::string(attr.name), INT64_MIN);
              if (attr.default_value.index() == 4)
                odd.set(std::string(attr.name), Ints{-9, 0, INT64_MAX, 1});
            }
            b.node(def->type.data(), inputs, odd, 2);
          }
        }
      }
    }
  }
}

// A small file can ask for a lot of arithmetic on constants: that is left for run time.
TEST(Folding, WorkIsBounded) {
  constexpr int64_t kChannels = 300'000;
  Graph graph;
  void* memory = nullptr;
  const Tensor zeros{DataType::kFloat,
                     {1, kChannels, 1, 1},
                     ConstBuffer::allocate(kChannels * sizeof(float), &memory)};
  const ValueId x = graph.add_constant("x", zeros);
  AttrMap attrs;
  attrs.set("depth_radius", kChannels);
  const ValueId y =
      graph.node(graph.add_node("lrn", "LRN", {x}, {"y"}, std::move(attrs))).outputs[0];
  graph.outputs = {y};
  ASSERT_TRUE(infer_shapes(graph).ok());
  EXPECT_FALSE(graph.value(y).is_constant());
  EXPECT_EQ(graph.value(y).dims, zeros.dims);
}

}  // namespace
}  // namespace poacl
