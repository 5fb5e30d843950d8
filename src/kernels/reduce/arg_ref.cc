// ArgMaxV2 and ArgMinV2: position of the largest or smallest element along one dimension.
#include "kernels/eltwise/type_dispatch.h"
#include "kernels/reduce/reduce_kernels.h"

namespace poacl {
namespace {

struct Params {
  DataType dtype;
  bool most;
  bool wide;  // int64 result, else int32
  bool last;  // of equal elements the last one counts, else the first
  int64_t outer, length, inner;
};

Status plan(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  Params p{};
  const Dims& dims = op.inputs[0].dims;
  p.dtype = op.inputs[0].dtype;
  p.most = op.type == "ArgMaxV2";
  p.last = op.attrs->get_bool("select_last_index");
  p.wide = op.outputs[0].dtype == DataType::kInt64;
  if (!is_arithmetic_type(p.dtype)) {
    return declined("type " + std::string(data_type_name(p.dtype)));
  }
  const Tensor* dimension = op.constants[1];
  if (dimension == nullptr || dimension->count() != 1) return declined("dimension is not constant");
  int64_t axis = dimension->dtype == DataType::kInt64 ? dimension->as<int64_t>()[0]
                                                      : dimension->as<int32_t>()[0];
  const int64_t rank = static_cast<int64_t>(dims.size());
  if (axis < 0) axis += rank;
  if (axis < 0 || axis >= rank) return declined("dimension out of range");
  const std::span<const int64_t> all(dims);
  p.outer = element_count(all.first(static_cast<size_t>(axis)));
  p.length = dims[static_cast<size_t>(axis)];
  p.inner = element_count(all.subspan(static_cast<size_t>(axis) + 1));
  plan->set_params(p);
  return {};
}

template <typename T>
void run_typed(const KernelArgs& args, const Params& p) {
  const T* x = static_cast<const T*>(args.inputs[0]);
  (*args.parallel)(p.outer, [&](int64_t o, int) {
    for (int64_t i = 0; i < p.inner; ++i) {
      const T* column = x + o * p.length * p.inner + i;
      int64_t best = 0;
      for (int64_t k = 1; k < p.length; ++k) {
        const T v = column[k * p.inner];
        const T held = column[best * p.inner];
        if ((p.most ? v > held : v < held) || (p.last && v == held)) best = k;
      }
      const int64_t at = o * p.inner + i;
      if (p.wide) {
        static_cast<int64_t*>(args.outputs[0])[at] = best;
      } else {
        static_cast<int32_t*>(args.outputs[0])[at] = static_cast<int32_t>(best);
      }
    }
  });
}

void run(const KernelArgs& args) {
  const auto& p = args.get_params<Params>();
  dispatch_arithmetic(p.dtype, [&](auto zero) { run_typed<decltype(zero)>(args, p); });
}

}  // namespace

const KernelImpl kArgMaxRef = {"ArgMaxV2", "arg_max.ref", Isa::kGeneric, plan, nullptr, run};
const KernelImpl kArgMinRef = {"ArgMinV2", "arg_min.ref", Isa::kGeneric, plan, nullptr, run};

}  // namespace poacl
