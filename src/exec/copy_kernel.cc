#include "exec/copy_kernel.h"

#include <cstring>

namespace poacl {
namespace {

struct CopyParams {
  size_t bytes;
};

Status plan_copy(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  *plan = copy_plan(storage_bytes(op.inputs[0]));
  return {};
}

void run_copy(const KernelArgs& args) {
  const size_t bytes = args.get_params<CopyParams>().bytes;
  if (bytes != 0) std::memcpy(args.outputs[0], args.inputs[0], bytes);
}

}  // namespace

const KernelImpl kCopyKernel{"Copy", "copy", Isa::kGeneric, plan_copy, nullptr, run_copy};

KernelPlan copy_plan(size_t bytes) {
  KernelPlan plan;
  plan.set_params(CopyParams{bytes});
  plan.input_layouts = {Layout::kPlain};
  plan.output_layouts = {Layout::kPlain};
  return plan;
}

}  // namespace poacl
