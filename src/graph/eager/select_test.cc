#include <gtest/gtest.h>

#include <limits>

#include "base/half.h"
#include "graph/eager/eager_test_util.h"

namespace poacl {
namespace {

using Ints = std::vector<int64_t>;

Tensor floats(Dims dims, const std::vector<float>& values) {
  return Tensor::from<float>(DataType::kFloat, std::move(dims), values);
}

template <typename T>
std::vector<T> list(const Tensor& tensor) {
  const auto values = tensor.as<T>();
  return {values.begin(), values.end()};
}

struct Ran {
  Status status;
  std::vector<Tensor> outputs;
};

Ran run(const char* type, const std::vector<Tensor>& inputs, size_t count = 1, AttrMap attrs = {}) {
  TestEagerContext context;
  Ran ran;
  ran.status = run_eager(context, type, std::move(attrs), inputs, count, &ran.outputs);
  return ran;
}

AttrMap with(const char* name, AttrValue value) {
  AttrMap attrs;
  attrs.set(name, std::move(value));
  return attrs;
}

TEST(NonZero, RowMajorCoordinates) {
  const Ran ran = run("NonZero", {floats({2, 2, 2}, {0, 1, 0, -2, 3, 0, 0, 4})});
  ASSERT_TRUE(ran.status.ok()) << ran.status.message();
  EXPECT_EQ(ran.outputs[0].dims, (Dims{3, 4}));
  EXPECT_EQ(list<int64_t>(ran.outputs[0]), (Ints{0, 0, 1, 1, 0, 1, 0, 1, 1, 1, 0, 1}));
  const Ran transposed = run("NonZero", {floats({2, 2}, {0, 1, 1, 0})}, 1, with("transpose", true));
  EXPECT_EQ(list<int64_t>(transposed.outputs[0]), (Ints{0, 1, 1, 0}));
}

TEST(NonZero, ScalarsEmptyTensorsAndHalf) {
  EXPECT_EQ(run("NonZero", {floats({}, {5})}).outputs[0].dims, (Dims{1, 1}));
  EXPECT_EQ(run("NonZero", {floats({}, {0})}).outputs[0].dims, (Dims{1, 0}));
  EXPECT_EQ(run("NonZero", {floats({0, 3}, {})}).outputs[0].dims, (Dims{2, 0}));
  const uint16_t halves[] = {0x8000, float_to_half(1.0f), 0x7e00, 0};  // -0, 1, NaN, 0
  const Ran ran = run("NonZero", {Tensor::from<uint16_t>(DataType::kFloat16, {4}, halves)}, 1,
                      with("dtype", DataType::kInt32));
  EXPECT_EQ(list<int32_t>(ran.outputs[0]), (std::vector<int32_t>{1, 2}));
}

TEST(Unique, SortedOrByFirstAppearance) {
  const Tensor x = floats({2, 3}, {2, 1, 1, 3, 4, 3});
  const Ran sorted = run("UniqueWithCountsAndSorting", {x}, 4);
  ASSERT_TRUE(sorted.status.ok()) << sorted.status.message();
  EXPECT_EQ(list<float>(sorted.outputs[0]), (std::vector<float>{1, 2, 3, 4}));
  EXPECT_EQ(list<int64_t>(sorted.outputs[1]), (Ints{1, 0, 0, 2, 3, 2}));
  EXPECT_EQ(list<int64_t>(sorted.outputs[2]), (Ints{2, 1, 2, 1}));
  EXPECT_EQ(list<int64_t>(sorted.outputs[3]), (Ints{1, 0, 3, 4}));
  const Ran first = run("UniqueWithCountsAndSorting", {x}, 4, with("sorted", false));
  EXPECT_EQ(list<float>(first.outputs[0]), (std::vector<float>{2, 1, 3, 4}));
  EXPECT_EQ(list<int64_t>(first.outputs[1]), (Ints{0, 1, 1, 2, 3, 2}));
  EXPECT_EQ(list<int64_t>(first.outputs[3]), (Ints{0, 1, 3, 4}));
}

TEST(Unique, SlicesAlongAnAxis) {
  const Tensor x = floats({3, 2, 2}, {1, 9, 0, 5, 1, 3, 0, 5, 1, 9, 0, 5});
  const Ran rows = run("UniqueWithCountsAndSorting", {x}, 4, with("axis", int64_t{0}));
  EXPECT_EQ(rows.outputs[0].dims, (Dims{2, 2, 2}));
  EXPECT_EQ(list<float>(rows.outputs[0]), (std::vector<float>{1, 3, 0, 5, 1, 9, 0, 5}));
  EXPECT_EQ(list<int64_t>(rows.outputs[1]), (Ints{1, 0, 1}));
  const Ran columns = run("UniqueWithCountsAndSorting", {x}, 4, with("axis", int64_t{-2}));
  EXPECT_EQ(columns.outputs[0].dims, (Dims{3, 2, 2}));
  EXPECT_EQ(list<float>(columns.outputs[0]),
            (std::vector<float>{0, 5, 1, 9, 0, 5, 1, 3, 0, 5, 1, 9}));
  EXPECT_EQ(list<int64_t>(columns.outputs[3]), (Ints{1, 0}));
  EXPECT_FALSE(run("UniqueWithCountsAndSorting", {x}, 4, with("axis", int64_t{3})).status.ok());
}

TEST(Unique, NanIsOneValueAndEmptyIsEmpty) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const Ran ran = run("UniqueWithCountsAndSorting", {floats({5}, {nan, -1, nan, 0, -0.0f})}, 4);
  EXPECT_EQ(ran.outputs[0].dims, (Dims{3}));
  EXPECT_EQ(list<int64_t>(ran.outputs[1]), (Ints{2, 0, 2, 1, 1}));
  const Ran empty = run("UniqueWithCountsAndSorting", {floats({0}, {})}, 4);
  EXPECT_EQ(empty.outputs[0].dims, (Dims{0}));
  EXPECT_EQ(empty.outputs[3].dims, (Dims{0}));
}

// Three boxes in a row, the first two overlapping by a third of their union, and one apart.
const std::vector<float> kBoxes = {0, 0, 1, 1, 0, 0.5f, 1, 1.5f, 0, 10, 1, 11, 1, 1, 0, 0};

Ran suppress(int64_t limit, float iou, const Tensor& least, AttrMap attrs = {}) {
  const Tensor scores = floats({1, 2, 4}, {0.9f, 0.75f, 0.75f, 0.1f, 0.2f, 0.2f, 0.3f, 0.2f});
  return run("NonMaxSuppressionV7",
             {floats({1, 4, 4}, kBoxes), scores,
              Tensor::from<int64_t>(DataType::kInt64, {1}, std::span(&limit, 1)),
              floats({1}, {iou}), least},
             1, std::move(attrs));
}

TEST(NonMaxSuppression, ScoresTiesLimitsAndFlippedCorners) {
  // Box 3 is box 0 with its corners exchanged.
  const Ran all = suppress(10, 0.5f, Tensor());
  ASSERT_TRUE(all.status.ok()) << all.status.message();
  EXPECT_EQ(list<int32_t>(all.outputs[0]),
            (std::vector<int32_t>{0, 0, 0, 0, 0, 1, 0, 0, 2, 0, 1, 2, 0, 1, 0, 0, 1, 1}));
  EXPECT_EQ(list<int32_t>(suppress(10, 0.3f, Tensor()).outputs[0]),
            (std::vector<int32_t>{0, 0, 0, 0, 0, 2, 0, 1, 2, 0, 1, 0}));
  EXPECT_EQ(list<int32_t>(suppress(1, 0.5f, Tensor()).outputs[0]),
            (std::vector<int32_t>{0, 0, 0, 0, 1, 2}));
  // A score must be above the least one, not equal to it.
  EXPECT_EQ(list<int32_t>(suppress(10, 0.5f, floats({}, {0.75f})).outputs[0]),
            (std::vector<int32_t>{0, 0, 0}));
  EXPECT_EQ(suppress(0, 0.5f, Tensor()).outputs[0].dims, (Dims{0, 3}));
  EXPECT_EQ(suppress(-5, 0.5f, Tensor()).outputs[0].dims, (Dims{0, 3}));
}

TEST(NonMaxSuppression, CentersAndMistakes) {
  const Tensor boxes = floats({1, 2, 4}, {5, 5, 2, 2, 5.5f, 5, 2, 2});
  const Tensor scores = floats({1, 1, 2}, {0.1f, 0.2f});
  const int32_t limit = 3;
  const Tensor most = Tensor::from<int32_t>(DataType::kInt32, {}, std::span(&limit, 1));
  const Ran center = run("NonMaxSuppressionV7", {boxes, scores, most, floats({}, {0.55f})}, 1,
                         with("center_point_box", int64_t{1}));
  EXPECT_EQ(list<int32_t>(center.outputs[0]), (std::vector<int32_t>{0, 0, 1}));
  const auto message = [&](const std::vector<Tensor>& inputs) {
    return std::string(run("NonMaxSuppressionV7", inputs).status.message());
  };
  EXPECT_NE(message({boxes, floats({1, 1, 3}, {1, 2, 3})}).find("do not belong"),
            std::string::npos);
  EXPECT_NE(message({boxes, scores, most, floats({}, {1.5f})}).find("1.5"), std::string::npos);
  EXPECT_NE(message({boxes, scores, boxes}).find("max_output_size"), std::string::npos);
  EXPECT_EQ(run("NonMaxSuppressionV7", {floats({0, 0, 4}, {}), floats({0, 2, 0}, {}), most})
                .outputs[0]
                .dims,
            (Dims{0, 3}));
}

}  // namespace
}  // namespace poacl
