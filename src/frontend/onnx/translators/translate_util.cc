#include "frontend/onnx/translators/translate_util.h"

#include <algorithm>

#include "base/half.h"
#include "frontend/onnx/tensor_decode.h"
#include "graph/graph_error.h"

namespace poacl::onnx_frontend {

Status need_inputs(const TranslateContext& context, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    if (!context.has_input(i)) {
      return graph_error("the operator needs {} inputs, but input {} is missing", count, i);
    }
  }
  return {};
}

Status emit(TranslateContext& context, std::string type, std::vector<ValueId> inputs,
            AttrMap attrs) {
  POACL_ASSIGN_OR_RETURN(const ValueId value,
                         context.add(std::move(type), std::move(inputs), std::move(attrs)));
  context.set_output(0, value);
  return {};
}

ValueId add_ints(TranslateContext& context, std::string_view role, Dims dims,
                 const std::vector<int64_t>& values) {
  return context.graph().add_constant(
      context.node().name + "/" + std::string(role),
      Tensor::from<int64_t>(DataType::kInt64, std::move(dims), values));
}

ValueId add_scalar(TranslateContext& context, std::string_view role, DataType dtype, double value) {
  Tensor tensor;
  if (dtype == DataType::kFloat) {
    const float v[] = {static_cast<float>(value)};
    tensor = Tensor::from<float>(dtype, {}, v);
  } else if (dtype == DataType::kDouble) {
    const double v[] = {value};
    tensor = Tensor::from<double>(dtype, {}, v);
  } else if (dtype == DataType::kFloat16) {
    const uint16_t v[] = {float_to_half(static_cast<float>(value))};
    tensor = Tensor::from<uint16_t>(dtype, {}, v);
  } else if (dtype == DataType::kBfloat16) {
    const uint16_t v[] = {float_to_bfloat16(static_cast<float>(value))};
    tensor = Tensor::from<uint16_t>(dtype, {}, v);
  } else {
    return kNoValue;
  }
  return context.graph().add_constant(context.node().name + "/" + std::string(role),
                                      std::move(tensor));
}

Result<DataType> type_attr(const TranslateContext& context, const char* name, DataType fallback) {
  const int64_t number = context.node().attrs.get_int(name);
  if (number == 0) return fallback;
  const int32_t code = number > 0 && number <= INT32_MAX ? static_cast<int32_t>(number) : -1;
  const DataType type = data_type_from_onnx(code);
  if (data_type_size(type) == 0) {
    return context.unsupported(fmt::format("{} {}", name, onnx_type_name(code)));
  }
  return type;
}

Result<std::optional<std::vector<int64_t>>> constant_input(const TranslateContext& context,
                                                           size_t input, std::string_view what) {
  using Found = std::optional<std::vector<int64_t>>;
  if (!context.has_input(input)) return Found();
  const Tensor* tensor = context.constant(input);
  if (tensor == nullptr) {
    return context.unsupported(
        fmt::format("its input {} ({}) must be known before run time", input, what));
  }
  std::vector<int64_t> values;
  if (tensor->dtype == DataType::kInt64) {
    const auto data = tensor->as<int64_t>();
    values.assign(data.begin(), data.end());
  } else if (tensor->dtype == DataType::kInt32) {
    const auto data = tensor->as<int32_t>();
    values.assign(data.begin(), data.end());
  } else {
    return graph_error("input {} ({}) must be int32 or int64, but is {}", input, what,
                       data_type_name(tensor->dtype));
  }
  return Found(std::move(values));
}

Result<std::optional<std::vector<int64_t>>> attr_or_input(const TranslateContext& context,
                                                          const char* attr, size_t input,
                                                          int64_t last_attr_opset) {
  if (context.node().opset > last_attr_opset) return constant_input(context, input, attr);
  const auto* list = context.node().attrs.find<std::vector<int64_t>>(attr);
  return list ? std::optional(*list) : std::nullopt;
}

Result<ValueId> stretched(TranslateContext& context, ValueId value, int64_t count) {
  if (count <= 0) return value;
  const auto rank = static_cast<int64_t>(context.graph().value(value).dims.size());
  std::vector<int64_t> axes;
  for (int64_t d = 0; d < count; ++d) axes.push_back(rank + d);
  AttrMap attrs;
  attrs.set("axes", std::move(axes));
  return context.add("Unsqueeze", {value}, std::move(attrs));
}

Result<int64_t> rank_of(const TranslateContext& context, size_t input) {
  const Value& value = context.input_value(input);
  if (!value.shape_known) {
    return context.unsupported(
        fmt::format("the number of dimensions of its input {} is not known", input));
  }
  return static_cast<int64_t>(value.dims.size());
}

Status window_attrs(const TranslateContext& context, size_t spatial, AttrMap* attrs) {
  const AttrMap& given = context.node().attrs;
  for (const char* name : {"strides", "dilations"}) {
    const auto list = given.get_ints(name);
    if (list.empty()) continue;
    if (list.size() != spatial) {
      return graph_error("{} {} must have {} numbers", name, dims_to_string(list), spatial);
    }
    std::vector<int64_t> all(spatial == 1 ? 3 : 2, 1);
    all.insert(all.end(), list.begin(), list.end());
    attrs->set(name, std::move(all));
  }
  const std::string auto_pad = given.get_string("auto_pad", "NOTSET");
  if (auto_pad != "NOTSET" && !auto_pad.empty()) {
    attrs->set("auto_pad", auto_pad);
    return {};
  }
  const auto pads = given.get_ints("pads");
  if (pads.empty()) return {};
  if (pads.size() != 2 * spatial) {
    return graph_error("pads {} must have {} numbers", dims_to_string(pads), 2 * spatial);
  }
  // ONNX lists all begins, then all ends.
  std::vector<int64_t> pairs(spatial == 1 ? 2 : 0, 0);
  for (size_t i = 0; i < spatial; ++i) {
    pairs.push_back(pads[i]);
    pairs.push_back(pads[i + spatial]);
  }
  attrs->set("pads", std::move(pairs));
  return {};
}

}  // namespace poacl::onnx_frontend
