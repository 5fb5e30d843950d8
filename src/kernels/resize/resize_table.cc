#include "kernels/resize/resize_table.h"

#include <numeric>
#include <string>

#include <fmt/format.h>

namespace poacl {
namespace {

constexpr int64_t kMostEntries = int64_t{1} << 26;

struct Rule {
  std::string mode, transform, nearest;
  double cubic;  // coefficient a
  bool exclude_outside;
  bool antialias;
};

// Position in x of y's position i. `begin` and `end` of the region are for tf_crop_and_resize.
double position(const Rule& rule, const ResizeAxis& a, double begin, double end, int64_t i) {
  const auto at = static_cast<double>(i);
  const auto in = static_cast<double>(a.in);
  double x = (at + 0.5) / a.scale - 0.5;  // half_pixel
  if (rule.transform == "asymmetric") {
    x = at / a.scale;
  } else if (rule.transform == "align_corners") {
    x = a.length == 1.0 || a.out == 1 ? 0.0 : at * (in - 1) / (a.length - 1);
  } else if (rule.transform == "pytorch_half_pixel") {
    x = a.out == 1 ? 0.0 : x;
  } else if (rule.transform == "half_pixel_symmetric") {
    // The cut-off fraction is taken from both ends.
    x += in / 2 * (1 - static_cast<double>(a.out) / a.length);
  } else if (rule.transform == "tf_half_pixel_for_nn") {
    x = (at + 0.5) / a.scale;
  } else if (rule.transform == "tf_crop_and_resize") {
    x = a.out == 1 ? (begin + end) * (in - 1) / 2
                   : begin * (in - 1) + at * (end - begin) * (in - 1) / (a.length - 1);
  }
  // Quotients by rounded scales miss cells and the middles between them by a little.
  const double half = std::round(2 * x) / 2;
  return std::fabs(x - half) < 1e-6 * std::max(1.0, std::fabs(x)) ? half : x;
}

int64_t nearest_cell(const Rule& rule, double scale, double x) {
  if (rule.nearest == "floor") return static_cast<int64_t>(std::floor(x));
  if (rule.nearest == "ceil") return static_cast<int64_t>(std::ceil(x));
  if (rule.nearest == "round_prefer_ceil") return static_cast<int64_t>(std::floor(x + 0.5));
  if (rule.nearest == "ceil_if_smaller") {
    return static_cast<int64_t>(scale < 1 ? std::ceil(x) : std::floor(x));
  }
  return static_cast<int64_t>(std::ceil(x - 0.5));
}

double triangle(double x) {
  return std::max(0.0, 1 - std::fabs(x));
}

double cubic(double a, double x) {
  x = std::fabs(x);
  if (x <= 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a;
  return 0;
}

// Cells around a position that a filter of this half width covers.
struct Footprint {
  int64_t begin, count;  // from the cell at or before the position
  double squeeze;        // the filter is this much narrower than a cell of x is wide
};
Footprint footprint_of(const Rule& rule, double scale) {
  if (rule.mode == "nearest") return {0, 1, 1};
  const double half = rule.mode == "linear" ? 1 : 2;
  const double squeeze = rule.antialias ? std::min(scale, 1.0) : 1.0;
  const auto begin = static_cast<int64_t>(std::floor(-half / squeeze)) + 1;
  return {begin, 2 - 2 * begin, squeeze};
}

// Weights of one position, those of cells outside moved to the edge or left out.
void fill_weights(const Rule& rule, const Footprint& f, double x, int64_t i, ResizeTable* table) {
  const double base = std::floor(x);
  const int64_t start = static_cast<int64_t>(base) + f.begin;
  const int64_t first = std::clamp<int64_t>(start, 0, table->in - table->taps);
  double* weight = &table->weight[static_cast<size_t>(i * table->taps)];
  table->first[static_cast<size_t>(i)] = first;
  double sum = 0;
  for (int64_t t = 0; t < f.count; ++t) {
    const int64_t cell = start + t;
    const int64_t held = std::clamp<int64_t>(cell, 0, table->in - 1);
    if (rule.exclude_outside && held != cell) continue;
    const double distance = (static_cast<double>(cell) - x) * f.squeeze;
    const double w = rule.mode == "linear" ? triangle(distance) : cubic(rule.cubic, distance);
    weight[std::clamp<int64_t>(held - first, 0, table->taps - 1)] += w;
    sum += w;
  }
  const bool normalise = rule.exclude_outside || f.squeeze != 1;
  if (!normalise || sum == 0) return;
  for (int64_t t = 0; t < table->taps; ++t) weight[t] /= sum;
}

Result<ResizeTable> table_of(const Rule& rule, const ResizeAxis& a, double begin, double end) {
  ResizeTable table;
  table.in = a.in;
  table.out = a.out;
  const Footprint f = footprint_of(rule, a.scale);
  table.taps = std::min(f.count, a.in);
  if (!(a.scale > 0) || a.in < 1 || a.out > kMostEntries / std::max<int64_t>(1, table.taps)) {
    return declined(fmt::format("{} cells from {} by {}: out of range", a.out, a.in, a.scale));
  }
  table.first.resize(static_cast<size_t>(a.out));
  table.weight.resize(static_cast<size_t>(a.out * table.taps));
  const bool crop = rule.transform == "tf_crop_and_resize";
  if (crop) table.outside.resize(static_cast<size_t>(a.out));
  const auto last = static_cast<double>(a.in - 1);
  for (int64_t i = 0; i < a.out; ++i) {
    double x = position(rule, a, begin, end, i);
    if (crop) table.outside[static_cast<size_t>(i)] = !(x >= 0 && x <= last);
    // Far outside nothing changes any more.
    x = std::isnan(x) ? 0 : std::clamp(x, -4.0 - last, 2 * last + 4.0);
    if (rule.mode == "nearest") {
      table.first[static_cast<size_t>(i)] =
          std::clamp<int64_t>(nearest_cell(rule, a.scale, x), 0, a.in - 1);
      table.weight[static_cast<size_t>(i)] = 1;
    } else {
      fill_weights(rule, f, x, i, &table);
    }
  }
  return table;
}

const Tensor* constant_of(const OpInstance& op, size_t i) {
  return i < op.constants.size() ? op.constants[i] : nullptr;
}
bool present(const OpInstance& op, size_t i) {
  return i < op.inputs.size() && !op.inputs[i].absent();
}

// The resized dimensions, parallel to `axes`.
Result<std::vector<ResizeAxis>> resized_axes(const OpInstance& op,
                                             const std::vector<int64_t>& axes) {
  std::vector<ResizeAxis> resized;
  const Dims& x = op.inputs[0].dims;
  std::vector<int64_t> in;
  for (const int64_t axis : axes) in.push_back(x[static_cast<size_t>(axis)]);
  if (present(op, 2)) {
    const Tensor* scales = constant_of(op, 2);
    if (scales == nullptr) return declined("scales are not constant");
    const std::vector<float> factors = resize_floats(*scales);
    if (factors.size() != axes.size()) return declined("scales do not fit the axes");
    for (size_t i = 0; i < in.size(); ++i) resized.push_back(resize_by_scale(in[i], factors[i]));
    return resized;
  }
  const Tensor* tensor = constant_of(op, 3);
  if (tensor == nullptr || tensor->count() != static_cast<int64_t>(axes.size())) {
    return declined("sizes are not constant or do not fit the axes");
  }
  std::vector<int64_t> sizes;
  for (size_t i = 0; i < axes.size(); ++i) {
    sizes.push_back(tensor->dtype == DataType::kInt64 ? tensor->as<int64_t>()[i]
                                                      : tensor->as<int32_t>()[i]);
  }
  const std::string policy = op.attrs->get_string("keep_aspect_ratio_policy", "stretch");
  if (policy != "stretch") return resize_to_fit(in, sizes, policy == "not_larger");
  for (size_t i = 0; i < in.size(); ++i) resized.push_back(resize_to_size(in[i], sizes[i]));
  return resized;
}

}  // namespace

bool ResizeTable::identity() const {
  if (in != out || !outside.empty()) return false;
  for (int64_t i = 0; i < out; ++i) {
    const int64_t own = i - first[static_cast<size_t>(i)];
    for (int64_t t = 0; t < taps; ++t) {
      if (weight[static_cast<size_t>(i * taps + t)] != (t == own ? 1.0 : 0.0)) return false;
    }
  }
  return true;
}

Result<std::vector<ResizeTable>> resize_tables(const OpInstance& op) {
  const Dims& x = op.inputs[0].dims;
  const Dims& y = op.outputs[0].dims;
  if (x.size() != y.size() || x.size() > 8 || op.inputs[0].dtype != op.outputs[0].dtype) {
    return declined(fmt::format("x {}, y {}", dims_to_string(x), dims_to_string(y)));
  }
  const Rule rule = {op.attrs->get_string("mode", "nearest"),
                     op.attrs->get_string("coordinate_transformation_mode", "half_pixel"),
                     op.attrs->get_string("nearest_mode", "round_prefer_floor"),
                     static_cast<double>(op.attrs->get_float("cubic_coeff_a", -0.75f)),
                     op.attrs->get_int("exclude_outside") != 0,
                     op.attrs->get_int("antialias") != 0};
  std::vector<int64_t> axes = op.attrs->get_ints("axes");
  if (axes.empty()) {
    axes.resize(x.size());
    std::iota(axes.begin(), axes.end(), 0);
  }
  for (int64_t& axis : axes) {
    if (axis < 0) axis += static_cast<int64_t>(x.size());
    if (axis < 0 || axis >= static_cast<int64_t>(x.size())) return declined("axes out of range");
  }
  std::vector<float> roi;
  if (rule.transform == "tf_crop_and_resize") {
    const Tensor* given = present(op, 1) ? constant_of(op, 1) : nullptr;
    if (given != nullptr) roi = resize_floats(*given);
    if (roi.size() != 2 * axes.size()) return declined("roi is not constant or does not fit");
  }
  POACL_ASSIGN_OR_RETURN(const std::vector<ResizeAxis> resized, resized_axes(op, axes));
  std::vector<ResizeTable> tables(x.size());
  const Rule keep = {"nearest", "asymmetric", "floor", 0, false, false};
  for (size_t d = 0; d < x.size(); ++d) {
    ResizeAxis axis = {x[d], x[d], 1, static_cast<double>(x[d])};
    const auto at = std::find(axes.begin(), axes.end(), static_cast<int64_t>(d));
    const auto i = static_cast<size_t>(at - axes.begin());
    if (at != axes.end()) axis = resized[i];
    if (axis.out != y[d]) {
      return declined(
          fmt::format("y {} does not follow from x {}", dims_to_string(y), dims_to_string(x)));
    }
    const double begin = roi.empty() || at == axes.end() ? 0 : static_cast<double>(roi[i]);
    const double end =
        roi.empty() || at == axes.end() ? 1 : static_cast<double>(roi[i + axes.size()]);
    // A dimension that keeps its size is copied, unless a part of it is asked for.
    const bool kept = at == axes.end() || (axis.in == axis.out && axis.scale == 1 && roi.empty() &&
                                           rule.transform != "tf_half_pixel_for_nn");
    POACL_ASSIGN_OR_RETURN(tables[d], table_of(kept ? keep : rule, axis, begin, end));
  }
  return tables;
}

}  // namespace poacl
