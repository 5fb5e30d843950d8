#include "kernels/simd/vec_avx2.h"
// The vector header comes first: the implementation is written in its terms.
#include "kernels/quant/quant_line_impl.h"

namespace poacl {

void quantize_line_avx2(const QuantLine& line, const float* x, uint8_t* y, int64_t count) {
  avx2::quantize_line(line, x, y, count);
}

void dequantize_line_avx2(const QuantLine& line, const uint8_t* x, float* y, int64_t count) {
  avx2::dequantize_line(line, x, y, count);
}

}  // namespace poacl
