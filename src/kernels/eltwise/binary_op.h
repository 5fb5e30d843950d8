// The binary operators: one list that the reference and the vector kernels share.
#pragma once

#include "kernels/activation.h"
#include "kernels/eltwise/broadcast.h"
#include "kernels/kernel.h"

namespace poacl {

enum class BinaryKind : int {
  kAdd,
  kSub,
  kMul,
  kDiv,
  kMaximum,
  kMinimum,
  kPow,
  kPRelu,
  kMod,       // remainder of the sign of x1 (C)
  kFloorMod,  // remainder of the sign of x2 (Python)
  kBitwiseAnd,
  kBitwiseOr,
  kBitwiseXor,
  kLeftShift,
  kRightShift,
  kEqual,
  kNotEqual,
  kGreater,
  kGreaterEqual,
  kLess,
  kLessEqual,
  kAnd,
  kOr,
  kXor,
};

struct BinaryParams {
  BinaryKind kind;
  DataType dtype;   // of x1
  DataType second;  // of x2, which differs for Pow only
  Activation activation;
  Broadcast broadcast;
  int64_t row_chunk;     // outer rows per chunk
  int64_t column_chunk;  // elements of the innermost dimension per chunk
};

// Kind, types, activation and the broadcast over plain dims; declines unknown operators.
Status read_binary(const OpInstance& op, BinaryParams* params);

std::span<const KernelImpl* const> binary_reference_kernels();

}  // namespace poacl
