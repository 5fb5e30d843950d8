#include <algorithm>
#include <array>
#include <utility>

#include "graph/op_registry.h"
#include "graph/ops/infer_util.h"
#include "kernels/resize/resize_sizes.h"

namespace poacl {
namespace {

Status require_one_of(const AttrMap& attrs, std::string_view name,
                      std::initializer_list<std::string_view> allowed) {
  const std::string value = attrs.get_string(name);
  if (std::find(allowed.begin(), allowed.end(), value) != allowed.end()) return {};
  std::string list;
  for (const std::string_view word : allowed) {
    if (!list.empty()) list += ", ";
    list += word;
  }
  return graph_error("{} is '{}', but must be one of {}", name, value, list);
}

Status check_attributes(const AttrMap& attrs) {
  POACL_RETURN_IF_ERROR(require_one_of(attrs, "mode", {"nearest", "linear", "cubic"}));
  POACL_RETURN_IF_ERROR(
      require_one_of(attrs, "coordinate_transformation_mode",
                     {"half_pixel", "half_pixel_symmetric", "pytorch_half_pixel", "align_corners",
                      "asymmetric", "tf_half_pixel_for_nn", "tf_crop_and_resize"}));
  POACL_RETURN_IF_ERROR(require_one_of(
      attrs, "nearest_mode",
      {"round_prefer_floor", "round_prefer_ceil", "floor", "ceil", "ceil_if_smaller"}));
  return require_one_of(attrs, "keep_aspect_ratio_policy",
                        {"stretch", "not_larger", "not_smaller"});
}

Status check_count(std::string_view what, size_t found, size_t wanted) {
  if (found == wanted) return {};
  return graph_error("{} has {} numbers, but {} dimensions are resized", what, found, wanted);
}

// Sizes of the resized axes from x's; -1 where they cannot be known yet.
Result<std::vector<int64_t>> resized(InferContext& c, const std::vector<int64_t>& in) {
  const bool all_known = std::all_of(in.begin(), in.end(), [](int64_t d) { return d >= 0; });
  std::vector<int64_t> out(in.size(), -1);
  if (c.has_input(2)) {
    const Tensor* scales = c.inputs[2].constant;
    if (scales == nullptr) return out;
    const std::vector<float> factors = resize_floats(*scales);
    POACL_RETURN_IF_ERROR(check_count("scales", factors.size(), in.size()));
    for (size_t i = 0; i < in.size(); ++i) {
      if (!(factors[i] > 0.0f))
        return graph_error("scale {} is {}, but must be positive", i, factors[i]);
      if (in[i] < 0) continue;
      out[i] = resize_by_scale(in[i], factors[i]).out;
      if (out[i] < 0) return graph_error("{} scaled by {} is no size", in[i], factors[i]);
    }
    return out;
  }
  POACL_ASSIGN_OR_RETURN(const auto sizes, constant_ints(c, 3, "sizes"));
  if (!sizes) return out;
  POACL_RETURN_IF_ERROR(check_count("sizes", sizes->size(), in.size()));
  for (const int64_t size : *sizes) {
    if (size < 0) return graph_error("sizes {} has a negative number", dims_to_string(*sizes));
  }
  const std::string policy = c.attrs->get_string("keep_aspect_ratio_policy");
  if (policy == "stretch") return *sizes;
  if (!all_known || std::find(in.begin(), in.end(), 0) != in.end()) return out;
  const auto fitted = resize_to_fit(in, *sizes, policy == "not_larger");
  for (size_t i = 0; i < in.size(); ++i) {
    out[i] = fitted[i].out;
    if (out[i] < 0) {
      return graph_error("sizes {} are out of range for x {}", dims_to_string(*sizes),
                         dims_to_string(in));
    }
  }
  return out;
}

Status infer_resize(InferContext& c) {
  POACL_RETURN_IF_ERROR(check_attributes(*c.attrs));
  if (c.has_input(2) == c.has_input(3)) {
    return graph_error("one of scales and sizes is needed, {} given",
                       c.has_input(2) ? "both are" : "none is");
  }
  POACL_RETURN_IF_ERROR(require_float(c, 2, "scales"));
  if (!c.inputs[0].rank_known) {
    set_unknown(c, 0, c.inputs[0].dtype);
    return {};
  }
  Dims y = c.inputs[0].dims;
  std::vector<int64_t> axes = c.attrs->get_ints("axes");
  if (axes.empty()) {
    for (size_t d = 0; d < y.size(); ++d) axes.push_back(static_cast<int64_t>(d));
  }
  std::array<bool, kMaxRank> seen{};
  std::vector<int64_t> in;
  for (int64_t& axis : axes) {
    POACL_ASSIGN_OR_RETURN(axis, normalize_axis(axis, static_cast<int64_t>(y.size()), "axes"));
    if (std::exchange(seen[static_cast<size_t>(axis)], true)) {
      return graph_error("axes names dimension {} twice", axis);
    }
    in.push_back(y[static_cast<size_t>(axis)]);
  }
  if (c.has_input(1) && c.inputs[1].constant != nullptr &&
      c.attrs->get_string("coordinate_transformation_mode") == "tf_crop_and_resize") {
    const auto roi = resize_floats(*c.inputs[1].constant);
    POACL_RETURN_IF_ERROR(check_count("roi", roi.size(), 2 * in.size()));
  }
  POACL_ASSIGN_OR_RETURN(const std::vector<int64_t> out, resized(c, in));
  for (size_t i = 0; i < axes.size(); ++i) {
    if (in[i] == 0 && out[i] > 0) {
      return graph_error("dimension {} has the size 0 and cannot become {}", axes[i], out[i]);
    }
    y[static_cast<size_t>(axes[i])] = out[i];
  }
  c.set_output(0, c.inputs[0].dtype, std::move(y));
  return {};
}

}  // namespace

std::span<const OpDef> resize_ops() {
  static const std::vector<OpDef> defs = {
      {"Resize",
       {{"x"},
        {"roi", PortKind::kOptional, true},
        {"scales", PortKind::kOptional, true},
        {"sizes", PortKind::kOptional, true}},
       {{"y"}},
       {{"coordinate_transformation_mode", std::string("half_pixel")},
        {"cubic_coeff_a", -0.75f},
        {"exclude_outside", int64_t{0}},
        {"extrapolation_value", 0.0f},
        {"mode", std::string("nearest")},
        {"nearest_mode", std::string("round_prefer_floor")},
        {"antialias", int64_t{0}},
        {"axes", std::vector<int64_t>()},
        {"keep_aspect_ratio_policy", std::string("stretch")}},
       infer_resize},
  };
  return defs;
}

}  // namespace poacl
