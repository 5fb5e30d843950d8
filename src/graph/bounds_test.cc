// Upper bounds of dimensions that are known at run time only.
#include <gtest/gtest.h>

#include "graph/shape_inference.h"

namespace poacl {
namespace {

Tensor ints(const std::vector<int64_t>& values) {
  return Tensor::from<int64_t>(DataType::kInt64, {static_cast<int64_t>(values.size())}, values);
}

class Bounds : public ::testing::Test {
 protected:
  // x: float [bound 10, 4]; its first dimension is open.
  Bounds() {
    x_ = graph_.add_input("x", DataType::kFloat, {-1, 4});
    graph_.value(x_).max_dims = {10, -1};
  }
  const Value& infer(const char* type, std::vector<ValueId> inputs, AttrMap attrs = {}) {
    const NodeId id = graph_.add_node(type, type, std::move(inputs), {"y"}, std::move(attrs));
    const Status status = infer_node(graph_, graph_.node(id));
    EXPECT_TRUE(status.ok()) << status.message();
    return graph_.value(graph_.node(id).outputs[0]);
  }
  ValueId constant(const std::vector<int64_t>& values) {
    return graph_.add_constant("c", ints(values));
  }
  static Dims most(const Value& value) {
    return most_dims(value.dims, value.max_dims).value_or(Dims{-99});
  }

  Graph graph_;
  ValueId x_ = kNoValue;
};

TEST_F(Bounds, FollowTheShapesOfOperators) {
  EXPECT_EQ(most(infer("Relu", {x_})), Dims({10, 4}));
  const ValueId row = graph_.add_input("row", DataType::kFloat, {1, 4});
  EXPECT_EQ(most(infer("Add", {x_, row})), Dims({10, 4}));
  AttrMap perm;
  perm.set("perm", std::vector<int64_t>{1, 0});
  EXPECT_EQ(most(infer("TransposeD", {x_}, perm)), Dims({4, 10}));
  AttrMap axis;
  axis.set("concat_dim", int64_t{0});
  const Value& joined = infer("ConcatD", {x_, x_}, axis);
  EXPECT_EQ(joined.dims, Dims({-1, 4}));
  EXPECT_EQ(most(joined), Dims({20, 4}));
  EXPECT_EQ(most(infer("Reshape", {x_, constant({-1, 2})})), Dims({20, 2}));
}

TEST_F(Bounds, OfASliceHoldForEverySmallerInput) {
  // 7 to 5 of 10 rows is nothing, but 1 to 5 of 4 rows is three.
  const Value& mixed = infer("StridedSliceV2", {x_, constant({-3}), constant({5})});
  EXPECT_EQ(mixed.dims, Dims({-1, 4}));
  EXPECT_EQ(most(mixed), Dims({10, 4}));
  EXPECT_EQ(most(infer("StridedSliceV2", {x_, constant({0}), constant({3})})), Dims({3, 4}));
  EXPECT_EQ(most(infer("StridedSliceV2", {x_, constant({-2}), constant({-1})})), Dims({1, 4}));
}

TEST_F(Bounds, OfASliceAtRunTimeAreItsInput) {
  const ValueId end = graph_.add_input("end", DataType::kInt64, {1});
  const Value& y = infer("StridedSliceV2", {x_, constant({0}), end, constant({1})});
  EXPECT_EQ(y.dims, Dims({-1, -1}));
  EXPECT_EQ(most(y), Dims({10, 4}));
}

TEST_F(Bounds, AreMissingWhereAnInputHasNone) {
  graph_.value(x_).max_dims.clear();
  EXPECT_EQ(most(infer("Relu", {x_})), Dims({-99}));
  const ValueId shape = graph_.add_input("shape", DataType::kInt64, {2});
  EXPECT_EQ(most(infer("Reshape", {x_, shape})), Dims({-99}));
}

TEST_F(Bounds, DoNotChangeWhatIsInferred) {
  AttrMap attrs;
  attrs.set("concat_dim", int64_t{-1});
  const Value& y = infer("ConcatD", {x_, x_}, attrs);
  EXPECT_EQ(y.dims, Dims({-1, 8}));
  EXPECT_FALSE(y.fully_known());
}

}  // namespace
}  // namespace poacl
