// The reductions: what their references and vector kernels share.
#pragma once

#include "kernels/kernel.h"

namespace poacl {

enum class ReduceKind : int {
  kMean,
  kSum,
  kMax,
  kMin,
  kProd,
  kL1,         // sum of |x|
  kL2,         // square root of the sum of x * x
  kSumSquare,  // sum of x * x
  kLogSum,     // log of the sum
  kLogSumExp,  // log of the sum of e^x
};

inline constexpr int kMaxReduceRank = 10;

// The input's dimensions with a flag for each; a scalar has rank 0.
struct ReduceParams {
  ReduceKind kind;
  DataType dtype;
  int rank;
  int64_t dims[kMaxReduceRank];
  bool reduced[kMaxReduceRank];
  int64_t outputs;  // elements of the result
  int64_t length;   // elements that go into each
};

// Reads op; declines when the axes are not constant or the type is not arithmetic.
Status read_reduce(const OpInstance& op, ReduceParams* params);

std::span<const KernelImpl* const> reduce_reference_kernels();
std::span<const KernelImpl* const> reduce_vector_kernels();  // best first

void reduce_run_generic(const KernelArgs& args);
POACL_X86 void reduce_run_avx2(const KernelArgs& args);
POACL_X86 void reduce_run_avx512(const KernelArgs& args);

// Input as [outer, length, inner].
struct ReduceVectorParams {
  ReduceKind kind;
  int64_t outer, length, inner;
  int64_t channels;  // blocked input: channels of an image, of `inner` lanes each block; else 0
};

extern const KernelImpl kArgMaxRef;
extern const KernelImpl kArgMinRef;
extern const KernelImpl kHardMaxRef;

}  // namespace poacl
