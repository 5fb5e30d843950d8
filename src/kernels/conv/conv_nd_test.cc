// Convolutions with run-time filters, over three dimensions and transposed: the fast kernels
// against the references, the references against sums written out differently.
#include <string>
#include <vector>

#include "kernels/activation.h"
#include "kernels/families.h"
#include "kernels/kernel_test_util.h"

namespace poacl {
namespace {

using kernel_test::expect_all_match;
using kernel_test::float_tensor;
using kernel_test::random_tensor;
using kernel_test::run_kernel;
using kernel_test::run_reference;
using kernel_test::TestInput;
using kernel_test::TestOp;

// Sums of some thousand products of numbers below one.
constexpr kernel_test::Tolerance kTolerance = {1e-5, 1e-4};

struct Shape {
  int64_t n, c, o, groups;
  std::vector<int64_t> in, kernel, stride, dilation, pads;  // pads: begin, end of each dimension
};

std::vector<int64_t> padded(std::vector<int64_t> values) {
  values.insert(values.begin(), {1, 1});
  return values;
}

TestOp make_op(const std::string& type, const Shape& s, bool bias, bool constant) {
  const bool transposed = type.find("Transpose") != std::string::npos;
  TestOp op;
  op.type = type;
  op.attrs.set("strides", padded(s.stride));
  op.attrs.set("dilations", padded(s.dilation));
  op.attrs.set("pads", s.pads);
  op.attrs.set("groups", s.groups);
  Dims x = {s.n, s.c};
  Dims f = transposed ? Dims{s.c, s.o / s.groups} : Dims{s.o, s.c / s.groups};
  Dims y = {s.n, s.o};
  for (size_t i = 0; i < s.in.size(); ++i) {
    x.push_back(s.in[i]);
    f.push_back(s.kernel[i]);
    const int64_t reach = (s.kernel[i] - 1) * s.dilation[i] + 1;
    const int64_t pads = s.pads[2 * i] + s.pads[2 * i + 1];
    y.push_back(transposed ? (s.in[i] - 1) * s.stride[i] + reach - pads
                           : (s.in[i] + pads - reach) / s.stride[i] + 1);
  }
  op.inputs.push_back({random_tensor(x, 1)});
  op.inputs.push_back({random_tensor(f, 2), constant});
  op.inputs.push_back(bias ? TestInput{random_tensor({s.o}, 3), constant} : TestInput::absent());
  op.outputs.push_back({DataType::kFloat, y});
  return op;
}

bool some_taps(const std::vector<std::string>& accepted) {
  for (const std::string& name : accepted) {
    if (name.find(".columns.") != std::string::npos) return true;
  }
  return false;
}

void check(const std::string& type, const Shape& s) {
  SCOPED_TRACE(type + " of " + dims_to_string(s.in) + " by " + dims_to_string(s.kernel) +
               " channels " + std::to_string(s.c) + " to " + std::to_string(s.o));
  for (const bool constant : {false, true}) {
    EXPECT_TRUE(some_taps(
        expect_all_match(conv_kernels(), make_op(type, s, constant, constant), kTolerance)));
  }
}

TEST(ConvNd, RunTimeFilter) {
  for (const Shape& s : {Shape{1, 3, 5, 1, {9, 7}, {3, 3}, {1, 1}, {1, 1}, {1, 1, 1, 1}},
                         Shape{2, 8, 20, 2, {12, 33}, {3, 2}, {2, 1}, {1, 2}, {0, 1, 2, 0}},
                         Shape{1, 40, 7, 1, {20, 21}, {1, 1}, {1, 1}, {1, 1}, {0, 0, 0, 0}},
                         Shape{3, 6, 6, 6, {8, 8}, {5, 5}, {1, 3}, {1, 1}, {2, 2, 4, 4}}}) {
    check("Conv2D", s);
  }
}

TEST(ConvNd, ResidualAndActivation) {
  TestOp op =
      make_op("Conv2D", {2, 6, 9, 1, {8, 8}, {3, 3}, {1, 1}, {1, 1}, {1, 1, 1, 1}}, true, false);
  op.inputs.push_back({random_tensor(op.outputs[0].dims, 4)});
  set_activation(op.attrs, {ActivationKind::kHardSwish, 0.0f, 0.0f});
  EXPECT_TRUE(some_taps(expect_all_match(conv_kernels(), op, kTolerance)));
}

TEST(ConvNd, ThreeDimensions) {
  for (const Shape& s :
       {Shape{1, 3, 16, 1, {5, 9, 10}, {3, 3, 3}, {1, 1, 1}, {1, 1, 1}, {1, 1, 1, 1, 1, 1}},
        Shape{2, 4, 6, 2, {6, 5, 8}, {2, 3, 1}, {2, 1, 3}, {1, 2, 1}, {0, 1, 2, 2, 0, 0}},
        Shape{1, 33, 17, 1, {2, 3, 4}, {1, 1, 1}, {1, 1, 1}, {1, 1, 1}, {0, 0, 0, 0, 0, 0}},
        Shape{1, 2, 3, 1, {1, 1, 1}, {3, 3, 3}, {1, 1, 1}, {1, 1, 1}, {1, 1, 1, 1, 1, 1}}}) {
    check("Conv3D", s);
  }
}

TEST(ConvNd, Transposed) {
  for (const Shape& s : {Shape{1, 8, 5, 1, {6, 7}, {4, 4}, {2, 2}, {1, 1}, {1, 1, 1, 1}},
                         Shape{2, 6, 9, 3, {5, 3}, {3, 2}, {1, 3}, {2, 1}, {0, 1, 0, 0}},
                         Shape{1, 4, 4, 4, {3, 3}, {16, 16}, {8, 8}, {1, 1}, {4, 4, 4, 4}},
                         // Taps that leave whole phases empty, and some that share theirs.
                         Shape{1, 3, 20, 1, {4, 5}, {2, 3}, {4, 2}, {2, 4}, {0, 0, 3, 1}},
                         Shape{1, 2, 3, 1, {1, 1}, {1, 1}, {5, 5}, {1, 1}, {0, 0, 0, 0}}}) {
    check("Conv2DTransposeD", s);
  }
  check("Conv3DTransposeD",
        {1, 4, 6, 2, {3, 4, 5}, {3, 2, 4}, {2, 1, 3}, {1, 2, 1}, {1, 0, 0, 0, 2, 1}});
}

// A transposed convolution hands every input cell out, times the filter.
TEST(ConvNd, TransposedReferenceScatters) {
  const Shape s = {1, 2, 3, 1, {3, 4}, {3, 2}, {2, 3}, {1, 2}, {1, 0, 0, 1}};
  const TestOp op = make_op("Conv2DTransposeD", s, false, false);
  const auto result = run_reference(conv_kernels(), op);
  ASSERT_TRUE(result.ok()) << result.status().message();
  const Dims& y = op.outputs[0].dims;
  std::vector<float> expected(static_cast<size_t>(element_count(y)), 0.0f);
  const auto x = op.inputs[0].tensor.as<float>();
  const auto f = op.inputs[1].tensor.as<float>();
  for (int64_t c = 0; c < 2; ++c) {
    for (int64_t cell = 0; cell < 12; ++cell) {
      for (int64_t o = 0; o < 3; ++o) {
        for (int64_t k = 0; k < 6; ++k) {
          const int64_t row = cell / 4 * 2 - 1 + k / 2;
          const int64_t col = cell % 4 * 3 + k % 2 * 2;
          if (row < 0 || row >= y[2] || col >= y[3]) continue;
          expected[static_cast<size_t>((o * y[2] + row) * y[3] + col)] +=
              x[static_cast<size_t>(c * 12 + cell)] * f[static_cast<size_t>((c * 3 + o) * 6 + k)];
        }
      }
    }
  }
  EXPECT_TRUE(kernel_test::tensors_match((*result)[0], float_tensor(y, expected)));
}

TEST(ConvNd, Double) {
  TestOp op =
      make_op("Conv2D", {1, 1, 1, 1, {2, 3}, {1, 2}, {1, 1}, {1, 1}, {0, 0, 0, 0}}, false, false);
  const double x[] = {1, 2, 3, 4, 5, 1e-12};
  const double f[] = {1, 10};
  const double y[] = {21, 32, 54, 5 + 1e-11};
  op.inputs[0].tensor = Tensor::from<double>(DataType::kDouble, {1, 1, 2, 3}, x);
  op.inputs[1].tensor = Tensor::from<double>(DataType::kDouble, {1, 1, 1, 2}, f);
  op.outputs[0].dtype = DataType::kDouble;
  const KernelImpl* kernel = nullptr;
  for (const KernelImpl* k : conv_kernels()) {
    if (std::string_view(k->name) == "conv2d.double.ref") kernel = k;
  }
  ASSERT_NE(kernel, nullptr);
  const auto result = run_kernel(*kernel, op);
  ASSERT_TRUE(result.ok()) << result.status().message();
  EXPECT_TRUE(kernel_test::tensors_match(
      (*result)[0], Tensor::from<double>(DataType::kDouble, {1, 1, 2, 2}, y), {1e-15, 0}));
}

// Whole offsets move the taps by whole cells; the mask multiplies; outside there is nothing.
TEST(ConvNd, DeformableMovesTaps) {
  TestOp op;
  op.type = "DeformableConv2D";
  op.inputs.push_back({float_tensor({1, 1, 2, 3}, {1, 2, 3, 4, 5, 6})});
  op.inputs.push_back({float_tensor({1, 1, 1, 1}, {10})});
  op.inputs.push_back({float_tensor({1, 2, 2, 3}, {0, 1, 0, 0, -1, 0.5f,      // down
                                                   0, 0, -1, 0.5f, 0, 9})});  // right
  op.inputs.push_back({float_tensor({1}, {100})});
  op.inputs.push_back({float_tensor({1, 1, 2, 3}, {1, 2, 1, 1, 0.5f, 1})});
  op.outputs.push_back({DataType::kFloat, {1, 1, 2, 3}});
  const auto result = run_reference(conv_kernels(), op);
  ASSERT_TRUE(result.ok()) << result.status().message();
  EXPECT_TRUE(kernel_test::tensors_match(
      (*result)[0], float_tensor({1, 1, 2, 3}, {110, 200, 120, 145, 110, 100})));
}

}  // namespace
}  // namespace poacl
