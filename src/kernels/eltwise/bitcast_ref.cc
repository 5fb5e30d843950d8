// Bitcast: the same bytes under another type of the same size.
#include <cstring>

#include "kernels/eltwise/eltwise_kernels.h"

namespace poacl {
namespace {

struct Params {
  size_t bytes;
};

Status plan(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  const Params params{storage_bytes(op.outputs[0])};
  if (data_type_size(op.inputs[0].dtype) != data_type_size(op.outputs[0].dtype)) {
    return declined("types of different sizes");
  }
  plan->in_place = true;
  plan->set_params(params);
  return {};
}

void run(const KernelArgs& args) {
  if (args.inputs[0] == args.outputs[0]) return;
  std::memcpy(args.outputs[0], args.inputs[0], args.get_params<Params>().bytes);
}

}  // namespace

const KernelImpl kBitcastRef = {"Bitcast", "bitcast.ref", Isa::kGeneric, plan, nullptr, run};

}  // namespace poacl
