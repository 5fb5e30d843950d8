// Product of matrices in float64 for bench/harness/reference.py: plain loops, blocked for the
// caches, because the numpy at hand may have no faster one than the reference BLAS.
#include <algorithm>
#include <cstdint>

namespace {

constexpr int64_t kRows = 4;
constexpr int64_t kColumns = 256;
constexpr int64_t kDepth = 256;

// c[rows, n] += a[rows, depth] b[depth, n], rows at most kRows.
void add_rows(int64_t rows, int64_t n, int64_t depth, const double* a, int64_t a_stride,
              const double* b, int64_t b_stride, double* c, int64_t c_stride) {
  for (int64_t k = 0; k < depth; ++k) {
    const double* const from = b + k * b_stride;
    for (int64_t i = 0; i < rows; ++i) {
      const double factor = a[i * a_stride + k];
      double* const to = c + i * c_stride;
      for (int64_t j = 0; j < n; ++j) to[j] += factor * from[j];
    }
  }
}

}  // namespace

// c[m, n] = a[m, k] b[k, n], all dense and row by row.
extern "C" __attribute__((visibility("default"))) void wide_gemm(int64_t m, int64_t n, int64_t k,
                                                                 const double* a, const double* b,
                                                                 double* c) {
  std::fill_n(c, m * n, 0.0);
  for (int64_t j = 0; j < n; j += kColumns) {
    for (int64_t l = 0; l < k; l += kDepth) {
      for (int64_t i = 0; i < m; i += kRows) {
        add_rows(std::min(kRows, m - i), std::min(kColumns, n - j), std::min(kDepth, k - l),
                 a + i * k + l, k, b + l * n + j, n, c + i * n + j, n);
      }
    }
  }
}
