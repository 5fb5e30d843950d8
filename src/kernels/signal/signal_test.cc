#include "kernels/families.h"
#include "kernels/kernel_test_util.h"
#include "kernels/signal/fft.h"

namespace poacl::kernel_test {
namespace {

TEST(Fft, EveryLengthMatchesTheSum) {
  std::mt19937 engine(5);
  std::uniform_real_distribution<double> uniform(-1, 1);
  for (const int64_t n : {1, 2, 3, 4, 5, 8, 12, 13, 17, 34, 60, 77, 97, 101, 256, 289, 400, 1009}) {
    for (const bool inverse : {false, true}) {
      const FftPlan plan = plan_fft(n);
      std::vector<Complex> table(static_cast<size_t>(fft_table_size(plan)));
      std::vector<Complex> scratch(static_cast<size_t>(fft_scratch_size(plan)));
      std::vector<Complex> in(static_cast<size_t>(n)), out(static_cast<size_t>(n));
      for (Complex& c : in) c = {uniform(engine), uniform(engine)};
      const std::vector<Complex> original = in;
      fill_fft_table(plan, table.data());
      run_fft(plan, table.data(), inverse, in.data(), out.data(), scratch.data());
      for (int64_t k = 0; k < n; ++k) {
        Complex sum{0, 0};
        for (int64_t i = 0; i < n; ++i) {
          const double angle =
              (inverse ? 2 : -2) * M_PI * static_cast<double>(k * i % n) / static_cast<double>(n);
          const Complex& c = original[static_cast<size_t>(i)];
          sum.re += c.re * std::cos(angle) - c.im * std::sin(angle);
          sum.im += c.re * std::sin(angle) + c.im * std::cos(angle);
        }
        const double scale = inverse ? 1.0 / static_cast<double>(n) : 1.0;
        ASSERT_NEAR(out[static_cast<size_t>(k)].re, sum.re * scale, 1e-9) << n << ' ' << k;
        ASSERT_NEAR(out[static_cast<size_t>(k)].im, sum.im * scale, 1e-9) << n << ' ' << k;
      }
    }
  }
}

TEST(Fft, LongPrimeLengthsKeepTheirPrecision) {
  const int64_t n = 65537;
  const FftPlan plan = plan_fft(n);
  std::vector<Complex> table(static_cast<size_t>(fft_table_size(plan)));
  std::vector<Complex> scratch(static_cast<size_t>(fft_scratch_size(plan)));
  std::vector<Complex> in(static_cast<size_t>(n)), out(static_cast<size_t>(n));
  in[1] = {1, 0};
  fill_fft_table(plan, table.data());
  run_fft(plan, table.data(), false, in.data(), out.data(), scratch.data());
  for (int64_t k = 0; k < n; k += 97) {
    const double angle = -2 * M_PI * static_cast<double>(k) / static_cast<double>(n);
    ASSERT_NEAR(out[static_cast<size_t>(k)].re, std::cos(angle), 1e-9);
    ASSERT_NEAR(out[static_cast<size_t>(k)].im, std::sin(angle), 1e-9);
  }
}

struct DftCase {
  Dims in, out;
  int64_t axis, length;  // length 0 = not given
  bool inverse, onesided;
};

TEST(Dft, EveryFormMatchesTheReference) {
  const DftCase cases[] = {
      {{2, 10, 1}, {2, 10, 2}, 1, 0, false, false},
      {{2, 10, 2}, {2, 10, 2}, 1, 0, true, false},
      {{2, 10, 1}, {2, 6, 2}, -2, 0, false, true},
      {{2, 6, 2}, {2, 10, 1}, 1, 0, true, true},
      {{2, 6, 2}, {2, 11, 1}, 1, 11, true, true},
      {{3, 7, 5, 2}, {9, 7, 5, 2}, 0, 9, false, false},
      {{3, 7, 5, 1}, {3, 3, 5, 2}, 1, 4, false, true},
      {{3, 7, 5, 2}, {3, 7, 17, 2}, 2, 17, true, false},
  };
  for (const DftCase& c : cases) {
    TestOp op{"DFT", {}, {{random_tensor(c.in, 7)}}, {{DataType::kFloat, c.out, Layout::kPlain}}};
    op.inputs.push_back(c.length == 0 ? TestInput::absent()
                                      : TestInput{int64_tensor({}, {c.length}), true});
    op.inputs.push_back({int64_tensor({}, {c.axis}), true});
    op.attrs.set("inverse", c.inverse);
    op.attrs.set("onesided", c.onesided);
    EXPECT_EQ(expect_all_match(signal_kernels(), op).size(), 1u) << dims_to_string(c.in);
  }
}

TEST(Dft, OneSidedInverseUndoesTheTransform) {
  const Tensor x = random_tensor({3, 9, 1}, 4);
  TestOp forward{"DFT", {}, {{x}}, {{DataType::kFloat, {3, 5, 2}, Layout::kPlain}}};
  forward.attrs.set("onesided", true);
  const auto spectrum = run_reference(signal_kernels(), forward);
  ASSERT_TRUE(spectrum.ok());
  TestOp back{"DFT",
              {},
              {{(*spectrum)[0]}, {int64_tensor({}, {9}), true}},
              {{DataType::kFloat, {3, 9, 1}, Layout::kPlain}}};
  back.attrs.set("onesided", true);
  back.attrs.set("inverse", true);
  const auto result = run_reference(signal_kernels(), back);
  ASSERT_TRUE(result.ok());
  EXPECT_TRUE(tensors_match((*result)[0], x));
}

TEST(Stft, FramesAndWindows) {
  for (const bool windowed : {false, true}) {
    for (const bool onesided : {false, true}) {
      const int64_t bins = onesided ? 9 : 16;
      TestOp op{"STFT",
                {},
                {{random_tensor({2, 50, 1}, 8)}, {int64_tensor({}, {7}), true}},
                {{DataType::kFloat, {2, 5, bins, 2}, Layout::kPlain}}};
      op.inputs.push_back(windowed ? TestInput{random_tensor({16}, 9)} : TestInput::absent());
      op.inputs.push_back({int64_tensor({}, {16}), true});
      op.attrs.set("onesided", onesided);
      EXPECT_EQ(expect_all_match(signal_kernels(), op).size(), 1u);
    }
  }
}

TEST(MelWeightMatrix, TrianglesPeakAtOne) {
  TestOp op{"MelWeightMatrix",
            {},
            {{int64_tensor({}, {8}), true},
             {int64_tensor({}, {64}), true},
             {int64_tensor({}, {8192})},
             {float_tensor({}, {0})},
             {float_tensor({}, {4096})}},
            {{DataType::kFloat, {33, 8}, Layout::kPlain}}};
  const auto result = run_reference(signal_kernels(), op);
  ASSERT_TRUE(result.ok());
  const auto values = (*result)[0].as<float>();
  for (size_t band = 0; band < 8; ++band) {
    float peak = 0;
    for (size_t bin = 0; bin < 33; ++bin) peak = std::max(peak, values[bin * 8 + band]);
    EXPECT_EQ(peak, 1.0f) << band;
  }
  // A rate of zero, which only a run can see, ends at the spectrum's ends.
  op.inputs[2].tensor = int64_tensor({}, {0});
  EXPECT_TRUE(run_reference(signal_kernels(), op).ok());
}

}  // namespace
}  // namespace poacl::kernel_test
