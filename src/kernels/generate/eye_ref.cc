// EyeLike: ones on a diagonal of a matrix.
#include <cstring>

#include "kernels/eltwise/type_dispatch.h"
#include "kernels/generate/generate_kernels.h"

namespace poacl {
namespace {

struct Params {
  DataType dtype;
  int64_t rows, columns, diagonal;
};

Status plan(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  const TensorDesc& out = op.outputs[0];
  if (!is_arithmetic_type(out.dtype)) {
    return declined("result type " + std::string(data_type_name(out.dtype)));
  }
  plan->set_params(Params{out.dtype, out.dims[0], out.dims[1], op.attrs->get_int("k")});
  return {};
}

void run(const KernelArgs& args) {
  const auto& p = args.get_params<Params>();
  dispatch_arithmetic(p.dtype, [&](auto zero) {
    using T = decltype(zero);
    T* y = static_cast<T*>(args.outputs[0]);
    for (int64_t r = 0; r < p.rows; ++r) {
      for (int64_t c = 0; c < p.columns; ++c) {
        y[r * p.columns + c] = c - r == p.diagonal ? T{1} : T{0};
      }
    }
  });
}

}  // namespace

const KernelImpl kEyeLikeRef = {"EyeLike", "eye_like.ref", Isa::kGeneric, plan, nullptr, run};

}  // namespace poacl
