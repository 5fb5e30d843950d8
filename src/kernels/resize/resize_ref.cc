// Reference of Resize: each element of y is the sum over the taps of all dimensions.
#include <cstring>
#include <limits>
#include <type_traits>

#include "kernels/eltwise/type_dispatch.h"
#include "kernels/resize/resize_kernels.h"
#include "kernels/resize/resize_table.h"

namespace poacl {
namespace {

constexpr int kMostDims = 8;

// Followed in params by the tables: for each dimension first, weight and outside.
struct Header {
  int rank;
  bool exact;  // copies: one tap of weight 1 everywhere
  DataType dtype;
  double extrapolation;
  int64_t in[kMostDims], out[kMostDims], step[kMostDims], taps[kMostDims];
  size_t first_at[kMostDims], weight_at[kMostDims], outside_at[kMostDims];  // 0: none
  int64_t rows;  // y's, along the last dimension
};

template <typename T>
size_t append(const std::vector<T>& values, std::vector<std::byte>* params) {
  const size_t at = (params->size() + 7) / 8 * 8;
  params->resize(at + values.size() * sizeof(T));
  std::memcpy(params->data() + at, values.data(), values.size() * sizeof(T));
  return at;
}

Status plan(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  POACL_ASSIGN_OR_RETURN(const auto tables, resize_tables(op));
  Header h{};
  h.rank = static_cast<int>(tables.size());
  h.dtype = op.inputs[0].dtype;
  if (!is_arithmetic_type(h.dtype)) {
    return declined("tensors of type " + std::string(data_type_name(h.dtype)));
  }
  h.extrapolation = static_cast<double>(op.attrs->get_float("extrapolation_value"));
  plan->params.resize(sizeof(Header));
  h.exact = true;
  h.rows = 1;
  int64_t step = 1;
  for (int d = h.rank - 1; d >= 0; --d) {
    const ResizeTable& table = tables[static_cast<size_t>(d)];
    h.in[d] = table.in, h.out[d] = table.out, h.taps[d] = table.taps, h.step[d] = step;
    step *= table.in;
    if (d + 1 < h.rank) h.rows *= table.out;
    h.exact = h.exact && (table.taps == 1 || table.identity());
    h.first_at[d] = append(table.first, &plan->params);
    h.weight_at[d] = append(table.weight, &plan->params);
    if (!table.outside.empty()) h.outside_at[d] = append(table.outside, &plan->params);
  }
  std::memcpy(plan->params.data(), &h, sizeof(h));
  return {};
}

template <typename T>
class Sampler {
 public:
  Sampler(const Header& h, const T* x)
      : h_(h), tables_(reinterpret_cast<const std::byte*>(&h)), x_(x) {}

  bool outside(int d, int64_t i) const {
    return h_.outside_at[d] != 0 &&
           reinterpret_cast<const uint8_t*>(tables_ + h_.outside_at[d])[i] != 0;
  }
  // Sum over dimensions d and following; `at`: the cell chosen in those before.
  double sum(int d, const int64_t* pos, int64_t at) const {
    if (d == h_.rank) return static_cast<double>(x_[at]);
    const int64_t first = first_of(d, pos[d]);
    const double* weight =
        reinterpret_cast<const double*>(tables_ + h_.weight_at[d]) + pos[d] * h_.taps[d];
    double total = 0;
    for (int64_t t = 0; t < h_.taps[d]; ++t) {
      if (weight[t] == 0) continue;
      total += weight[t] * sum(d + 1, pos, at + (first + t) * h_.step[d]);
    }
    return total;
  }
  // The one cell of a copy.
  T cell(const int64_t* pos) const {
    int64_t at = 0;
    for (int d = 0; d < h_.rank; ++d) {
      at += (h_.taps[d] == 1 ? first_of(d, pos[d]) : pos[d]) * h_.step[d];
    }
    return x_[at];
  }

 private:
  int64_t first_of(int d, int64_t i) const {
    return reinterpret_cast<const int64_t*>(tables_ + h_.first_at[d])[i];
  }

  const Header& h_;
  const std::byte* tables_;
  const T* x_;
};

// Integers lose their fraction and stay in range.
template <typename T>
T narrowed(double value) {
  if constexpr (std::is_integral_v<T>) {
    constexpr auto kLow = static_cast<double>(std::numeric_limits<T>::lowest());
    constexpr auto kHigh = static_cast<double>(std::numeric_limits<T>::max());
    if (value >= kHigh) return std::numeric_limits<T>::max();
    if (!(value > kLow)) return std::numeric_limits<T>::lowest();
  }
  return static_cast<T>(value);
}

template <typename T>
void run_typed(const Header& h, const KernelArgs& args) {
  const Sampler<T> sampler(h, static_cast<const T*>(args.inputs[0]));
  auto* y = static_cast<T*>(args.outputs[0]);
  const int64_t width = h.rank == 0 ? 1 : h.out[h.rank - 1];
  (*args.parallel)(h.rows, [&](int64_t row, int) {
    int64_t pos[kMostDims] = {};
    bool row_outside = false;
    int64_t rest = row;
    for (int d = h.rank - 2; d >= 0; --d) {
      pos[d] = rest % h.out[d];
      rest /= h.out[d];
      row_outside = row_outside || sampler.outside(d, pos[d]);
    }
    for (int64_t i = 0; i < width; ++i) {
      if (h.rank > 0) pos[h.rank - 1] = i;
      T& result = y[row * width + i];
      if (row_outside || (h.rank > 0 && sampler.outside(h.rank - 1, i))) {
        result = narrowed<T>(h.extrapolation);
      } else if (h.exact) {
        result = sampler.cell(pos);
      } else {
        result = narrowed<T>(sampler.sum(0, pos, 0));
      }
    }
  });
}

void run(const KernelArgs& args) {
  const auto& h = args.get_params<Header>();
  dispatch_arithmetic(h.dtype, [&](auto zero) { run_typed<decltype(zero)>(h, args); });
}

}  // namespace

const KernelImpl kResizeRef = {"Resize", "resize.ref", Isa::kGeneric, plan, nullptr, run};

}  // namespace poacl
