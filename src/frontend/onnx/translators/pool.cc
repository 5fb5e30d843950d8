#include <algorithm>

#include "frontend/onnx/translators/translate_util.h"
#include "frontend/onnx/translators/translators.h"
#include "graph/graph_error.h"

namespace poacl::onnx_frontend {
namespace {

// The window's attributes of a node with kernel_shape.
Result<size_t> pool_attrs(const TranslateContext& context, AttrMap* attrs) {
  POACL_RETURN_IF_ERROR(need_inputs(context, 1));
  const AttrMap& given = context.node().attrs;
  const auto kernel = given.get_ints("kernel_shape");
  if (kernel.empty()) return graph_error("the attribute kernel_shape is missing");
  if (kernel.size() > 3) {
    return context.unsupported(
        fmt::format("pooling over {} dimensions; 1 to 3 are supported", kernel.size()));
  }
  POACL_RETURN_IF_ERROR(window_attrs(context, kernel.size(), attrs));
  std::vector<int64_t> ksize(kernel.size() == 1 ? 3 : 2, 1);
  ksize.insert(ksize.end(), kernel.begin(), kernel.end());
  attrs->set("ksize", std::move(ksize));
  attrs->set("ceil_mode", given.get_int("ceil_mode") != 0);
  return kernel.size();
}

Status translate_average_pool(TranslateContext& context) {
  AttrMap attrs;
  POACL_ASSIGN_OR_RETURN(const size_t spatial, pool_attrs(context, &attrs));
  attrs.set("exclusive", context.node().attrs.get_int("count_include_pad") == 0);
  return with_image(context, static_cast<int64_t>(spatial) + 2, [&](ValueId x, bool) {
    return emit(context, spatial == 3 ? "AvgPool3D" : "AvgPoolV2", {x}, std::move(attrs));
  });
}

Status translate_max_pool(TranslateContext& context) {
  AttrMap attrs;
  POACL_ASSIGN_OR_RETURN(const size_t spatial, pool_attrs(context, &attrs));
  const auto& outputs = context.node().outputs;
  const bool argmax = outputs.size() > 1 && !outputs[1].empty();
  if (argmax) attrs.set("storage_order", context.node().attrs.get_int("storage_order"));
  const char* type = argmax         ? spatial == 3 ? "MaxPool3DWithArgmaxV2" : "MaxPoolWithArgmaxV2"
                     : spatial == 3 ? "MaxPool3D"
                                    : "MaxPoolV3";
  ValueId positions = kNoValue;
  POACL_RETURN_IF_ERROR(
      with_image(context, static_cast<int64_t>(spatial) + 2, [&](ValueId x, bool) -> Status {
        POACL_ASSIGN_OR_RETURN(const ValueId y,
                               context.add(type, {x}, std::move(attrs), argmax ? 2 : 1));
        context.set_output(0, y);
        positions = context.last_output(1);
        return {};
      }));
  if (!argmax) return {};
  if (spatial == 1) {
    AttrMap squeeze;
    squeeze.set("axis", std::vector<int64_t>{2});
    POACL_ASSIGN_OR_RETURN(positions, context.add("Squeeze", {positions}, std::move(squeeze)));
  }
  context.set_output(1, positions);
  return {};
}

Status translate_lp_pool(TranslateContext& context) {
  AttrMap attrs;
  POACL_ASSIGN_OR_RETURN(const size_t spatial, pool_attrs(context, &attrs));
  const AttrMap& given = context.node().attrs;
  // Its first version had a float.
  attrs.set("p", given.find<float>("p") != nullptr ? given.get_float("p")
                                                   : static_cast<float>(given.get_int("p", 2)));
  return with_image(context, static_cast<int64_t>(spatial) + 2, [&](ValueId x, bool) {
    return emit(context, spatial == 3 ? "LpPool3D" : "LpPool2D", {x}, std::move(attrs));
  });
}

Status translate_global_lp_pool(TranslateContext& context) {
  POACL_RETURN_IF_ERROR(need_inputs(context, 1));
  const AttrMap& given = context.node().attrs;
  AttrMap attrs;
  attrs.set("p", given.find<float>("p") != nullptr ? given.get_float("p")
                                                   : static_cast<float>(given.get_int("p", 2)));
  return emit(context, "GlobalLpPool", {context.input(0)}, std::move(attrs));
}

Status translate_global_pool(TranslateContext& context) {
  POACL_RETURN_IF_ERROR(need_inputs(context, 1));
  const bool average = context.node().op_type == "GlobalAveragePool";
  POACL_ASSIGN_OR_RETURN(const int64_t rank, rank_of(context, 0));
  if (rank == 4) {
    if (average) return emit(context, "GlobalAveragePool", {context.input(0)});
    const Dims dims = context.input_value(0).dims;
    AttrMap attrs;
    attrs.set("global_pooling", true);
    if (dims[2] > 0 && dims[3] > 0) attrs.set("ksize", Dims{1, 1, dims[2], dims[3]});
    return emit(context, "MaxPoolV3", {context.input(0)}, std::move(attrs));
  }
  std::vector<int64_t> axes;
  for (int64_t d = 2; d < rank; ++d) axes.push_back(d);
  if (axes.empty()) return emit(context, "Identity", {context.input(0)});
  const auto count = static_cast<int64_t>(axes.size());
  const ValueId list = add_ints(context, "axes", {count}, axes);
  AttrMap attrs;
  attrs.set("keep_dims", true);
  return emit(context, average ? "ReduceMean" : "ReduceMax", {context.input(0), list},
              std::move(attrs));
}

Status translate_max_unpool(TranslateContext& context) {
  POACL_RETURN_IF_ERROR(need_inputs(context, 2));
  const AttrMap& given = context.node().attrs;
  const auto kernel = given.get_ints("kernel_shape");
  if (kernel.empty()) return graph_error("the attribute kernel_shape is missing");
  const size_t spatial = kernel.size();
  AttrMap attrs;
  attrs.set("ksize", kernel);
  if (const auto strides = given.get_ints("strides"); !strides.empty()) {
    attrs.set("strides", strides);
  }
  if (const auto pads = given.get_ints("pads"); !pads.empty()) {
    if (pads.size() != 2 * spatial) {
      return graph_error("pads {} must have {} numbers", dims_to_string(pads), 2 * spatial);
    }
    std::vector<int64_t> pairs;
    for (size_t i = 0; i < spatial; ++i) {
      pairs.push_back(pads[i]);
      pairs.push_back(pads[i + spatial]);
    }
    attrs.set("pads", std::move(pairs));
  }
  std::vector<ValueId> inputs = {context.input(0), context.input(1)};
  if (context.has_input(2)) inputs.push_back(context.input(2));
  return emit(context, "MaxUnpool", std::move(inputs), std::move(attrs));
}

}  // namespace

std::span<const TranslatorEntry> pool_translators() {
  static constexpr TranslatorEntry kTable[] = {
      {"MaxPool", translate_max_pool, 1},
      {"AveragePool", translate_average_pool, 1},
      {"LpPool", translate_lp_pool, 1},
      {"GlobalAveragePool", translate_global_pool, 1},
      {"GlobalMaxPool", translate_global_pool, 1},
      {"GlobalLpPool", translate_global_lp_pool, 1},
      {"MaxUnpool", translate_max_unpool, 9},
  };
  return kTable;
}

}  // namespace poacl::onnx_frontend
