// Reference of SoftmaxV2 and LogSoftmaxV2 over any set of axes.
#include <cmath>
#include <limits>

#include "kernels/norm/norm_kernels.h"

namespace poacl {
namespace {

constexpr int kRank = 10;

struct Params {
  DataType dtype;
  bool log;
  int rank;
  int64_t dims[kRank];
  int64_t stride[kRank];
  bool reduced[kRank];
};

Status plan(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  const Dims& dims = op.inputs[0].dims;
  Params p{};
  p.dtype = op.inputs[0].dtype;
  p.log = op.type == "LogSoftmaxV2";
  if (p.dtype != DataType::kFloat && p.dtype != DataType::kDouble) {
    return declined("type " + std::string(data_type_name(p.dtype)));
  }
  if (dims.size() > kRank) return declined("too many dimensions");
  p.rank = static_cast<int>(dims.size());
  int64_t stride = 1;
  for (int d = p.rank - 1; d >= 0; --d) {
    p.dims[d] = dims[static_cast<size_t>(d)];
    p.stride[d] = stride;
    stride *= p.dims[d];
  }
  for (int64_t axis : op.attrs->get_ints("axes", {-1})) {
    if (axis < 0) axis += p.rank;
    if (axis < 0 || axis >= p.rank) return declined("axes out of range");
    p.reduced[axis] = true;
  }
  plan->set_params(p);
  return {};
}

// Calls f(offset) for every combination of the dimensions whose `reduced` flag is `which`.
template <typename F>
void walk(const Params& p, bool which, F&& f) {
  int64_t index[kRank] = {};
  int64_t count = 1;
  for (int d = 0; d < p.rank; ++d) {
    if (p.reduced[d] == which) count *= p.dims[d];
  }
  for (int64_t i = 0; i < count; ++i) {
    int64_t offset = 0;
    for (int d = 0; d < p.rank; ++d) offset += index[d] * p.stride[d];
    f(offset);
    for (int d = p.rank - 1; d >= 0; --d) {
      if (p.reduced[d] != which) continue;
      if (++index[d] < p.dims[d]) break;
      index[d] = 0;
    }
  }
}

template <typename T>
void run_typed(const KernelArgs& args, const Params& p) {
  const T* x = static_cast<const T*>(args.inputs[0]);
  T* y = static_cast<T*>(args.outputs[0]);
  walk(p, false, [&](int64_t base) {
    double most = -std::numeric_limits<double>::infinity();
    walk(p, true, [&](int64_t i) { most = x[base + i] > most ? x[base + i] : most; });
    double sum = 0;
    walk(p, true, [&](int64_t i) { sum += std::exp(x[base + i] - most); });
    walk(p, true, [&](int64_t i) {
      const double shifted = x[base + i] - most;
      y[base + i] = static_cast<T>(p.log ? shifted - std::log(sum) : std::exp(shifted) / sum);
    });
  });
}

void run(const KernelArgs& args) {
  const auto& p = args.get_params<Params>();
  if (p.dtype == DataType::kFloat) {
    run_typed<float>(args, p);
  } else {
    run_typed<double>(args, p);
  }
}

}  // namespace

const KernelImpl kSoftmaxRef = {"SoftmaxV2", "softmax.ref", Isa::kGeneric, plan, nullptr, run};
const KernelImpl kLogSoftmaxRef = {"LogSoftmaxV2", "log_softmax.ref", Isa::kGeneric,
                                   plan,           nullptr,           run};

}  // namespace poacl
