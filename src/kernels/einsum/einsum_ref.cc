// Reference of Einsum: every element of the result is a sum over the labels it lacks.
#include <type_traits>

#include <fmt/format.h>

#include "kernels/einsum/einsum_equation.h"
#include "kernels/einsum/einsum_kernels.h"
#include "kernels/eltwise/type_dispatch.h"

namespace poacl {
namespace {

constexpr int kOperands = 8;
constexpr int kLabels = 32;

struct Params {
  DataType dtype;
  int operands;
  int kept, summed;  // labels of the result, then the others
  int64_t outputs, terms;
  int64_t size[kLabels];
  int64_t stride[kOperands][kLabels];  // of a label in an operand; 0 where it has or needs none
};

Status plan(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  std::vector<size_t> ranks;
  std::vector<const Dims*> dims;
  for (const TensorDesc& input : op.inputs) {
    if (input.dtype != op.inputs[0].dtype) return declined("operands of different types");
    ranks.push_back(input.dims.size());
    dims.push_back(&input.dims);
  }
  const Result<EinsumTerms> terms = parse_einsum(op.attrs->get_string("equation"), ranks);
  if (!terms.ok()) return declined(std::string(terms.status().message()));
  const Result<std::vector<int64_t>> sizes = einsum_sizes(*terms, dims);
  if (!sizes.ok()) return declined(std::string(sizes.status().message()));
  Params p{};
  p.dtype = op.inputs[0].dtype;
  p.operands = static_cast<int>(op.inputs.size());
  if (!is_arithmetic_type(p.dtype) || p.dtype == DataType::kBool) {
    return declined("type " + std::string(data_type_name(p.dtype)));
  }
  if (p.operands > kOperands || terms->labels > kLabels) {
    return declined(fmt::format("{} operands and {} labels; at most {} and {}", p.operands,
                                terms->labels, kOperands, kLabels));
  }
  std::vector<int> place(static_cast<size_t>(terms->labels), -1);
  const auto add = [&](int label) {
    int& at = place[static_cast<size_t>(label)];
    if (at >= 0) return;
    at = p.kept + p.summed;
    p.size[at] = (*sizes)[static_cast<size_t>(label)];
  };
  for (const int label : terms->output) {
    add(label);
    ++p.kept;
  }
  for (int label = 0; label < terms->labels; ++label) {
    if (place[static_cast<size_t>(label)] >= 0) continue;
    add(label);
    ++p.summed;
  }
  p.outputs = element_count({p.size, static_cast<size_t>(p.kept)});
  p.terms = element_count({p.size + p.kept, static_cast<size_t>(p.summed)});
  if (p.outputs < 0 || p.terms < 0) return declined("too many terms to sum");
  for (size_t i = 0; i < op.inputs.size(); ++i) {
    int64_t step = 1;
    for (size_t d = ranks[i]; d-- > 0;) {
      const int at = place[static_cast<size_t>(terms->operands[i][d])];
      // A label twice in one operand walks its diagonal.
      if ((*dims[i])[d] != 1) p.stride[i][at] += step;
      step *= (*dims[i])[d];
    }
  }
  plan->set_params(p);
  return {};
}

// Offsets of all operands at `index` of labels [first, first + count).
void offsets_of(const Params& p, int first, int count, int64_t index, int64_t* offsets) {
  for (int d = first + count - 1; d >= first; --d) {
    const int64_t at = index % p.size[d];
    index /= p.size[d];
    for (int i = 0; i < p.operands; ++i) offsets[i] += at * p.stride[i][d];
  }
}

template <typename T>
void evaluate(const Params& p, const KernelArgs& args) {
  using Sum = std::conditional_t<std::is_floating_point_v<T>, double, uint64_t>;
  auto* y = static_cast<T*>(args.outputs[0]);
  (*args.parallel)(p.outputs, [&](int64_t output, int) {
    int64_t base[kOperands] = {};
    offsets_of(p, 0, p.kept, output, base);
    Sum sum = 0;
    for (int64_t term = 0; term < p.terms; ++term) {
      int64_t at[kOperands];
      for (int i = 0; i < p.operands; ++i) at[i] = base[i];
      offsets_of(p, p.kept, p.summed, term, at);
      Sum product = 1;
      for (int i = 0; i < p.operands; ++i) {
        product *= static_cast<Sum>(static_cast<const T*>(args.inputs[i])[at[i]]);
      }
      sum += product;
    }
    y[output] = static_cast<T>(sum);
  });
}

void run(const KernelArgs& args) {
  const auto& p = args.get_params<Params>();
  dispatch_arithmetic(p.dtype, [&](auto zero) { evaluate<decltype(zero)>(p, args); });
}

}  // namespace

const KernelImpl kEinsumRef = {"Einsum", "einsum.ref", Isa::kGeneric, plan, nullptr, run};

}  // namespace poacl
