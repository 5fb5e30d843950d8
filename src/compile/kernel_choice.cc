#include "compile/kernel_choice.h"

#include <fmt/format.h>

namespace poacl {
namespace {

// Plans with kernel and, when it accepts, completes the layouts the plan left at their default.
bool try_kernel(const KernelImpl& kernel, const OpInstance& op, const PlanContext& context,
                KernelChoice* choice) {
  KernelPlan plan;
  OpInstance offered = op;
  std::vector<TensorDesc> widened;
  if (!kernel.reads_bf16) {
    widened.assign(op.inputs.begin(), op.inputs.end());
    for (TensorDesc& input : widened) input.layout = full_width(input.layout);
    offered.inputs = widened;
  }
  const Status status = kernel.plan(offered, context, &plan);
  if (!status.ok()) {
    choice->declined.push_back(fmt::format("{}: {}", kernel.name, status.message()));
    return false;
  }
  plan.input_layouts.resize(op.inputs.size(), Layout::kPlain);
  plan.output_layouts.resize(op.outputs.size(), Layout::kPlain);
  choice->kernel = &kernel;
  choice->plan = std::move(plan);
  return true;
}

}  // namespace

KernelChoice choose_kernel(const OpInstance& op, const PlanContext& context, Isa isa,
                           std::string_view preferred) {
  KernelChoice choice;
  if (!preferred.empty()) {
    const KernelImpl* kernel = find_kernel(preferred);
    if (kernel != nullptr && op.type == kernel->op && kernel->isa <= isa &&
        try_kernel(*kernel, op, context, &choice)) {
      return choice;
    }
  }
  for (const KernelImpl* kernel : kernels_for(op.type)) {
    if (kernel->isa > isa) {
      choice.declined.push_back(fmt::format("{}: needs {}, running with {}", kernel->name,
                                            isa_name(kernel->isa), isa_name(isa)));
      continue;
    }
    if (try_kernel(*kernel, op, context, &choice)) return choice;
  }
  return choice;
}

std::string describe(const TensorDesc& desc) {
  if (desc.absent()) return "-";
  std::string text = fmt::format("{}{}", data_type_name(desc.dtype), dims_to_string(desc.dims));
  if (block_of(desc.layout) > 1) text += fmt::format("c{}", block_of(desc.layout));
  if (is_bf16(desc.layout)) text += "bf16";
  return text;
}

}  // namespace poacl
