#include "kernels/eltwise/type_dispatch.h"
#include "kernels/reduce/reduce_kernels.h"

namespace poacl {
namespace {

struct Name {
  std::string_view op;
  ReduceKind kind;
};
constexpr Name kNames[] = {
    {"ReduceMean", ReduceKind::kMean},     {"ReduceSum", ReduceKind::kSum},
    {"ReduceMax", ReduceKind::kMax},       {"ReduceMin", ReduceKind::kMin},
    {"ReduceProd", ReduceKind::kProd},     {"ReduceL1", ReduceKind::kL1},
    {"ReduceL2", ReduceKind::kL2},         {"ReduceSumSquare", ReduceKind::kSumSquare},
    {"ReduceLogSum", ReduceKind::kLogSum}, {"ReduceLogSumExp", ReduceKind::kLogSumExp}};

}  // namespace

Status read_reduce(const OpInstance& op, ReduceParams* params) {
  ReduceParams p{};
  bool known = false;
  for (const Name& name : kNames) {
    if (name.op != op.type) continue;
    p.kind = name.kind;
    known = true;
  }
  if (!known) return declined("not a reduction");
  const Dims& dims = op.inputs[0].dims;
  p.dtype = op.inputs[0].dtype;
  if (!is_arithmetic_type(p.dtype)) {
    return declined("type " + std::string(data_type_name(p.dtype)));
  }
  if (dims.size() > static_cast<size_t>(kMaxReduceRank)) return declined("too many dimensions");
  p.rank = static_cast<int>(dims.size());
  const bool has_axes = op.inputs.size() > 1 && !op.inputs[1].absent();
  const Tensor* axes = has_axes ? op.constants[1] : nullptr;
  if (has_axes && axes == nullptr) return declined("axes are not constant");
  const int64_t axis_count = axes ? axes->count() : 0;
  const bool all = axis_count == 0 && !op.attrs->get_bool("noop_with_empty_axes");
  for (int d = 0; d < p.rank; ++d) {
    p.dims[d] = dims[static_cast<size_t>(d)];
    p.reduced[d] = all;
  }
  for (int64_t i = 0; i < axis_count; ++i) {
    int64_t axis = axes->dtype == DataType::kInt64 ? axes->as<int64_t>()[static_cast<size_t>(i)]
                                                   : axes->as<int32_t>()[static_cast<size_t>(i)];
    if (axis < 0) axis += p.rank;
    if (axis < 0 || axis >= p.rank) return declined("axes out of range");
    p.reduced[axis] = true;
  }
  p.outputs = p.length = 1;
  for (int d = 0; d < p.rank; ++d) (p.reduced[d] ? p.length : p.outputs) *= p.dims[d];
  *params = p;
  return {};
}

}  // namespace poacl
