// A table of kernels as the list of pointers a family offers.
#pragma once

#include <array>
#include <cstddef>

#include "kernels/kernel.h"

namespace poacl {

// `table` must live as long as the list: a namespace-scope constant.
template <size_t N>
constexpr std::array<const KernelImpl*, N> kernel_pointers(const KernelImpl (&table)[N]) {
  std::array<const KernelImpl*, N> all{};
  for (size_t i = 0; i < N; ++i) all[i] = &table[i];
  return all;
}

}  // namespace poacl
