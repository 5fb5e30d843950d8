// Exact integer products of quantised tensors, and the step back to eight bits.
#pragma once

#include "kernels/kernel.h"

namespace poacl {

extern const KernelImpl kQuantMatmulRows;
extern const KernelImpl kQuantMatmulRef;
extern const KernelImpl kQuantLinearRef;
extern const KernelImpl kQuantConvPlanes;
extern const KernelImpl kQuantConvRef;
extern const KernelImpl kRequantRef;
extern const KernelImpl kQuantAddRef;
extern const KernelImpl kQuantPoolRef;

// The zero point at `index` of an int8 or uint8 tensor.
inline int32_t quant_value(const void* data, bool is_signed, int64_t index) {
  return is_signed ? static_cast<const int8_t*>(data)[index]
                   : static_cast<const uint8_t*>(data)[index];
}

inline bool is_quant_type(DataType type) {
  return type == DataType::kInt8 || type == DataType::kUint8;
}

}  // namespace poacl
