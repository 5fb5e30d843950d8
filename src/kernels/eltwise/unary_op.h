// The unary operators: one list that the reference and the vector kernels share.
#pragma once

#include "kernels/kernel.h"

namespace poacl {

enum class UnaryKind : int {
  kRelu,
  kRelu6,
  kLeakyRelu,
  kSigmoid,
  kTanh,
  kHardSigmoid,
  kHardSwish,
  kSwish,
  kElu,
  kSelu,
  kSoftplus,
  kSoftsign,
  kGelu,
  kGeluTanh,
  kErf,
  kExp,
  kLog,
  kSqrt,
  kRsqrt,
  kReciprocal,
  kAbs,
  kNeg,
  kSign,
  kFloor,
  kCeil,
  kRound,
  kSin,
  kCos,
  kTan,
  kSinh,
  kCosh,
  kAsin,
  kAcos,
  kAtan,
  kAsinh,
  kAcosh,
  kAtanh,
  kCelu,
  kMish,
  kShrink,
  kThresholdedRelu,
  kLogicalNot,
  kInvert,
  kClip,
};

struct UnaryParams {
  UnaryKind kind;
  DataType dtype;
  int64_t count;           // elements to process, padding channels included
  float alpha, beta;       // slope, bounds..., by kind
  bool has_low, has_high;  // ClipByValue: inputs 1 and 2 are there
  bool bounds_at_run;      // ... and not constants: alpha and beta are known only when run
  int64_t chunk;           // elements per chunk
};

// Fills kind, dtype, count and the attributes' values; declines unknown operators.
Status read_unary(const OpInstance& op, UnaryParams* params);

// f(x) by the operator's definition.
double evaluate_unary(const UnaryParams& params, double x);

std::span<const KernelImpl* const> unary_reference_kernels();

}  // namespace poacl
