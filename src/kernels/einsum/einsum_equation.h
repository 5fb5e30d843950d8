// The equation of an Einsum, read once for shape inference, kernels and front ends.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "base/tensor.h"

namespace poacl {

// Labels are small numbers: first the dimensions an ellipsis stands for, then the letters in the
// order they appear.
struct EinsumTerms {
  std::vector<std::vector<int>> operands;  // label of each dimension
  std::vector<int> output;                 // each label at most once
  int labels = 0;
};

// `ranks`: of the operands. Declines with a sentence when the equation is malformed or
// does not fit.
Result<EinsumTerms> parse_einsum(std::string_view equation, std::span<const size_t> ranks);

// Size of each label; -1 where an operand's own is unknown. Sizes of 1 broadcast. Declines when two
// operands disagree.
Result<std::vector<int64_t>> einsum_sizes(const EinsumTerms& terms,
                                          std::span<const Dims* const> operands);

}  // namespace poacl
