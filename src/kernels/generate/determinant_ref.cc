// MatrixDeterminant: elimination with partial pivoting, in double.
#include <algorithm>
#include <cmath>

#include "kernels/generate/generate_kernels.h"

namespace poacl {
namespace {

struct Params {
  bool real64;
  int64_t matrices, size;
};

Status plan(const OpInstance& op, const PlanContext& context, KernelPlan* plan) {
  const Dims& dims = op.inputs[0].dims;
  Params p{};
  p.real64 = op.inputs[0].dtype == DataType::kDouble;
  if (!p.real64 && op.inputs[0].dtype != DataType::kFloat) {
    return declined("type " + std::string(data_type_name(op.inputs[0].dtype)));
  }
  p.size = dims.back();
  p.matrices = element_count(op.outputs[0].dims);
  plan->scratch_bytes =
      static_cast<size_t>(context.workers) * static_cast<size_t>(p.size * p.size) * sizeof(double);
  plan->set_params(p);
  return {};
}

double determinant(double* a, int64_t n) {
  double product = 1;
  for (int64_t k = 0; k < n; ++k) {
    int64_t pivot = k;
    for (int64_t r = k + 1; r < n; ++r) {
      if (std::fabs(a[r * n + k]) > std::fabs(a[pivot * n + k])) pivot = r;
    }
    if (pivot != k) {
      std::swap_ranges(a + k * n, a + (k + 1) * n, a + pivot * n);
      product = -product;
    }
    const double head = a[k * n + k];
    product *= head;
    if (head == 0) return product;
    for (int64_t r = k + 1; r < n; ++r) {
      const double factor = a[r * n + k] / head;
      for (int64_t c = k; c < n; ++c) a[r * n + c] -= factor * a[k * n + c];
    }
  }
  return product;
}

template <typename T>
void run_typed(const KernelArgs& args, const Params& p) {
  const T* x = static_cast<const T*>(args.inputs[0]);
  T* y = static_cast<T*>(args.outputs[0]);
  const int64_t elements = p.size * p.size;
  (*args.parallel)(p.matrices, [&](int64_t m, int worker) {
    double* copy = reinterpret_cast<double*>(args.scratch) + worker * elements;
    std::copy_n(x + m * elements, elements, copy);
    y[m] = static_cast<T>(determinant(copy, p.size));
  });
}

void run(const KernelArgs& args) {
  const auto& p = args.get_params<Params>();
  if (p.real64) return run_typed<double>(args, p);
  run_typed<float>(args, p);
}

}  // namespace

const KernelImpl kMatrixDeterminantRef = {
    "MatrixDeterminant", "matrix_determinant.ref", Isa::kGeneric, plan, nullptr, run};

}  // namespace poacl
