// Resize: the fast kernels against the reference, the reference against numbers worked out by hand.
#include <string>
#include <vector>

#include "kernels/families.h"
#include "kernels/kernel_test_util.h"

namespace poacl {
namespace {

using kernel_test::expect_all_match;
using kernel_test::float_tensor;
using kernel_test::int64_tensor;
using kernel_test::random_tensor;
using kernel_test::run_reference;
using kernel_test::TestInput;
using kernel_test::TestOp;

TestOp make_resize(const Tensor& x, const Dims& y, const std::string& mode,
                   const std::string& transform, Layout offered = Layout::kPlain) {
  TestOp op;
  op.type = "Resize";
  op.attrs.set("mode", mode);
  op.attrs.set("coordinate_transformation_mode", transform);
  op.inputs = {{x, false, offered},
               TestInput::absent(),
               TestInput::absent(),
               {int64_tensor({static_cast<int64_t>(y.size())}, y), true}};
  op.outputs = {{x.dtype, y}};
  return op;
}

TestOp make_scaled(const Tensor& x, const Dims& y, const std::vector<float>& scales,
                   const std::string& mode, const std::string& transform) {
  TestOp op = make_resize(x, y, mode, transform);
  op.inputs.pop_back();
  op.inputs[2] = {float_tensor({static_cast<int64_t>(scales.size())}, scales), true};
  return op;
}

std::vector<float> reference(const TestOp& op) {
  const auto result = run_reference(resize_kernels(), op);
  EXPECT_TRUE(result.ok()) << result.status().message();
  if (!result.ok()) return {};
  const auto y = (*result)[0].as<float>();
  return {y.begin(), y.end()};
}

bool has(const std::vector<std::string>& names, std::string_view part) {
  for (const std::string& name : names) {
    if (name.find(part) != std::string::npos) return true;
  }
  return false;
}

TEST(Resize, FastKernels) {
  for (const char* mode : {"nearest", "linear", "cubic"}) {
    for (const char* transform :
         {"half_pixel", "align_corners", "asymmetric", "pytorch_half_pixel"}) {
      for (const Dims& y : {Dims{2, 20, 14, 18}, Dims{2, 20, 3, 4}, Dims{2, 20, 7, 30},
                            Dims{2, 20, 1, 1}, Dims{2, 20, 7, 9}}) {
        SCOPED_TRACE(std::string(mode) + " " + transform + " " + dims_to_string(y));
        const Tensor x = random_tensor({2, 20, 7, 9}, 1);
        EXPECT_TRUE(
            has(expect_all_match(resize_kernels(), make_resize(x, y, mode, transform)), "planes"));
        for (const Layout layout : {Layout::kBlocked8, Layout::kBlocked16}) {
          EXPECT_TRUE(
              has(expect_all_match(resize_kernels(), make_resize(x, y, mode, transform, layout)),
                  "blocked") ||
              layout == Layout::kBlocked16);
        }
      }
    }
  }
}

TEST(Resize, FastKernelsOfOtherRanks) {
  EXPECT_TRUE(has(expect_all_match(resize_kernels(), make_resize(random_tensor({5, 40}, 1),
                                                                 {11, 13}, "linear", "half_pixel")),
                  "planes"));
  TestOp op =
      make_resize(random_tensor({2, 3, 4, 17, 19}, 1), {2, 3, 4, 5, 7}, "linear", "half_pixel");
  op.attrs.set("antialias", int64_t{1});
  EXPECT_TRUE(has(expect_all_match(resize_kernels(), op), "planes"));
  // More than two dimensions change: only the reference does that.
  EXPECT_TRUE(expect_all_match(resize_kernels(), make_resize(random_tensor({2, 3, 4}, 1), {3, 5, 7},
                                                             "linear", "half_pixel"))
                  .empty());
}

TEST(Resize, Linear) {
  const Tensor x = float_tensor({1, 4}, {0, 10, 20, 30});
  EXPECT_EQ(reference(make_resize(x, {1, 8}, "linear", "half_pixel")),
            (std::vector<float>{0, 2.5f, 7.5f, 12.5f, 17.5f, 22.5f, 27.5f, 30}));
  EXPECT_EQ(reference(make_resize(x, {1, 7}, "linear", "align_corners")),
            (std::vector<float>{0, 5, 10, 15, 20, 25, 30}));
  EXPECT_EQ(reference(make_resize(x, {1, 8}, "linear", "asymmetric")),
            (std::vector<float>{0, 5, 10, 15, 20, 25, 30, 30}));
  EXPECT_EQ(reference(make_resize(x, {1, 1}, "linear", "pytorch_half_pixel")),
            (std::vector<float>{0}));
  EXPECT_EQ(reference(make_resize(x, {1, 1}, "linear", "half_pixel")), (std::vector<float>{15}));
}

TEST(Resize, AntialiasTakesTheMean) {
  TestOp op = make_resize(float_tensor({6}, {0, 0, 6, 6, 0, 0}), {2}, "linear", "half_pixel");
  EXPECT_EQ(reference(op), (std::vector<float>{0, 0}));
  op.attrs.set("antialias", int64_t{1});
  // Weights 1 2 3 2 1 of ninths around cells 1 and 4, the outer ones at the edges.
  EXPECT_EQ(reference(op), (std::vector<float>{2, 2}));
}

TEST(Resize, NearestRules) {
  const Tensor x = float_tensor({4}, {0, 1, 2, 3});
  TestOp op = make_resize(x, {8}, "nearest", "align_corners");
  op = make_scaled(x, {2}, {0.5f}, "nearest", "half_pixel");  // positions 0.5 and 2.5
  EXPECT_EQ(reference(op), (std::vector<float>{0, 2}));
  op.attrs.set("nearest_mode", std::string("round_prefer_ceil"));
  EXPECT_EQ(reference(op), (std::vector<float>{1, 3}));
  op.attrs.set("nearest_mode", std::string("floor"));
  EXPECT_EQ(reference(op), (std::vector<float>{0, 2}));
  op.attrs.set("nearest_mode", std::string("ceil"));
  EXPECT_EQ(reference(op), (std::vector<float>{1, 3}));
  // Up to opset 10: 0 and 1 / 0.6 for a smaller image, cut off for a greater one.
  op = make_scaled(x, {2}, {0.6f}, "nearest", "asymmetric");
  op.attrs.set("nearest_mode", std::string("ceil_if_smaller"));
  EXPECT_EQ(reference(op), (std::vector<float>{0, 2}));
  op = make_scaled(x, {6}, {1.5f}, "nearest", "asymmetric");
  op.attrs.set("nearest_mode", std::string("ceil_if_smaller"));
  EXPECT_EQ(reference(op), (std::vector<float>{0, 0, 1, 2, 2, 3}));
}

TEST(Resize, ThirdsMeetTheirCells) {
  // 1/3 is no float; the positions 1, 4 and 7 are meant all the same.
  std::vector<float> cells = {0, 1, 2, 3, 4, 5, 6, 7, 8};
  const TestOp op =
      make_scaled(float_tensor({9}, cells), {3}, {1.0f / 3.0f}, "nearest", "half_pixel");
  EXPECT_EQ(reference(op), (std::vector<float>{1, 4, 7}));
}

TEST(Resize, CropsARegion) {
  TestOp op = make_resize(float_tensor({5}, {0, 1, 2, 3, 4}), {3}, "linear", "tf_crop_and_resize");
  op.attrs.set("extrapolation_value", -7.0f);
  op.inputs[1] = {float_tensor({2}, {0.25f, 0.75f}), true};
  EXPECT_EQ(reference(op), (std::vector<float>{1, 2, 3}));
  op.inputs[1] = {float_tensor({2}, {0.5f, 1.5f}), true};
  EXPECT_EQ(reference(op), (std::vector<float>{2, 4, -7}));
}

TEST(Resize, ExcludesOutside) {
  TestOp op = make_resize(float_tensor({2}, {1, 3}), {4}, "cubic", "half_pixel");
  op.attrs.set("cubic_coeff_a", -0.5f);
  op.attrs.set("exclude_outside", int64_t{1});
  // At -0.25: weights 0.8671875 of cell 0 and -0.0703125... of cell 1, without those outside.
  const auto y = reference(op);
  ASSERT_EQ(y.size(), 4u);
  EXPECT_NEAR(y[0] + y[3], 4.0, 1e-5);  // the picture is symmetric
  EXPECT_LT(y[0], 1.2f);
  op.inputs[0].tensor = float_tensor({2}, {5, 5});
  for (const float v : reference(op)) EXPECT_NEAR(v, 5.0f, 1e-5f);
}

TEST(Resize, Integers) {
  const uint8_t x[] = {0, 255};
  TestOp op =
      make_resize(Tensor::from<uint8_t>(DataType::kUint8, {2}, x), {4}, "cubic", "half_pixel");
  const auto result = run_reference(resize_kernels(), op);
  ASSERT_TRUE(result.ok()) << result.status().message();
  const auto y = (*result)[0].as<uint8_t>();
  // Cubic overshoots; bytes stay in range.
  EXPECT_EQ(y[0], 0);
  EXPECT_EQ(y[3], 255);
  EXPECT_GT(y[2], y[1]);
}

TEST(Resize, DeclinesWhatDoesNotFit) {
  TestOp op = make_resize(random_tensor({1, 4}, 1), {1, 8}, "linear", "half_pixel");
  op.outputs[0].dims = {1, 9};
  EXPECT_EQ(run_reference(resize_kernels(), op).status().code(), kDeclined);
  op = make_resize(random_tensor({1, 4}, 1), {1, 8}, "linear", "tf_crop_and_resize");
  EXPECT_EQ(run_reference(resize_kernels(), op).status().code(), kDeclined);
}

}  // namespace
}  // namespace poacl
