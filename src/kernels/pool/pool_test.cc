// Every pooling kernel against the reference, and the reference against hand-made values.
#include <cmath>
#include <string>
#include <vector>

#include "kernels/families.h"
#include "kernels/kernel_test_util.h"

namespace poacl {
namespace {

using kernel_test::expect_all_match;
using kernel_test::float_tensor;
using kernel_test::random_tensor;
using kernel_test::TestOp;

struct Shape {
  int64_t n, c, h, w, k, s;
  std::vector<int64_t> pads = {0, 0, 0, 0};
  bool ceil = false;
};

int64_t out_size(const Shape& s, int64_t in, int64_t begin, int64_t end) {
  const int64_t room = in + begin + end - s.k;
  int64_t out = (s.ceil ? (room + s.s - 1) / s.s : room / s.s) + 1;
  // As ONNX has it: the last window begins inside the image or its leading padding.
  if (s.ceil && (out - 1) * s.s >= in + begin) --out;
  return out;
}

TestOp make_pool(const std::string& type, const Shape& s, bool exclusive) {
  TestOp op;
  op.type = type;
  op.attrs.set("ksize", std::vector<int64_t>{1, 1, s.k, s.k});
  op.attrs.set("strides", std::vector<int64_t>{1, 1, s.s, s.s});
  op.attrs.set("pads", s.pads);
  op.attrs.set("padding_mode", std::string("CALCULATED"));
  op.attrs.set("ceil_mode", s.ceil);
  op.attrs.set("exclusive", exclusive);
  op.inputs.push_back({random_tensor({s.n, s.c, s.h, s.w}, 1)});
  op.outputs.push_back(
      {DataType::kFloat,
       {s.n, s.c, out_size(s, s.h, s.pads[0], s.pads[1]), out_size(s, s.w, s.pads[2], s.pads[3])}});
  return op;
}

const Shape kShapes[] = {
    {1, 64, 12, 12, 3, 2, {1, 1, 1, 1}},
    {3, 20, 7, 9, 2, 2},
    {1, 5, 6, 6, 3, 2, {0, 0, 0, 0}, true},
    {2, 33, 9, 8, 3, 2, {1, 1, 1, 1}, true},
    {1, 16, 1, 1, 1, 1},
    {1, 16, 5, 5, 5, 1},
    {1, 17, 13, 5, 2, 5},
    {1, 8, 4, 4, 3, 1, {2, 2, 2, 2}},
    {2, 3, 10, 11, 5, 3, {2, 1, 0, 2}},
    // Rows longer than the columns a kernel keeps, and windows wider than these.
    {1, 3, 5, 230, 3, 2, {1, 1, 1, 1}},
    {1, 17, 7, 199, 7, 1, {3, 3, 3, 3}},
    {1, 2, 52, 120, 50, 4, {0, 0, 7, 9}, true},
    {1, 4, 4, 193, 2, 2},
};

TEST(Pool, Maximum) {
  for (const Shape& s : kShapes) {
    EXPECT_FALSE(expect_all_match(pool_kernels(), make_pool("MaxPoolV3", s, true)).empty());
  }
}

TEST(Pool, Average) {
  for (const Shape& s : kShapes) {
    for (const bool exclusive : {true, false}) {
      EXPECT_FALSE(expect_all_match(pool_kernels(), make_pool("AvgPoolV2", s, exclusive)).empty());
    }
  }
}

TEST(Pool, Global) {
  for (const Dims& x : {Dims{1, 64, 7, 7}, Dims{3, 21, 5, 1}, Dims{2, 1, 1, 1}}) {
    TestOp op;
    op.type = "GlobalAveragePool";
    op.inputs.push_back({random_tensor(x, 1)});
    op.outputs.push_back({DataType::kFloat, {x[0], x[1], 1, 1}});
    EXPECT_FALSE(expect_all_match(pool_kernels(), op).empty());
    op.type = "MaxPoolV3";
    op.attrs.set("global_pooling", true);
    EXPECT_FALSE(expect_all_match(pool_kernels(), op).empty());
  }
}

TEST(Pool, WindowsOfPaddingOnly) {
  // Only the reference takes these.
  EXPECT_TRUE(expect_all_match(pool_kernels(),
                               make_pool("MaxPoolV3", {1, 8, 4, 4, 2, 1, {3, 0, 0, 3}}, true))
                  .empty());
}

TEST(Pool, NotANumberReachesTheMaximum) {
  TestOp op = make_pool("MaxPoolV3", {1, 1, 3, 3, 2, 1}, true);
  for (int at = 0; at < 9; ++at) {
    std::vector<float> x = {1, 2, 3, 4, 5, 6, 7, 8, 9};
    x[static_cast<size_t>(at)] = std::nanf("");
    op.inputs[0].tensor = float_tensor({1, 1, 3, 3}, x);
    EXPECT_FALSE(expect_all_match(pool_kernels(), op).empty());
  }
}

std::vector<float> reference(const TestOp& op) {
  const auto result = kernel_test::run_reference(pool_kernels(), op);
  EXPECT_TRUE(result.ok()) << result.status().message();
  if (!result.ok()) return {};
  const auto y = (*result)[0].as<float>();
  return {y.begin(), y.end()};
}

TEST(Pool, AveragesCountWhatTheyShould) {
  TestOp op = make_pool("AvgPoolV2", {1, 1, 3, 3, 2, 2, {1, 0, 1, 0}, true}, true);
  op.inputs[0].tensor = float_tensor({1, 1, 3, 3}, {1, 2, 3, 4, 5, 6, 7, 8, 9});
  EXPECT_EQ(reference(op), (std::vector<float>{1, 2.5f, 5.5f, 7}));
  op.attrs.set("exclusive", false);
  EXPECT_EQ(reference(op), (std::vector<float>{0.25f, 1.25f, 2.75f, 7}));
  // What ceil_mode adds beyond the padding does not count.
  op = make_pool("AvgPoolV2", {1, 1, 3, 3, 2, 2, {0, 0, 0, 0}, true}, false);
  op.inputs[0].tensor = float_tensor({1, 1, 3, 3}, {1, 2, 3, 4, 5, 6, 7, 8, 9});
  EXPECT_EQ(reference(op), (std::vector<float>{3, 4.5f, 7.5f, 9}));
}

}  // namespace
}  // namespace poacl
