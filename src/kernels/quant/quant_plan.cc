#include <limits>

#include "kernels/eltwise/type_dispatch.h"
#include "kernels/quant/quant_kernels.h"

namespace poacl {
namespace {

Status read_geometry(const OpInstance& op, QuantGeometry* geometry) {
  const Dims& x = op.inputs[0].dims;
  const Dims& scale = op.inputs[1].dims;
  QuantGeometry g;
  if (element_count(scale) == 1 && scale.size() <= 1) {
    g.inner = element_count(x);
    *geometry = g;
    return {};
  }
  const int64_t rank = static_cast<int64_t>(x.size());
  int64_t axis = op.attrs->get_int("axis", 1);
  if (axis < 0) axis += rank;
  if (axis < 0 || axis >= rank) return declined("axis out of range");
  const std::span<const int64_t> all(x);
  g.outer = element_count(all.first(static_cast<size_t>(axis)));
  g.length = x[static_cast<size_t>(axis)];
  g.inner = element_count(all.subspan(static_cast<size_t>(axis) + 1));
  if (const int64_t block = op.attrs->get_int("block_size"); block > 0) {
    if (scale.size() != x.size()) return declined("blocks whose scale is of another rank");
    g.block = block;
    g.blocks = (g.length + block - 1) / block;
    if (element_count(scale) != g.outer * g.blocks * g.inner) return declined("the scale's shape");
  } else {
    g.per_axis = true;
    if (element_count(scale) != g.length) return declined("the scale's shape");
  }
  *geometry = g;
  return {};
}

}  // namespace

QuantRange quant_range(DataType type) {
  QuantRange range{0, 0};
  if (type == DataType::kInt8 || type == DataType::kUint8 || type == DataType::kInt16 ||
      type == DataType::kUint16) {
    dispatch_arithmetic(type, [&](auto zero) {
      using Limits = std::numeric_limits<decltype(zero)>;
      range = {static_cast<float>(Limits::lowest()), static_cast<float>(Limits::max())};
    });
  }
  return range;
}

Status read_quant(const OpInstance& op, QuantParams* params) {
  QuantParams p{};
  POACL_RETURN_IF_ERROR(read_geometry(op, &p.geometry));
  p.input = op.inputs[0].dtype;
  p.output = op.outputs[0].dtype;
  const DataType* precision = op.attrs->find<DataType>("precision");
  p.precision = precision ? *precision : DataType::kFloat;
  p.has_zero_point = op.inputs.size() > 2 && !op.inputs[2].absent();
  if (p.has_zero_point && element_count(op.inputs[2].dims) != element_count(op.inputs[1].dims)) {
    return declined("scale and zero point of different shapes");
  }
  if (op.inputs[1].dtype != DataType::kFloat) {
    return declined("a scale of type " + std::string(data_type_name(op.inputs[1].dtype)));
  }
  *params = p;
  return {};
}

}  // namespace poacl
