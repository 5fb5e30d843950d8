#include <algorithm>

#include "graph/op_registry.h"
#include "graph/ops/infer_util.h"

namespace poacl {
namespace {

Status check_pooled(const InferContext& c, size_t spatial, const Dims& x) {
  POACL_RETURN_IF_ERROR(require_rank(c, 0, spatial + 2, "x"));
  if (std::find(x.begin(), x.end(), 0) != x.end()) {
    return graph_error("x has shape {}; an empty dimension is not allowed here", dims_to_string(x));
  }
  const std::string_view wanted = spatial == 3 ? "NCDHW" : "NCHW";
  if (const std::string format = c.attrs->get_string("data_format", wanted); format != wanted) {
    return graph_error("data_format is '{}', but only {} is supported", format, wanted);
  }
  return {};
}

// Shape of the result of a window over `spatial` dimensions.
Result<Dims> pooled_dims(InferContext& c, size_t spatial) {
  const Dims x = c.inputs[0].rank_known ? c.inputs[0].dims : Dims(spatial + 2, -1);
  POACL_RETURN_IF_ERROR(check_pooled(c, spatial, x));
  Dims y = {x[0], x[1]};
  if (c.attrs->get_bool("global_pooling")) {
    y.resize(spatial + 2, 1);
    return y;
  }
  if (const std::string mode = c.attrs->get_string("padding_mode", "CALCULATED");
      mode != "CALCULATED") {
    return graph_error("padding_mode is '{}', but only CALCULATED (pads) is supported", mode);
  }
  const auto ksize = c.attrs->get_ints("ksize");
  if (ksize.size() != spatial + 2 || ksize[0] != 1 || ksize[1] != 1) {
    return graph_error("ksize is {}, but must be [1,1,{}height,width]", dims_to_string(ksize),
                       spatial == 3 ? "depth," : "");
  }
  Window window;
  window.rank = static_cast<int>(spatial);
  std::copy(ksize.begin() + 2, ksize.end(), window.kernel);
  POACL_RETURN_IF_ERROR(infer_window(c, &x[2], c.attrs->get_bool("ceil_mode"), &window));
  for (int i = 0; i < window.rank; ++i) {
    // A window that lies wholly in the padding would have no value at all.
    if (window.pad_begin[i] >= window.reach(i) || window.pad_end[i] >= window.reach(i)) {
      return graph_error("pads {} and {} must be smaller than the window's side of {}",
                         window.pad_begin[i], window.pad_end[i], window.reach(i));
    }
    y.push_back(window.out[i]);
  }
  return y;
}

template <size_t Spatial>
Status infer_max_pool(InferContext& c) {
  POACL_RETURN_IF_ERROR(require_numeric(c, 0, "x"));
  POACL_ASSIGN_OR_RETURN(Dims y, pooled_dims(c, Spatial));
  // The second output, where there is one, holds the positions of the maxima.
  c.set_output(1, DataType::kInt64, y);
  c.set_output(0, c.inputs[0].dtype, std::move(y));
  return {};
}

template <size_t Spatial>
Status infer_float_pool(InferContext& c) {
  POACL_RETURN_IF_ERROR(require_float(c, 0, "x"));
  POACL_ASSIGN_OR_RETURN(Dims y, pooled_dims(c, Spatial));
  c.set_output(0, c.inputs[0].dtype, std::move(y));
  return {};
}

Status check_power(const InferContext& c) {
  const float p = c.attrs->get_float("p", 2.0f);
  if (p >= 1.0f && p <= 1e6f) return {};
  return graph_error("p is {}, but must be from 1 to 1e6", p);
}

template <size_t Spatial>
Status infer_lp_pool(InferContext& c) {
  POACL_RETURN_IF_ERROR(check_power(c));
  return infer_float_pool<Spatial>(c);
}

// Any rank: everything behind the channels becomes 1.
Status infer_global_pool(InferContext& c) {
  POACL_RETURN_IF_ERROR(require_float(c, 0, "x"));
  if (!c.inputs[0].rank_known) {
    set_unknown(c, 0, c.inputs[0].dtype);
    return {};
  }
  Dims y = c.inputs[0].dims;
  if (y.size() < 2)
    return graph_error("x has shape {}, but needs two dimensions or more", dims_to_string(y));
  if (std::find(y.begin() + 2, y.end(), 0) != y.end()) {
    return graph_error("x has shape {}; there is no value of nothing", dims_to_string(y));
  }
  std::fill(y.begin() + 2, y.end(), 1);
  c.set_output(0, c.inputs[0].dtype, std::move(y));
  return {};
}

Status infer_global_average(InferContext& c) {
  POACL_RETURN_IF_ERROR(require_rank(c, 0, 4, "x"));
  return infer_global_pool(c);
}

Status infer_global_lp(InferContext& c) {
  POACL_RETURN_IF_ERROR(check_power(c));
  return infer_global_pool(c);
}

// What MaxPool with argmax took apart, put back: zeros elsewhere. Positions count over all of the
// result of the attributes; output_shape may be larger than that.
Status infer_max_unpool(InferContext& c) {
  POACL_RETURN_IF_ERROR(require_numeric(c, 0, "x"));
  if (c.inputs[1].dtype != DataType::kInt64 && c.inputs[1].dtype != DataType::kInt32) {
    return graph_error("argmax must be int32 or int64, but is {}",
                       data_type_name(c.inputs[1].dtype));
  }
  if (!c.inputs[0].rank_known) {
    set_unknown(c, 0, c.inputs[0].dtype);
    return {};
  }
  const Dims& x = c.inputs[0].dims;
  const auto ksize = c.attrs->get_ints("ksize");
  const size_t spatial = ksize.size();
  if (spatial < 1 || x.size() != spatial + 2) {
    return graph_error("x has shape {}, but ksize {} is for {} dimensions", dims_to_string(x),
                       dims_to_string(ksize), spatial + 2);
  }
  POACL_RETURN_IF_ERROR(require_rank(c, 1, x.size(), "argmax"));
  for (size_t i = 0; i < x.size(); ++i) {
    POACL_RETURN_IF_ERROR(require_dim(c, 1, i, x[i], "argmax"));
  }
  const auto strides = c.attrs->get_ints("strides", std::vector<int64_t>(spatial, 1));
  const auto pads = c.attrs->get_ints("pads", std::vector<int64_t>(2 * spatial, 0));
  const auto sane = [](int64_t low) {
    return [low](int64_t v) { return v >= low && v <= kMaxExtent; };
  };
  if (strides.size() != spatial || pads.size() != 2 * spatial ||
      !std::all_of(ksize.begin(), ksize.end(), sane(1)) ||
      !std::all_of(strides.begin(), strides.end(), sane(1)) ||
      !std::all_of(pads.begin(), pads.end(), sane(0))) {
    return graph_error("ksize {}, strides {} and pads {} must be {}, {} and {} numbers in range",
                       dims_to_string(ksize), dims_to_string(strides), dims_to_string(pads),
                       spatial, spatial, 2 * spatial);
  }
  Dims y = {x[0], x[1]};
  for (size_t i = 0; i < spatial; ++i) {
    const int64_t in = x[i + 2];
    y.push_back(in < 0 ? -1 : (in - 1) * strides[i] + ksize[i] - pads[2 * i] - pads[2 * i + 1]);
    if (in >= 0 && y.back() < 1) {
      return graph_error("dimension {} of the result would have the size {}", i + 2, y.back());
    }
  }
  if (c.has_input(2)) {
    POACL_ASSIGN_OR_RETURN(const auto wanted, constant_ints(c, 2, "output_shape"));
    if (!wanted) {
      y = Dims(x.size(), -1);
    } else if (wanted->size() != y.size()) {
      return graph_error("output_shape is {}, but must have {} numbers", dims_to_string(*wanted),
                         y.size());
    } else {
      for (size_t i = 0; i < y.size(); ++i) {
        if ((*wanted)[i] < y[i]) {
          return graph_error("output_shape is {}, but the attributes give {}, which is larger",
                             dims_to_string(*wanted), dims_to_string(y));
        }
      }
      y = *wanted;
    }
  }
  c.set_output(0, c.inputs[0].dtype, std::move(y));
  return {};
}

std::vector<AttrDef> pool_attrs(size_t spatial) {
  return {
      {"ksize", std::vector<int64_t>()},
      {"strides", std::vector<int64_t>(spatial + 2, 1)},
      {"dilations", std::vector<int64_t>(spatial + 2, 1)},
      {"padding_mode", std::string("CALCULATED")},
      {"pads", std::vector<int64_t>(2 * spatial, 0)},
      {"data_format", std::string(spatial == 3 ? "NCDHW" : "NCHW")},
      {"global_pooling", false},
      {"ceil_mode", false},
      {"auto_pad", std::string()},
  };
}

std::vector<AttrDef> with(std::vector<AttrDef> attrs, AttrDef more) {
  attrs.push_back(std::move(more));
  return attrs;
}

}  // namespace

std::span<const OpDef> pool_ops() {
  static const AttrDef power = {"p", 2.0f};
  static const AttrDef exclusive = {"exclusive", true};
  // The column-major order of argmax counts each image's rows fastest.
  static const AttrDef order = {"storage_order", int64_t{0}};
  static const std::vector<OpDef> defs = {
      {"MaxPoolV3", {{"x"}}, {{"y"}}, pool_attrs(2), infer_max_pool<2>},
      {"MaxPool3D", {{"x"}}, {{"y"}}, pool_attrs(3), infer_max_pool<3>},
      {"MaxPoolWithArgmaxV2",
       {{"x"}},
       {{"y"}, {"argmax"}},
       with(pool_attrs(2), order),
       infer_max_pool<2>},
      {"MaxPool3DWithArgmaxV2",
       {{"x"}},
       {{"y"}, {"argmax"}},
       with(pool_attrs(3), order),
       infer_max_pool<3>},
      {"AvgPoolV2", {{"x"}}, {{"y"}}, with(pool_attrs(2), exclusive), infer_float_pool<2>},
      {"AvgPool3D", {{"x"}}, {{"y"}}, with(pool_attrs(3), exclusive), infer_float_pool<3>},
      {"LpPool2D", {{"x"}}, {{"y"}}, with(pool_attrs(2), power), infer_lp_pool<2>},
      {"LpPool3D", {{"x"}}, {{"y"}}, with(pool_attrs(3), power), infer_lp_pool<3>},
      {"GlobalAveragePool", {{"x"}}, {{"y"}}, {}, infer_global_average},
      {"GlobalLpPool", {{"x"}}, {{"y"}}, {power}, infer_global_lp},
      {"MaxUnpool",
       {{"x"}, {"argmax"}, {"output_shape", PortKind::kOptional, true}},
       {{"y"}},
       {{"ksize", std::vector<int64_t>(), true},
        {"strides", std::vector<int64_t>()},
        {"pads", std::vector<int64_t>()}},
       infer_max_unpool},
  };
  return defs;
}

}  // namespace poacl
