#include "kernels/qlinear/quant_eltwise.h"

#include <algorithm>

#include <fmt/format.h>

#include "kernels/qlinear/qlinear_kernels.h"

namespace poacl {
namespace {

struct Bounds {
  int64_t low, high;
};

// The numbers that a result of type `y` may have.
Bounds bounds_of(const AttrMap& attrs, const std::string& prefix, DataType y) {
  const int64_t low = y == DataType::kInt8 ? -128 : 0;
  Bounds b{};
  b.low = std::clamp<int64_t>(attrs.get_int(prefix + "clip_low", low), low, low + 255);
  b.high = std::clamp<int64_t>(attrs.get_int(prefix + "clip_high", low + 255), b.low, low + 255);
  return b;
}

bool all_quant(const OpInstance& op) {
  return std::all_of(op.inputs.begin(), op.inputs.end(),
                     [](const TensorDesc& x) { return is_quant_type(x.dtype); }) &&
         is_quant_type(op.outputs[0].dtype);
}

int32_t offset(const AttrMap& attrs, const std::string& name) {
  return static_cast<int32_t>(std::clamp<int64_t>(attrs.get_int(name), -128, 255));
}

}  // namespace

void set_quant_sum(const AttrMap& attrs, const std::string& prefix, DataType y,
                   QuantAddParams* params) {
  QuantAddParams& p = *params;
  p.signed_y = y == DataType::kInt8;
  const float y_scale = attrs.get_float(prefix + "y_scale", 1.0f);
  p.factor1 = attrs.get_float(prefix + "x1_scale", 1.0f) / y_scale;
  p.factor2 = attrs.get_float(prefix + "x2_scale", 1.0f) / y_scale;
  const float first = p.factor1 * static_cast<float>(offset(attrs, prefix + "x1_offset"));
  const float second = p.factor2 * static_cast<float>(offset(attrs, prefix + "x2_offset"));
  p.constant = static_cast<float>(offset(attrs, prefix + "y_offset")) - (first + second);
  const Bounds bounds = bounds_of(attrs, prefix, y);
  p.low = static_cast<float>(bounds.low);
  p.high = static_cast<float>(bounds.high);
}

Status read_quant_add(const OpInstance& op, QuantAddParams* params) {
  if (op.inputs.size() != 2 || !all_quant(op)) {
    return declined("x1, x2 or y is neither int8 nor uint8");
  }
  if (op.inputs[0].dims != op.outputs[0].dims || op.inputs[1].dims != op.outputs[0].dims) {
    return declined(
        fmt::format("x1 {}, x2 {}, y {}: the same wanted", dims_to_string(op.inputs[0].dims),
                    dims_to_string(op.inputs[1].dims), dims_to_string(op.outputs[0].dims)));
  }
  QuantAddParams p{};
  p.signed1 = op.inputs[0].dtype == DataType::kInt8;
  p.signed2 = op.inputs[1].dtype == DataType::kInt8;
  p.count = element_count(op.outputs[0].dims);
  set_quant_sum(*op.attrs, "", op.outputs[0].dtype, &p);
  *params = p;
  return {};
}

Status read_quant_pool(const OpInstance& op, QuantPoolParams* params) {
  if (op.inputs.size() != 1 || !all_quant(op)) {
    return declined("x or y is neither int8 nor uint8");
  }
  const Dims& x = op.inputs[0].dims;
  Dims expected = x;
  if (x.size() >= 3) std::fill(expected.begin() + 2, expected.end(), 1);
  if (x.size() < 3 || op.outputs[0].dims != expected) {
    return declined(
        fmt::format("x {}, y {}", dims_to_string(x), dims_to_string(op.outputs[0].dims)));
  }
  QuantPoolParams p{};
  p.signed_x = op.inputs[0].dtype == DataType::kInt8;
  p.signed_y = op.outputs[0].dtype == DataType::kInt8;
  p.channels = x[1];
  p.planes = x[0] * x[1];
  p.area = element_count({x.data() + 2, x.size() - 2});
  constexpr int64_t kMostCells = int64_t{1} << 23;  // the sum of so many numbers is an int32
  if (p.area < 1 || p.area > kMostCells) {
    return declined(fmt::format("planes of {} cells: 1 to {} wanted", p.area, kMostCells));
  }
  p.x_offset = offset(*op.attrs, "x_offset");
  p.y_offset = offset(*op.attrs, "y_offset");
  p.factor = op.attrs->get_float("x_scale", 1.0f) /
             (op.attrs->get_float("y_scale", 1.0f) * static_cast<float>(p.area));
  const Bounds bounds = bounds_of(*op.attrs, "", op.outputs[0].dtype);
  p.low = static_cast<float>(bounds.low - p.y_offset);
  p.high = static_cast<float>(bounds.high - p.y_offset);
  *params = p;
  return {};
}

}  // namespace poacl
