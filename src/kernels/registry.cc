#include <map>
#include <vector>

#include "kernels/families.h"
#include "kernels/kernel.h"

namespace poacl {
namespace {

struct Registry {
  std::map<std::string_view, std::vector<const KernelImpl*>> by_op;
  std::map<std::string_view, const KernelImpl*> by_name;

  Registry() {
    for (const auto family :
         {conv_kernels,    matmul_kernels,     pool_kernels,      resize_kernels,
          sample_kernels,  block_kernels,      layout_kernels,    eltwise_kernels,
          norm_kernels,    attention_kernels,  recurrent_kernels, loss_kernels,
          einsum_kernels,  qlinear_kernels,    reduce_kernels,    quant_kernels,
          random_kernels,  cumulative_kernels, generate_kernels,  shape_kernels,
          scatter_kernels, sort_kernels,       signal_kernels,    aipp_kernels}) {
      for (const KernelImpl* kernel : family()) {
        if (!kBuiltForX86 && kernel->isa != Isa::kGeneric) continue;  // its files are left out
        by_op[kernel->op].push_back(kernel);
        by_name.emplace(kernel->name, kernel);
      }
    }
  }
};

const Registry& registry() {
  static const Registry instance;
  return instance;
}

}  // namespace

std::span<const KernelImpl* const> kernels_for(std::string_view op_type) {
  const auto it = registry().by_op.find(op_type);
  if (it == registry().by_op.end()) return {};
  return it->second;
}

const KernelImpl* find_kernel(std::string_view name) {
  const auto it = registry().by_name.find(name);
  return it == registry().by_name.end() ? nullptr : it->second;
}

}  // namespace poacl
