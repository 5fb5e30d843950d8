// NonMaxSuppressionV7: for each image and class, boxes by falling score that overlap none taken
// before too much. Equal scores: the lower index first. Ranges and ties are those of ONNX.
#include <algorithm>
#include <atomic>
#include <cmath>
#include <new>

#include "acl/acl_base.h"
#include "base/half.h"
#include "graph/eager/select.h"
#include "graph/graph_error.h"

namespace poacl {
namespace {

struct Box {
  float x1, y1, x2, y2, area;
};

// The numbers of a floating-point tensor as float.
Result<std::vector<float>> floats_of(const Tensor& tensor, std::string_view what) {
  std::vector<float> values(static_cast<size_t>(tensor.count()));
  switch (tensor.dtype) {
    case DataType::kFloat:
      std::copy_n(tensor.as<float>().begin(), values.size(), values.begin());
      return values;
    case DataType::kDouble:
      std::transform(tensor.as<double>().begin(), tensor.as<double>().end(), values.begin(),
                     [](double value) { return static_cast<float>(value); });
      return values;
    case DataType::kFloat16:
      std::transform(tensor.as<uint16_t>().begin(), tensor.as<uint16_t>().end(), values.begin(),
                     half_to_float);
      return values;
    case DataType::kBfloat16:
      std::transform(tensor.as<uint16_t>().begin(), tensor.as<uint16_t>().end(), values.begin(),
                     bfloat16_to_float);
      return values;
    default:
      return graph_error("{} is {} instead of a floating-point type", what,
                         data_type_name(tensor.dtype));
  }
}

// The one number of an optional input.
Result<float> scalar_of(const Tensor* tensor, std::string_view what, float fallback) {
  if (tensor == nullptr) return fallback;
  POACL_ASSIGN_OR_RETURN(const std::vector<float> values, floats_of(*tensor, what));
  if (values.size() == 1) return values[0];
  return graph_error("{} must be one number, but {} are given", what, values.size());
}

Result<int64_t> limit_of(const Tensor* tensor) {
  if (tensor == nullptr) return 0;
  if (tensor->count() == 1 && tensor->dtype == DataType::kInt64) return tensor->as<int64_t>()[0];
  if (tensor->count() == 1 && tensor->dtype == DataType::kInt32) return tensor->as<int32_t>()[0];
  return graph_error("max_output_size must be one int32 or int64, but is {}{}",
                     data_type_name(tensor->dtype), dims_to_string(tensor->dims));
}

std::vector<Box> boxes_of(const std::vector<float>& numbers, bool center) {
  std::vector<Box> boxes;
  boxes.reserve(numbers.size() / 4);
  for (size_t i = 0; i + 3 < numbers.size(); i += 4) {
    const float* n = &numbers[i];
    Box box{};
    if (center) {
      const float half_width = n[2] / 2;
      const float half_height = n[3] / 2;
      box = {n[0] - half_width, n[1] - half_height, n[0] + half_width, n[1] + half_height, 0};
    } else {
      // y1, x1, y2, x2 of any two opposite corners.
      box = {std::min(n[1], n[3]), std::min(n[0], n[2]), std::max(n[1], n[3]), std::max(n[0], n[2]),
             0};
    }
    box.area = (box.x2 - box.x1) * (box.y2 - box.y1);
    boxes.push_back(box);
  }
  return boxes;
}

bool overlaps(const Box& a, const Box& b, float threshold) {
  const float width = std::min(a.x2, b.x2) - std::max(a.x1, b.x1);
  const float height = std::min(a.y2, b.y2) - std::max(a.y1, b.y1);
  if (!(width > 0) || !(height > 0)) return false;
  const float common = width * height;
  const float all = a.area + b.area - common;
  if (a.area <= 0 || b.area <= 0 || all <= 0) return false;
  return common / all > threshold;
}

struct Rules {
  int64_t limit = 0;
  float iou = 0;
  float least_score = 0;
  bool has_least_score = false;
};

// Indices of the boxes taken for one image and class.
std::vector<int32_t> select(const Box* boxes, const float* scores, int64_t count,
                            const Rules& rules) {
  std::vector<int32_t> candidates;
  for (int64_t i = 0; i < count; ++i) {
    if (!rules.has_least_score || scores[i] > rules.least_score) {
      candidates.push_back(static_cast<int32_t>(i));
    }
  }
  // NaN scores, which only come without a least score, count as the lowest.
  const auto rank = [&](int32_t i) { return scores[i] != scores[i] ? -HUGE_VALF : scores[i]; };
  std::sort(candidates.begin(), candidates.end(),
            [&](int32_t a, int32_t b) { return rank(a) != rank(b) ? rank(a) > rank(b) : a < b; });
  std::vector<int32_t> taken;
  for (const int32_t candidate : candidates) {
    if (static_cast<int64_t>(taken.size()) >= rules.limit) break;
    const auto covers = [&](int32_t other) {
      return overlaps(boxes[candidate], boxes[other], rules.iou);
    };
    if (std::none_of(taken.begin(), taken.end(), covers)) taken.push_back(candidate);
  }
  return taken;
}

}  // namespace

Status run_non_max_suppression(const Node& node, std::span<const Tensor* const> inputs,
                               std::vector<Tensor>* outputs, EagerContext& context) {
  const auto input = [&](size_t i) { return i < inputs.size() ? inputs[i] : nullptr; };
  const Dims& box_dims = inputs[0]->dims;
  const Dims& score_dims = inputs[1]->dims;
  if (box_dims.size() != 3 || score_dims.size() != 3 || box_dims[2] != 4 ||
      box_dims[0] != score_dims[0] || box_dims[1] != score_dims[2]) {
    return graph_error(
        "boxes {} and scores {} do not belong together: [batches, boxes, 4] and "
        "[batches, classes, boxes] are needed",
        dims_to_string(box_dims), dims_to_string(score_dims));
  }
  Rules rules;
  POACL_ASSIGN_OR_RETURN(rules.limit, limit_of(input(2)));
  POACL_ASSIGN_OR_RETURN(rules.iou, scalar_of(input(3), "iou_threshold", 0));
  POACL_ASSIGN_OR_RETURN(rules.least_score, scalar_of(input(4), "score_threshold", 0));
  rules.has_least_score = input(4) != nullptr;
  if (!(rules.iou >= 0 && rules.iou <= 1)) {
    return graph_error("iou_threshold is {}; 0 to 1 are possible", rules.iou);
  }
  POACL_ASSIGN_OR_RETURN(const std::vector<float> numbers, floats_of(*inputs[0], "boxes"));
  POACL_ASSIGN_OR_RETURN(const std::vector<float> scores, floats_of(*inputs[1], "scores"));
  const std::vector<Box> boxes = boxes_of(numbers, node.attrs.get_int("center_point_box") != 0);

  const int64_t classes = score_dims[1];
  const int64_t count = score_dims[2];
  const int64_t jobs = rules.limit > 0 ? score_dims[0] * classes : 0;
  std::vector<std::vector<int32_t>> taken(static_cast<size_t>(jobs));
  std::atomic<bool> out_of_memory = false;
  context.parallel()(jobs, [&](int64_t job, int) {
    try {
      taken[static_cast<size_t>(job)] =
          select(boxes.data() + job / classes * count, scores.data() + job * count, count, rules);
    } catch (const std::bad_alloc&) {
      out_of_memory = true;
    }
  });
  if (out_of_memory) {
    return Status(ACL_ERROR_GE_MEMORY_ALLOCATION,
                  fmt::format("there is not enough memory to choose among {} boxes", count));
  }
  size_t total = 0;
  for (const auto& list : taken) total += list.size();
  void* writable = nullptr;
  POACL_ASSIGN_OR_RETURN(
      (*outputs)[0],
      context.allocate(DataType::kInt32, {static_cast<int64_t>(total), 3}, &writable));
  auto* out = static_cast<int32_t*>(writable);
  for (size_t job = 0; job < taken.size(); ++job) {
    for (const int32_t box : taken[job]) {
      *out++ = static_cast<int32_t>(static_cast<int64_t>(job) / classes);
      *out++ = static_cast<int32_t>(static_cast<int64_t>(job) % classes);
      *out++ = box;
    }
  }
  return {};
}

}  // namespace poacl
