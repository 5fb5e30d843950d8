// Cumsum and Cumprod along one dimension, which is read when run.
#include <algorithm>
#include <type_traits>

#include "kernels/cumulative/cumulative_kernels.h"
#include "kernels/eltwise/type_dispatch.h"

namespace poacl {
namespace {

constexpr int kRank = 10;

struct Params {
  DataType dtype;
  DataType axis;  // type of the axis
  bool product, exclusive, reverse;
  int rank;
  int64_t dims[kRank];
};

Status plan(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  Params p{};
  const Dims& dims = op.inputs[0].dims;
  p.dtype = op.inputs[0].dtype;
  p.axis = op.inputs[1].dtype;
  p.product = op.type == "Cumprod";
  p.exclusive = op.attrs->get_bool("exclusive");
  p.reverse = op.attrs->get_bool("reverse");
  if (!is_arithmetic_type(p.dtype)) {
    return declined("type " + std::string(data_type_name(p.dtype)));
  }
  if (dims.size() > static_cast<size_t>(kRank)) return declined("too many dimensions");
  p.rank = static_cast<int>(dims.size());
  std::copy(dims.begin(), dims.end(), p.dims);
  plan->set_params(p);
  return {};
}

template <typename T>
void run_typed(const KernelArgs& args, const Params& p) {
  int64_t axis = p.axis == DataType::kInt64 ? *static_cast<const int64_t*>(args.inputs[1])
                                            : *static_cast<const int32_t*>(args.inputs[1]);
  if (axis < 0) axis += p.rank;
  // A run cannot fail; an axis that is only known now and is none counts as the nearest.
  axis = std::clamp<int64_t>(axis, 0, std::max(0, p.rank - 1));
  int64_t outer = 1, inner = 1;
  for (int64_t d = 0; d < axis; ++d) outer *= p.dims[d];
  for (int64_t d = axis + 1; d < p.rank; ++d) inner *= p.dims[d];
  const int64_t length = p.rank == 0 ? 1 : p.dims[axis];
  const T* x = static_cast<const T*>(args.inputs[0]);
  T* y = static_cast<T*>(args.outputs[0]);
  // Integers wrap around; floats are summed in double.
  using Sum = std::conditional_t<std::is_floating_point_v<T>, double, uint64_t>;
  (*args.parallel)(outer, [&](int64_t o, int) {
    for (int64_t i = 0; i < inner; ++i) {
      Sum sum = p.product ? Sum{1} : Sum{0};
      for (int64_t k = 0; k < length; ++k) {
        const int64_t at = (o * length + (p.reverse ? length - 1 - k : k)) * inner + i;
        const Sum v = static_cast<Sum>(x[at]);
        if (p.exclusive) y[at] = static_cast<T>(sum);
        sum = p.product ? sum * v : sum + v;
        if (!p.exclusive) y[at] = static_cast<T>(sum);
      }
    }
  });
}

void run(const KernelArgs& args) {
  const auto& p = args.get_params<Params>();
  dispatch_arithmetic(p.dtype, [&](auto zero) { run_typed<decltype(zero)>(args, p); });
}

}  // namespace

const KernelImpl kCumsumRef = {"Cumsum", "cumsum.ref", Isa::kGeneric, plan, nullptr, run};
const KernelImpl kCumprodRef = {"Cumprod", "cumprod.ref", Isa::kGeneric, plan, nullptr, run};

}  // namespace poacl
