#include "kernels/signal/fft.h"

#include <cmath>
#include <memory>

namespace poacl {
namespace {

constexpr int kLargestRadix = 13;

Complex operator+(Complex a, Complex b) {
  return {a.re + b.re, a.im + b.im};
}
Complex operator-(Complex a, Complex b) {
  return {a.re - b.re, a.im - b.im};
}
Complex operator*(Complex a, Complex b) {
  return {a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};
}
Complex times_minus_i(Complex a) {
  return {a.im, -a.re};
}
Complex conjugate(Complex a) {
  return {a.re, -a.im};
}

// exp(-pi i numerator / denominator); the numerator may be any size.
Complex turn(int64_t numerator, int64_t denominator) {
  const double angle =
      M_PI * static_cast<double>(numerator % (2 * denominator)) / static_cast<double>(denominator);
  return {std::cos(angle), -std::sin(angle)};
}

bool split(int64_t n, FftPlan* plan) {
  plan->factor_count = 0;
  for (const int radix : {4, 2, 3, 5, 7, 11, 13}) {
    while (n % radix == 0) {
      plan->factors[plan->factor_count++] = radix;
      n /= radix;
    }
  }
  return n == 1;
}

// One split transform: roots[j] = exp(-2 pi i j / size).
struct Split {
  const Complex* roots;
  int64_t size;
  const int* factors;

  // Transforms the n elements at in[0], in[stride], ... with n * stride = size.
  void run(int64_t n, int64_t stride, const Complex* in, Complex* out, int level) const {
    if (n == 1) {
      out[0] = in[0];
      return;
    }
    const int radix = factors[level];
    const int64_t m = n / radix;
    for (int q = 0; q < radix; ++q) run(m, stride * radix, in + q * stride, out + q * m, level + 1);
    for (int64_t k = 0; k < m; ++k) combine(radix, m, k, stride, out + k);
  }

  void combine(int radix, int64_t m, int64_t k, int64_t stride, Complex* out) const {
    Complex part[kLargestRadix];
    part[0] = out[0];
    for (int q = 1; q < radix; ++q) part[q] = out[q * m] * roots[q * k * stride];
    if (radix == 2) {
      out[0] = part[0] + part[1];
      out[m] = part[0] - part[1];
      return;
    }
    if (radix == 4) {
      const Complex even = part[0] + part[2];
      const Complex odd = part[1] + part[3];
      const Complex minus = part[0] - part[2];
      const Complex turned = times_minus_i(part[1] - part[3]);
      out[0] = even + odd;
      out[m] = minus + turned;
      out[2 * m] = even - odd;
      out[3 * m] = minus - turned;
      return;
    }
    const int64_t step = size / radix;
    for (int p = 0; p < radix; ++p) {
      Complex sum = part[0];
      for (int q = 1; q < radix; ++q) sum = sum + part[q] * roots[p * q % radix * step];
      out[p * m] = sum;
    }
  }
};

// The table: roots of the split transform; for a convolution also the chirp and its spectrum.
struct Table {
  explicit Table(const FftPlan& plan, const Complex* table)
      : roots(table), chirp(table + plan.size), spectrum(chirp + plan.length) {}
  const Complex* roots;
  const Complex* chirp;     // exp(-pi i n n / length)
  const Complex* spectrum;  // of the conjugate chirp, divided by `size`
};

void convolve(const FftPlan& plan, const Complex* table, const Complex* in, Complex* out,
              Complex* scratch) {
  const Table t(plan, table);
  const Split transform{t.roots, plan.size, plan.factors};
  Complex* a = scratch;
  Complex* b = scratch + plan.size;
  for (int64_t i = 0; i < plan.size; ++i) {
    a[i] = i < plan.length ? in[i] * t.chirp[i] : Complex{0, 0};
  }
  transform.run(plan.size, 1, a, b, 0);
  // The transform back is the conjugate of the transform of the conjugate.
  for (int64_t i = 0; i < plan.size; ++i) a[i] = conjugate(b[i] * t.spectrum[i]);
  transform.run(plan.size, 1, a, b, 0);
  for (int64_t i = 0; i < plan.length; ++i) out[i] = conjugate(b[i]) * t.chirp[i];
}

}  // namespace

FftPlan plan_fft(int64_t length) {
  FftPlan plan;
  plan.length = plan.size = length;
  if (split(length, &plan)) return plan;
  plan.convolve = true;
  plan.size = 1;
  while (plan.size < 2 * length - 1) plan.size *= 2;
  split(plan.size, &plan);
  return plan;
}

int64_t fft_table_size(const FftPlan& plan) {
  return plan.convolve ? 2 * plan.size + plan.length : plan.size;
}

int64_t fft_scratch_size(const FftPlan& plan) {
  return plan.convolve ? 2 * plan.size : 0;
}

void fill_fft_table(const FftPlan& plan, Complex* table) {
  for (int64_t i = 0; i < plan.size; ++i) table[i] = turn(2 * i, plan.size);
  if (!plan.convolve) return;
  Complex* chirp = table + plan.size;
  Complex* spectrum = chirp + plan.length;
  // i * i is reduced first, for the sake of precision.
  for (int64_t i = 0; i < plan.length; ++i) chirp[i] = turn(i * i % (2 * plan.length), plan.length);
  const Split transform{table, plan.size, plan.factors};
  const double scale = 1.0 / static_cast<double>(plan.size);
  const auto kernel = std::make_unique<Complex[]>(static_cast<size_t>(plan.size));
  for (int64_t i = 0; i < plan.length; ++i) {
    const Complex value = {chirp[i].re * scale, -chirp[i].im * scale};
    kernel[static_cast<size_t>(i)] = value;
    if (i > 0) kernel[static_cast<size_t>(plan.size - i)] = value;
  }
  transform.run(plan.size, 1, kernel.get(), spectrum, 0);
}

void run_fft(const FftPlan& plan, const Complex* table, bool inverse, Complex* in, Complex* out,
             Complex* scratch) {
  if (inverse) {
    for (int64_t i = 0; i < plan.length; ++i) in[i] = conjugate(in[i]);
  }
  if (plan.convolve) {
    convolve(plan, table, in, out, scratch);
  } else {
    Split{table, plan.size, plan.factors}.run(plan.size, 1, in, out, 0);
  }
  if (!inverse) return;
  const double scale = 1.0 / static_cast<double>(plan.length);
  for (int64_t i = 0; i < plan.length; ++i) out[i] = {out[i].re * scale, -out[i].im * scale};
}

}  // namespace poacl
