// Winograd convolution against the reference, also where plan() would prefer the direct kernel.
#include "kernels/conv/conv_winograd.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "kernels/conv/conv_plan.h"
#include "kernels/families.h"
#include "kernels/kernel_test_util.h"
#include "kernels/simd/generic_tile.h"

namespace poacl {
namespace {

using kernel_test::random_tensor;
using kernel_test::TestInput;
using kernel_test::TestOp;

template <int64_t Lanes, int64_t Tile, int64_t M>
Status plan_always(const OpInstance& op, const PlanContext& context, KernelPlan* plan) {
  return plan_winograd(op, context, ConvMachine{Lanes, Tile}, M, true, plan);
}

// The kernels of the list, taking every 3x3 filter.
std::vector<KernelImpl> eager_kernels() {
  const std::pair<const char*, decltype(KernelImpl::plan)> plans[] = {
      {"conv2d.winograd4.avx512", plan_always<16, 14, 4>},
      {"conv2d.winograd2.avx512", plan_always<16, 14, 2>},
      {"conv2d.winograd4.avx2", plan_always<8, 6, 4>},
      {"conv2d.winograd2.avx2", plan_always<8, 6, 2>},
      {"conv2d.winograd4.generic", plan_always<8, kGenericTile, 4>},
      {"conv2d.winograd2.generic", plan_always<8, kGenericTile, 2>}};
  std::vector<KernelImpl> kernels;
  const auto list = conv_kernels();
  for (const auto& [name, plan] : plans) {
    const auto at = std::find_if(
        list.begin(), list.end(),
        [stem = std::string_view(name)](const KernelImpl* kernel) { return kernel->name == stem; });
    EXPECT_NE(at, list.end()) << name;
    if (at == list.end() || (*at)->isa > detected_isa()) continue;
    kernels.push_back(**at);
    kernels.back().plan = plan;
  }
  return kernels;
}

TestOp make_conv(const Dims& x, int64_t outputs, const std::vector<int64_t>& pads, bool extras,
                 const Activation& activation) {
  TestOp op;
  op.type = "Conv2D";
  op.attrs.set("pads", pads);
  set_activation(op.attrs, activation);
  const Dims y = {x[0], outputs, x[2] + pads[0] + pads[1] - 2, x[3] + pads[2] + pads[3] - 2};
  op.inputs.push_back({random_tensor(x, 1)});
  op.inputs.push_back({random_tensor({outputs, x[1], 3, 3}, 2), true});
  op.inputs.push_back(extras ? TestInput{random_tensor({outputs}, 3), true} : TestInput::absent());
  op.inputs.push_back(extras ? TestInput{random_tensor(y, 4)} : TestInput::absent());
  op.outputs.push_back({DataType::kFloat, y});
  return op;
}

// Largest difference as a share of the largest output.
double relative_error(const Tensor& actual, const Tensor& expected) {
  double worst = 0;
  double largest = 0;
  for (size_t i = 0; i < expected.as<float>().size(); ++i) {
    const double e = expected.as<float>()[i];
    const double difference = std::fabs(actual.as<float>()[i] - e);
    worst = std::max(worst, std::isnan(difference) ? INFINITY : difference);
    largest = std::max(largest, std::fabs(e));
  }
  return worst / largest;
}

void check(const Dims& x, int64_t outputs, const std::vector<int64_t>& pads = {1, 1, 1, 1},
           bool extras = true, const Activation& activation = {}) {
  const TestOp op = make_conv(x, outputs, pads, extras, activation);
  const auto expected = kernel_test::run_reference(conv_kernels(), op);
  ASSERT_TRUE(expected.ok()) << expected.status().message();
  for (const KernelImpl& kernel : eager_kernels()) {
    for (const int workers : {1, 2, 5}) {
      const auto actual = kernel_test::run_kernel(kernel, op, {.workers = workers});
      ASSERT_TRUE(actual.ok()) << actual.status().message();
      EXPECT_LT(relative_error((*actual)[0], (*expected)[0]), 5e-6)
          << kernel.name << " " << dims_to_string(x) << " -> " << outputs << " workers " << workers
          << " activation " << activation_name(activation.kind);
    }
  }
}

TEST(ConvWinograd, Shapes) {
  check({1, 16, 8, 8}, 16);
  check({1, 64, 14, 14}, 48);
  check({3, 20, 7, 7}, 40);
  check({2, 33, 13, 22}, 17);
  check({1, 5, 1, 1}, 3);
  check({1, 16, 2, 31}, 16);
  check({1, 16, 37, 41}, 32);
}

TEST(ConvWinograd, Pads) {
  check({1, 16, 9, 9}, 16, {0, 0, 0, 0});
  check({1, 16, 9, 9}, 16, {0, 1, 2, 0});
  check({2, 16, 3, 4}, 16, {7, 3, 0, 9}, false);
}

TEST(ConvWinograd, Activations) {
  check({1, 20, 9, 9}, 20, {1, 1, 1, 1}, true, {ActivationKind::kRelu, 0, 0});
  check({1, 20, 9, 9}, 20, {1, 1, 1, 1}, true, {ActivationKind::kClip, 0.5f, 3.0f});
  check({1, 20, 9, 9}, 20, {1, 1, 1, 1}, true, {ActivationKind::kSigmoid, 0, 0});
  check({1, 20, 9, 9}, 20, {1, 1, 1, 1}, false, {ActivationKind::kSwish, 0, 0});
}

TEST(ConvWinograd, ManyChannels) {
  check({1, 256, 14, 14}, 64);
}

TEST(ConvWinograd, DeclinesWithBothCosts) {
  const TestOp op = make_conv({1, 4, 3, 3}, 4, {1, 1, 1, 1}, false, {});
  const auto result = kernel_test::run_kernel(*find_kernel("conv2d.winograd4.generic"), op);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.status().code(), kDeclined);
  EXPECT_NE(result.status().message().find("estimated cost"), std::string_view::npos);
}

TEST(ConvWinograd, DeclinesStrides) {
  TestOp op = make_conv({1, 16, 9, 9}, 16, {1, 1, 1, 1}, false, {});
  op.attrs.set("strides", std::vector<int64_t>{1, 1, 2, 2});
  op.outputs[0].dims = {1, 16, 5, 5};
  for (const KernelImpl& kernel : eager_kernels()) {
    EXPECT_FALSE(kernel_test::run_kernel(kernel, op).ok());
  }
}

}  // namespace
}  // namespace poacl
