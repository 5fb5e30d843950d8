// Sampling operators against numbers worked out by hand, and against each other.
#include <cmath>
#include <string>
#include <vector>

#include "kernels/families.h"
#include "kernels/kernel_test_util.h"
#include "kernels/sample/grid_position.h"

namespace poacl {
namespace {

using kernel_test::expect_all_match;
using kernel_test::float_tensor;
using kernel_test::int64_tensor;
using kernel_test::random_tensor;
using kernel_test::run_reference;
using kernel_test::TestOp;

std::vector<float> reference(const TestOp& op) {
  expect_all_match(sample_kernels(), op);
  const auto result = run_reference(sample_kernels(), op);
  EXPECT_TRUE(result.ok()) << result.status().message();
  if (!result.ok()) return {};
  const auto y = (*result)[0].as<float>();
  return {y.begin(), y.end()};
}

// One row [1, 2, 3, 4] sampled at these coordinates.
std::vector<float> sampled(const std::string& mode, const std::string& padding, bool align,
                           const std::vector<float>& coordinates) {
  TestOp op;
  op.type = "GridSampler2D";
  op.attrs.set("interpolation_mode", mode);
  op.attrs.set("padding_mode", padding);
  op.attrs.set("align_corners", align);
  std::vector<float> grid;
  for (const float x : coordinates) grid.insert(grid.end(), {x, 0.0f});
  const auto count = static_cast<int64_t>(coordinates.size());
  op.inputs = {{float_tensor({1, 1, 1, 4}, {1, 2, 3, 4})}, {float_tensor({1, 1, count, 2}, grid)}};
  op.outputs = {{DataType::kFloat, {1, 1, 1, count}}};
  return reference(op);
}

TEST(GridSampler, Linear) {
  EXPECT_EQ(sampled("bilinear", "zeros", true, {-1, 0, 1}), (std::vector<float>{1, 2.5f, 4}));
  EXPECT_EQ(sampled("bilinear", "zeros", false, {-1, 0, 1, 3}),
            (std::vector<float>{0.5f, 2.5f, 2, 0}));
  EXPECT_EQ(sampled("bilinear", "border", false, {-1, -9, 1, 3}), (std::vector<float>{1, 1, 4, 4}));
  // Places 4.5 and 6 lie behind the last centre 3: mirrored there they are 1.5 and 0.
  EXPECT_EQ(sampled("bilinear", "reflection", true, {2, 3}), (std::vector<float>{2.5f, 1}));
}

TEST(GridSampler, NearestAndCubic) {
  EXPECT_EQ(sampled("nearest", "zeros", false, {-0.7f, -0.1f, 0.9f, 1.6f}),
            (std::vector<float>{1, 2, 4, 0}));
  EXPECT_EQ(sampled("nearest", "border", false, {-5, 5}), (std::vector<float>{1, 4}));
  const auto y = sampled("bicubic", "border", true, {-1, -1.0f / 3.0f, 0});
  EXPECT_FLOAT_EQ(y[0], 1);
  EXPECT_FLOAT_EQ(y[1], 2);
  EXPECT_FLOAT_EQ(y[2], 2.5f);
}

TEST(GridSampler, NotANumberAndFarAway) {
  const float nan = std::nanf("");
  for (const char* padding : {"zeros", "border", "reflection"}) {
    for (const char* mode : {"bilinear", "nearest", "bicubic"}) {
      for (const float y : sampled(mode, padding, false, {nan, 1e30f, -1e30f, INFINITY})) {
        EXPECT_TRUE(std::isfinite(y)) << padding << " " << mode;
      }
    }
  }
}

TEST(GridSampler, AffineGridOfIdentityCopies) {
  for (const bool align : {false, true}) {
    TestOp grid;
    grid.type = "AffineGrid";
    grid.attrs.set("align_corners", align);
    grid.inputs = {{float_tensor({1, 3, 4}, {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0})},
                   {int64_tensor({5}, {1, 2, 3, 4, 5}), true}};
    grid.outputs = {{DataType::kFloat, {1, 3, 4, 5, 3}}};
    const auto places = reference(grid);
    TestOp op;
    op.type = "GridSampler3D";
    op.attrs.set("interpolation_mode", std::string("bilinear"));
    op.attrs.set("padding_mode", std::string("zeros"));
    op.attrs.set("align_corners", align);
    const Tensor x = random_tensor({1, 2, 3, 4, 5}, 1);
    op.inputs = {{x}, {float_tensor({1, 3, 4, 5, 3}, places)}};
    op.outputs = {{DataType::kFloat, x.dims}};
    const auto result = run_reference(sample_kernels(), op);
    ASSERT_TRUE(result.ok());
    EXPECT_TRUE(kernel_test::tensors_match((*result)[0], x));
  }
}

TestOp make_roi_align(const std::vector<float>& rois, int64_t size, bool half_pixel) {
  TestOp op;
  op.type = "ROIAlign";
  op.attrs.set("half_pixel", half_pixel);
  op.attrs.set("sample_num", int64_t{2});
  op.attrs.set("spatial_scale", 1.0f);
  op.attrs.set("pool_mode", std::string("avg"));
  const auto count = static_cast<int64_t>(rois.size() / 4);
  // Rows 0 to 3, each cell its column.
  op.inputs = {{float_tensor({1, 1, 4, 4}, {0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3})},
               {float_tensor({count, 4}, rois)},
               {int64_tensor({count}, std::vector<int64_t>(static_cast<size_t>(count), 0))}};
  op.outputs = {{DataType::kFloat, {count, 1, size, size}}};
  return op;
}

TEST(RoiAlign, Averages) {
  // A slope is its value in the middle of each cell.
  EXPECT_EQ(reference(make_roi_align({0, 0, 3, 3}, 1, false)), (std::vector<float>{1.5f}));
  EXPECT_EQ(reference(make_roi_align({0.5f, 0.5f, 3.5f, 3.5f}, 2, true)),
            (std::vector<float>{0.75f, 2.25f, 0.75f, 2.25f}));
}

TEST(RoiAlign, ImagesThatDoNotExist) {
  TestOp op = make_roi_align({0, 0, 3, 3, 0, 0, 3, 3}, 1, false);
  op.inputs[2].tensor = int64_tensor({2}, {0, 7});
  EXPECT_EQ(reference(op), (std::vector<float>{1.5f, 0}));
  op.inputs[1].tensor = float_tensor({2, 4}, {std::nanf(""), 0, 3, 3, -9, -9, -8, -8});
  op.inputs[2].tensor = int64_tensor({2}, {0, 0});
  for (const float y : reference(op)) EXPECT_EQ(y, 0);
}

TEST(RoiPooling, MaximumOfParts) {
  TestOp op;
  op.type = "ROIPooling";
  std::vector<float> x;
  for (int i = 0; i < 16; ++i) x.push_back(static_cast<float>(i));
  op.inputs = {{float_tensor({1, 1, 4, 4}, x)},
               {float_tensor({3, 5}, {0, 0, 0, 3, 3, 0, 1, 1, 2, 2, 9, 0, 0, 3, 3})}};
  op.outputs = {{DataType::kFloat, {3, 1, 2, 2}}};
  EXPECT_EQ(reference(op), (std::vector<float>{5, 7, 13, 15, 5, 6, 9, 10, 0, 0, 0, 0}));
}

}  // namespace
}  // namespace poacl
