// For the tests of this folder: operators on numbers that are bfloat16 already, so that a kernel
// differs from the float reference by the rounding of its result only.
#pragma once

#include <string>
#include <vector>

#include "kernels/activation.h"
#include "kernels/kernel_test_util.h"

namespace poacl::bf16_test {

inline Tensor rounded(const Tensor& tensor) {
  std::vector<float> values;
  for (const float v : tensor.as<float>()) {
    values.push_back(bfloat16_to_float(float_to_bfloat16(v)));
  }
  return kernel_test::float_tensor(tensor.dims, values);
}

inline Tensor random_bf16(Dims dims, uint32_t seed) {
  return rounded(kernel_test::random_tensor(std::move(dims), seed));
}

struct ConvShape {
  int64_t n, c, h, w, o;
  int64_t kh = 1, kw = 1;
  int64_t sh = 1, sw = 1;
  std::vector<int64_t> pads = {0, 0, 0, 0};
  int64_t dh = 1, dw = 1;
  int64_t groups = 1;
};

struct ConvOptions {
  bool bias = true;
  bool residual = false;
  Activation activation = {};
  Layout offered = Layout::kBlocked16Bf16;
};

inline kernel_test::TestOp make_conv(const ConvShape& s, const ConvOptions& o) {
  const auto size = [](int64_t in, int64_t pads, int64_t k, int64_t d, int64_t step) {
    return (in + pads - ((k - 1) * d + 1)) / step + 1;
  };
  kernel_test::TestOp op;
  op.type = "Conv2D";
  op.attrs.set("strides", std::vector<int64_t>{1, 1, s.sh, s.sw});
  op.attrs.set("pads", s.pads);
  op.attrs.set("dilations", std::vector<int64_t>{1, 1, s.dh, s.dw});
  op.attrs.set("groups", s.groups);
  op.attrs.set(std::string(kComputeTypeAttr), DataType::kBfloat16);
  set_activation(op.attrs, o.activation);
  const Dims y = {s.n, s.o, size(s.h, s.pads[0] + s.pads[1], s.kh, s.dh, s.sh),
                  size(s.w, s.pads[2] + s.pads[3], s.kw, s.dw, s.sw)};
  using kernel_test::TestInput;
  op.inputs.push_back({random_bf16({s.n, s.c, s.h, s.w}, 1), false, o.offered});
  op.inputs.push_back({random_bf16({s.o, s.c / s.groups, s.kh, s.kw}, 2), true});
  op.inputs.push_back(o.bias ? TestInput{kernel_test::random_tensor({s.o}, 3), true}
                             : TestInput::absent());
  op.inputs.push_back(o.residual ? TestInput{random_bf16(y, 4), false, Layout::kBlocked16Bf16}
                                 : TestInput::absent());
  op.outputs.push_back({DataType::kFloat, y});
  return op;
}

// Half a unit in the last of eight bits, and sums in another order.
inline constexpr kernel_test::Tolerance kOneRounding = {1.0 / 256, 1e-4};

// Runs the kernel `name` with 1 and 3 workers, off alignment and in place, against the reference.
inline void expect_matches(const char* name, std::span<const KernelImpl* const> family,
                           const kernel_test::TestOp& op,
                           const kernel_test::Tolerance& tolerance = kOneRounding) {
  const KernelImpl* kernel = find_kernel(name);
  ASSERT_NE(kernel, nullptr) << name;
  const auto expected = kernel_test::run_reference(family, op);
  ASSERT_TRUE(expected.ok()) << expected.status().message();
  for (const kernel_test::RunOptions& options :
       {kernel_test::RunOptions{.workers = 1}, kernel_test::RunOptions{.workers = 3},
        kernel_test::RunOptions{.workers = 3, .misaligned = true},
        kernel_test::RunOptions{.workers = 2, .in_place = true}}) {
    const auto actual = kernel_test::run_kernel(*kernel, op, options);
    ASSERT_TRUE(actual.ok()) << name << ": " << actual.status().message();
    for (size_t i = 0; i < op.outputs.size(); ++i) {
      EXPECT_TRUE(kernel_test::tensors_match((*actual)[i], (*expected)[i], tolerance))
          << name << " output " << i << " workers " << options.workers;
    }
  }
}

// The reason why the kernel declines; empty when it does not.
inline std::string reason(const char* name, const kernel_test::TestOp& op) {
  const KernelImpl* kernel = find_kernel(name);
  if (kernel == nullptr) return std::string("no kernel ") + name;
  const auto result = kernel_test::run_kernel(*kernel, op);
  return result.ok() ? std::string() : std::string(result.status().message());
}

}  // namespace poacl::bf16_test

// Kernels that multiply bfloat16 run on processors that can.
#define POACL_NEEDS_BF16() \
  if (!cpu_has_avx512_bf16()) GTEST_SKIP() << "this processor has no bfloat16"
