// Puts maxima back where argmax says; zeros elsewhere.
#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "kernels/eltwise/type_dispatch.h"
#include "kernels/pool/pool_kernels.h"

namespace poacl {
namespace {

constexpr size_t kMostDims = 8;

struct Params {
  int64_t elements;           // of x
  int64_t pooled[kMostDims];  // the shape argmax counts in
  int64_t y[kMostDims];
  int rank;
  int64_t y_elements;
  size_t size;  // of an element
  bool wide;    // argmax is int64
};

Status plan(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  const Dims& x = op.inputs[0].dims;
  const Dims& y = op.outputs[0].dims;
  if (x.size() < 3 || x.size() > kMostDims || y.size() != x.size() || op.inputs[1].dims != x ||
      op.inputs[0].dtype != op.outputs[0].dtype) {
    return declined(fmt::format("x {}, argmax {}, y {}", dims_to_string(x),
                                dims_to_string(op.inputs[1].dims), dims_to_string(y)));
  }
  const size_t spatial = x.size() - 2;
  const auto ksize = op.attrs->get_ints("ksize");
  const auto strides = op.attrs->get_ints("strides", std::vector<int64_t>(spatial, 1));
  const auto pads = op.attrs->get_ints("pads", std::vector<int64_t>(2 * spatial, 0));
  if (ksize.size() != spatial || strides.size() != spatial || pads.size() != 2 * spatial) {
    return declined("ksize, strides or pads do not fit x");
  }
  Params p{};
  p.rank = static_cast<int>(x.size());
  p.elements = element_count(x);
  p.y_elements = element_count(y);
  p.size = data_type_size(op.inputs[0].dtype);
  p.wide = op.inputs[1].dtype == DataType::kInt64;
  for (size_t i = 0; i < x.size(); ++i) {
    p.y[i] = y[i];
    p.pooled[i] =
        i < 2 ? x[i]
              : (x[i] - 1) * strides[i - 2] + ksize[i - 2] - pads[2 * i - 4] - pads[2 * i - 3];
    if (p.pooled[i] < 1 || p.pooled[i] > p.y[i]) {
      return declined(fmt::format("y {} is too small", dims_to_string(y)));
    }
  }
  plan->set_params(p);
  return {};
}

// Place in y of position `index` of the pooled shape; -1 outside of it.
int64_t place(const Params& p, int64_t index) {
  if (index < 0) return -1;
  int64_t at = 0;
  int64_t stride = 1;
  for (int i = p.rank - 1; i >= 0; --i) {
    at += index % p.pooled[i] * stride;
    index /= p.pooled[i];
    stride *= p.y[i];
  }
  return index == 0 ? at : -1;
}

template <typename T>
void unpool(const Params& p, const KernelArgs& args) {
  const auto* x = static_cast<const T*>(args.inputs[0]);
  auto* y = static_cast<T*>(args.outputs[0]);
  std::memset(y, 0, static_cast<size_t>(p.y_elements) * sizeof(T));
  for (int64_t i = 0; i < p.elements; ++i) {
    const int64_t index = p.wide ? static_cast<const int64_t*>(args.inputs[1])[i]
                                 : static_cast<const int32_t*>(args.inputs[1])[i];
    const int64_t at = place(p, index);
    if (at >= 0) y[at] = x[i];
  }
}

void run(const KernelArgs& args) {
  const auto& p = args.get_params<Params>();
  dispatch_size(p.size, [&](auto zero) { unpool<decltype(zero)>(p, args); });
}

}  // namespace

const KernelImpl kMaxUnpoolRef = {"MaxUnpool", "max_unpool.ref", Isa::kGeneric, plan, nullptr, run};

}  // namespace poacl
