// DFT, STFT, MelWeightMatrix.
#include <algorithm>

#include "graph/op_registry.h"
#include "graph/ops/infer_util.h"

namespace poacl {
namespace {

// A constant input of one number; nullopt when absent or not constant.
Result<std::optional<int64_t>> one_number(const InferContext& c, size_t input,
                                          std::string_view what) {
  POACL_ASSIGN_OR_RETURN(const auto values, constant_ints(c, input, what));
  if (c.has_input(input) && c.inputs[input].rank_known) {
    const int64_t count = element_count(c.inputs[input].dims);
    if (count >= 0 && count != 1) {
      return graph_error("{} must be one number, but has shape {}", what,
                         dims_to_string(c.inputs[input].dims));
    }
  }
  return values ? std::optional<int64_t>((*values)[0]) : std::nullopt;
}

Result<std::optional<int64_t>> length_input(const InferContext& c, size_t input,
                                            std::string_view what) {
  POACL_ASSIGN_OR_RETURN(const auto value, one_number(c, input, what));
  if (value && (*value < 1 || *value > kMaxExtent)) {
    return graph_error("{} is {}, but must be from 1 to {}", what, *value, kMaxExtent);
  }
  return value;
}

// The last dimension holds the components of each number: 1 (real) or 2 (complex).
Status check_components(int64_t components, const Dims& x) {
  if (components == -1 || components == 1 || components == 2) return {};
  return graph_error("the last dimension of x {} must be 1 (real) or 2 (complex)",
                     dims_to_string(x));
}

Status infer_dft(InferContext& c) {
  POACL_RETURN_IF_ERROR(require_float(c, 0, "x"));
  const DataType type = c.inputs[0].dtype;
  POACL_ASSIGN_OR_RETURN(const auto length, length_input(c, 1, "dft_length"));
  POACL_ASSIGN_OR_RETURN(const auto given_axis, one_number(c, 2, "axis"));
  if (!c.inputs[0].rank_known) {
    set_unknown(c, 0, type);
    return {};
  }
  const Dims& x = c.inputs[0].dims;
  const int64_t rank = static_cast<int64_t>(x.size());
  if (rank < 2) return graph_error("x {} must have at least 2 dimensions", dims_to_string(x));
  POACL_RETURN_IF_ERROR(check_components(x.back(), x));
  const bool onesided = c.attrs->get_bool("onesided");
  const bool inverse = c.attrs->get_bool("inverse");
  if (onesided && !inverse && x.back() == 2) {
    return graph_error("x {} is complex; a one-sided transform needs real numbers",
                       dims_to_string(x));
  }
  if (onesided && inverse && x.back() == 1) {
    return graph_error("x {} is real; a one-sided inverse transform needs complex numbers",
                       dims_to_string(x));
  }
  Dims out = x;
  out.back() = onesided && inverse ? 1 : 2;
  if (c.has_input(2) && !given_axis) {
    std::fill(out.begin(), out.end() - 1, -1);
    c.set_output(0, type, std::move(out));
    return {};
  }
  POACL_ASSIGN_OR_RETURN(const int64_t axis, normalize_axis(given_axis.value_or(-2), rank, "axis"));
  if (axis == rank - 1) return graph_error("axis is {}, which holds the components", axis);
  const int64_t extent = x[static_cast<size_t>(axis)];
  int64_t n = extent;
  if (onesided && inverse && extent >= 0) n = 2 * (extent - 1);
  if (c.has_input(1)) n = length.value_or(-1);
  if (n == 0 || n < -1 || extent == 0 || n > kMaxExtent) {
    return graph_error("dimension {} of x {} gives a transform of length {}", axis,
                       dims_to_string(x), n);
  }
  out[static_cast<size_t>(axis)] = onesided && !inverse && n > 0 ? n / 2 + 1 : n;
  c.set_output(0, type, std::move(out));
  return {};
}

Status infer_stft(InferContext& c) {
  POACL_RETURN_IF_ERROR(require_float(c, 0, "x"));
  const DataType type = c.inputs[0].dtype;
  POACL_ASSIGN_OR_RETURN(const auto step, length_input(c, 1, "frame_step"));
  POACL_ASSIGN_OR_RETURN(const auto given_length, length_input(c, 3, "frame_length"));
  POACL_RETURN_IF_ERROR(require_rank(c, 2, 1, "window"));
  if (c.has_input(2) && c.inputs[2].dtype != type) {
    return graph_error("window is {}, but x is {}; the types must be the same",
                       data_type_name(c.inputs[2].dtype), data_type_name(type));
  }
  if (!c.inputs[0].rank_known) {
    c.set_output(0, type, {-1, -1, -1, 2});
    return {};
  }
  const Dims& x = c.inputs[0].dims;
  if (x.size() != 2 && x.size() != 3) {
    return graph_error("x {} must be [batch, samples, components]", dims_to_string(x));
  }
  const int64_t components = x.size() == 3 ? x[2] : 1;
  POACL_RETURN_IF_ERROR(check_components(components, x));
  const bool onesided = c.attrs->get_bool("onesided", true);
  if (onesided && components == 2) {
    return graph_error("x {} is complex; a one-sided transform needs real numbers",
                       dims_to_string(x));
  }
  const bool windowed = c.has_input(2);
  const int64_t window = windowed && c.inputs[2].rank_known ? c.inputs[2].dims[0]
                         : windowed                         ? -1
                                                            : x[1];
  const int64_t length = c.has_input(3) ? given_length.value_or(-1) : window;
  if (windowed && window >= 0 && length >= 0 && window != length) {
    return graph_error("window has {} numbers, but frame_length is {}", window, length);
  }
  if (length == 0) return graph_error("x {} gives frames of length 0", dims_to_string(x));
  if (length > 0 && x[1] >= 0 && length > x[1]) {
    return graph_error("frames of {} samples do not fit x {}", length, dims_to_string(x));
  }
  const int64_t bins = length < 0 ? -1 : onesided ? length / 2 + 1 : length;
  const int64_t frames = length < 0 || x[1] < 0 || !step ? -1 : (x[1] - length) / *step + 1;
  c.set_output(0, type, {x[0], frames, bins, 2});
  return {};
}

Status infer_mel_weight_matrix(InferContext& c) {
  POACL_ASSIGN_OR_RETURN(const auto bands, length_input(c, 0, "num_mel_bins"));
  POACL_ASSIGN_OR_RETURN(const auto length, length_input(c, 1, "dft_length"));
  POACL_RETURN_IF_ERROR(one_number(c, 2, "sample_rate").status());
  POACL_RETURN_IF_ERROR(require_float(c, 3, "lower_edge_hertz"));
  POACL_RETURN_IF_ERROR(require_float(c, 4, "upper_edge_hertz"));
  const DataType type = *c.attrs->find<DataType>("dst_type");
  if (!is_numeric(type)) {
    return graph_error("the type {} cannot be made", data_type_name(type));
  }
  c.set_output(0, type, {length ? *length / 2 + 1 : -1, bands ? *bands : -1});
  return {};
}

}  // namespace

std::span<const OpDef> signal_ops() {
  constexpr PortKind kOptional = PortKind::kOptional;
  constexpr PortKind kRequired = PortKind::kRequired;
  static const std::vector<OpDef> defs = {
      {"DFT",
       {{"x"}, {"dft_length", kOptional, true}, {"axis", kOptional, true}},
       {{"y"}},
       {{"inverse", false}, {"onesided", false}},
       infer_dft},
      {"STFT",
       {{"x"},
        {"frame_step", kRequired, true},
        {"window", kOptional},
        {"frame_length", kOptional, true}},
       {{"y"}},
       {{"onesided", true}},
       infer_stft},
      {"MelWeightMatrix",
       {{"num_mel_bins", kRequired, true},
        {"dft_length", kRequired, true},
        {"sample_rate"},
        {"lower_edge_hertz"},
        {"upper_edge_hertz"}},
       {{"y"}},
       {{"dst_type", DataType::kFloat}},
       infer_mel_weight_matrix},
  };
  return defs;
}

}  // namespace poacl
