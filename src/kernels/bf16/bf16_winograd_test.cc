// Winograd convolution in bfloat16 against the reference, also where plan() would prefer another.
#include "kernels/bf16/bf16_winograd.h"

#include <algorithm>
#include <cmath>

#include "kernels/bf16/bf16_test_util.h"
#include "kernels/families.h"

namespace poacl {
namespace {

using namespace bf16_test;

constexpr const char* kName = "conv2d.winograd2.bf16";

Status plan_always(const OpInstance& op, const PlanContext& context, KernelPlan* plan) {
  return plan_bf16_winograd(op, context, true, plan);
}

// Root mean square of the difference over that of the result.
double relative_error(const Tensor& actual, const Tensor& expected) {
  double difference = 0;
  double size = 0;
  for (size_t i = 0; i < expected.as<float>().size(); ++i) {
    const double e = expected.as<float>()[i];
    difference += (actual.as<float>()[i] - e) * (actual.as<float>()[i] - e);
    size += e * e;
  }
  return std::sqrt(difference / size);
}

void check(const Dims& x, int64_t outputs, const std::vector<int64_t>& pads = {1, 1, 1, 1},
           const ConvOptions& options = {.residual = true}, double most = 0.008) {
  ConvShape s{x[0], x[1], x[2], x[3], outputs, 3, 3, 1, 1, pads};
  const kernel_test::TestOp op = make_conv(s, options);
  const auto expected = kernel_test::run_reference(conv_kernels(), op);
  ASSERT_TRUE(expected.ok()) << expected.status().message();
  ASSERT_NE(find_kernel(kName), nullptr);
  KernelImpl kernel = *find_kernel(kName);
  kernel.plan = plan_always;
  for (const int workers : {1, 2, 5}) {
    const auto actual = kernel_test::run_kernel(kernel, op, {.workers = workers});
    ASSERT_TRUE(actual.ok()) << actual.status().message();
    EXPECT_LT(relative_error((*actual)[0], (*expected)[0]), most)
        << dims_to_string(x) << " -> " << outputs << " workers " << workers << " activation "
        << activation_name(options.activation.kind);
  }
}

TEST(Bf16Winograd, Shapes) {
  POACL_NEEDS_BF16();
  check({1, 16, 8, 8}, 16);
  check({1, 64, 14, 14}, 48);
  check({3, 20, 7, 7}, 40);
  check({2, 33, 13, 22}, 17);
  check({1, 5, 1, 1}, 3);
  check({1, 16, 2, 31}, 16);
  check({1, 16, 37, 41}, 32);
  check({2, 100, 30, 30}, 20);
}

TEST(Bf16Winograd, Pads) {
  POACL_NEEDS_BF16();
  check({1, 16, 9, 9}, 16, {0, 0, 0, 0});
  check({1, 16, 9, 9}, 16, {0, 1, 2, 0});
  check({2, 16, 3, 4}, 16, {7, 3, 0, 9}, {.bias = false});
}

TEST(Bf16Winograd, Activations) {
  POACL_NEEDS_BF16();
  for (const Activation& a :
       {Activation{ActivationKind::kRelu, 0, 0}, Activation{ActivationKind::kClip, 0.5f, 3.0f},
        Activation{ActivationKind::kSigmoid, 0, 0}, Activation{ActivationKind::kSwish, 0, 0}}) {
    check({1, 20, 9, 9}, 20, {1, 1, 1, 1}, {.residual = true, .activation = a});
    check({1, 20, 9, 9}, 20, {1, 1, 1, 1}, {.bias = false, .activation = a});
  }
}

TEST(Bf16Winograd, ManyChannels) {
  POACL_NEEDS_BF16();
  check({1, 256, 14, 14}, 64);
}

// Numbers that survive every rounding: the result is exact.
TEST(Bf16Winograd, ExactOnSmallIntegers) {
  POACL_NEEDS_BF16();
  kernel_test::TestOp op = make_conv({1, 40, 11, 9, 24, 3, 3, 1, 1, {1, 1, 1, 1}}, {.bias = false});
  for (size_t input : {size_t{0}, size_t{1}}) {
    Tensor& t = op.inputs[input].tensor;
    std::vector<float> values(t.as<float>().begin(), t.as<float>().end());
    // Filters are multiples of four, so that halving them twice leaves integers.
    for (float& v : values) v = input == 0 ? std::round(v * 2) : std::round(v) * 4;
    t = kernel_test::float_tensor(t.dims, values);
  }
  KernelImpl kernel = *find_kernel(kName);
  kernel.plan = plan_always;
  const auto expected = kernel_test::run_reference(conv_kernels(), op);
  const auto actual = kernel_test::run_kernel(kernel, op);
  ASSERT_TRUE(expected.ok() && actual.ok());
  EXPECT_TRUE(kernel_test::tensors_match((*actual)[0], rounded((*expected)[0]), {0, 0}));
}

TEST(Bf16Winograd, Declines) {
  POACL_NEEDS_BF16();
  const ConvShape small{1, 4, 3, 3, 4, 3, 3, 1, 1, {1, 1, 1, 1}};
  EXPECT_NE(reason(kName, make_conv(small, {})).find("estimated cost"), std::string::npos);
  const ConvShape strided{1, 64, 28, 28, 64, 3, 3, 2, 2, {1, 1, 1, 1}};
  EXPECT_NE(reason(kName, make_conv(strided, {})).find("strides 2x2"), std::string::npos);
}

}  // namespace
}  // namespace poacl
