#include "frontend/aipp/aipp_target.h"

#include <algorithm>

#include <fmt/ranges.h>

#include "frontend/aipp/aipp_error.h"
#include "kernels/aipp/aipp_block.h"

namespace poacl {
namespace {

using aipp_frontend::as_conflict;
using aipp_frontend::import_error;
using aipp_frontend::kConflict;
using aipp_frontend::kHalfInput;
using aipp_frontend::kInputCheck;

// E-code of a model input that AIPP cannot serve.
std::string_view input_code(const AippOp& op) {
  return op.mode == AippMode::kDynamic ? kInputCheck : kConflict;
}

std::string input_names(const Graph& graph) {
  std::vector<std::string_view> names;
  for (const ValueId id : graph.inputs) names.push_back(graph.value(id).name);
  return fmt::format("{}", fmt::join(names, ", "));
}

Result<size_t> find_input(const Graph& graph, const AippOp& op, const AippPlace& place) {
  if (op.input_name.empty()) {
    if (op.input_rank < static_cast<int64_t>(graph.inputs.size())) {
      return static_cast<size_t>(op.input_rank);
    }
    return import_error(kConflict,
                        "related_input_rank is {}, but the model has {} inputs ({}), counted from "
                        "0",
                        op.input_rank, graph.inputs.size(), input_names(graph));
  }
  if (!place.caffe) {
    return import_error(kConflict,
                        "related_input_name: \"{}\" is for Caffe models (--framework=0) only; use "
                        "related_input_rank, the index of the input (inputs are {})",
                        op.input_name, input_names(graph));
  }
  for (size_t i = 0; i < graph.inputs.size(); ++i) {
    if (graph.value(graph.inputs[i]).name == op.input_name) return i;
  }
  return import_error(kConflict,
                      "related_input_name is \"{}\", but the model has no such input; it has {}",
                      op.input_name, input_names(graph));
}

Status check_input(const Graph& graph, const AippTarget& target, const AippPlace& place) {
  const ValueId id = graph.inputs[target.input];
  const Value& value = graph.value(id);
  if (std::find(place.half_inputs.begin(), place.half_inputs.end(), value.name) !=
      place.half_inputs.end()) {
    return import_error(kHalfInput,
                        "input {} ({}) has AIPP, which gets bytes, and cannot be a float16 input "
                        "too; take it out of --input_fp16_nodes",
                        target.input, value.name);
  }
  const std::string_view code = input_code(target.op);
  if (place.input_format != "NCHW" && place.input_format != "NHWC") {
    return import_error(code,
                        "--input_format is {}, but AIPP needs NCHW or NHWC to tell channels, "
                        "height and width of input {} ({})",
                        place.input_format, target.input, value.name);
  }
  if (!value.shape_known || value.dims.size() != 4) {
    return import_error(code,
                        "input {} ({}) has the shape {}, but AIPP makes pictures of four "
                        "dimensions; check related_input_rank",
                        target.input, value.name,
                        value.shape_known ? dims_to_string(value.dims) : "of unknown rank");
  }
  const DataType type = value.dtype;
  if (type != DataType::kFloat && type != DataType::kFloat16 && type != DataType::kBfloat16 &&
      type != DataType::kUint8) {
    return import_error(code,
                        "input {} ({}) is of type {}, but AIPP makes float, float16, bfloat16 and "
                        "uint8; check related_input_rank",
                        target.input, value.name, data_type_name(type));
  }
  if (graph.use_counts()[static_cast<size_t>(id)] == 0) {
    return import_error(code, "input {} ({}) is read by no operator, so AIPP would have no effect",
                        target.input, value.name);
  }
  return {};
}

void set_sizes(const Value& value, const AippPlace& place, AippTarget* target) {
  target->channels_last = place.input_format == "NHWC";
  target->dtype = value.dtype;
  target->batch = value.dims[0];
  target->channels = value.dims[target->channels_last ? 3 : 1];
  target->height = value.dims[target->channels_last ? 1 : 2];
  target->width = value.dims[target->channels_last ? 2 : 3];
}

// Crop, padding and the source's size, against each other and gears.
Status check_switches(const AippTarget& target, const AippPlace& place) {
  const aipp::Picture& p = target.op.picture;
  const bool image_gears = place.most_height != 0;
  if (image_gears && (p.crop || p.padding || p.width != 0 || p.height != 0)) {
    return import_error(kConflict,
                        "with --dynamic_image_size the size of the picture is that of the gear: "
                        "crop ({}) and padding ({}) must be false, src_image_size_w ({}) and "
                        "src_image_size_h ({}) must be 0",
                        p.crop, p.padding, p.width, p.height);
  }
  if ((p.crop || p.padding) && (p.width == 0 || p.height == 0)) {
    return import_error(kConflict,
                        "{} is true, but the size of the source is not given (src_image_size_w {}, "
                        "src_image_size_h {}); give both",
                        p.crop ? "crop" : "padding", p.width, p.height);
  }
  if (p.crop && p.padding && (p.crop_width == 0 || p.crop_height == 0)) {
    return import_error(kConflict,
                        "crop and padding are both true, but crop_size_w is {} and crop_size_h is "
                        "{}; give both sizes, because 0 stands for the model's size before padding",
                        p.crop_width, p.crop_height);
  }
  return {};
}

Status check_static(AippTarget* target, const AippPlace& place) {
  aipp::Picture& p = target->op.picture;
  POACL_RETURN_IF_ERROR(check_switches(*target, place));
  POACL_RETURN_IF_ERROR(as_conflict(aipp::check_channels(p, target->channels)));
  const bool open = target->width < 0 || target->height < 0;
  if (p.crop && !open) {
    if (p.crop_width == 0) p.crop_width = static_cast<int32_t>(target->width);
    if (p.crop_height == 0) p.crop_height = static_cast<int32_t>(target->height);
  }
  // An open size without a size of the source is checked at each execution.
  if (open && (p.width == 0 || p.height == 0)) return {};
  aipp::Picture resolved = p;
  const auto model_size = [](int64_t size) {
    return static_cast<int32_t>(std::min<int64_t>(size, aipp::kMostSide + 1));
  };
  if (p.width == 0) resolved.width = model_size(target->width);
  if (p.height == 0) resolved.height = model_size(target->height);
  POACL_RETURN_IF_ERROR(as_conflict(aipp::check_picture(resolved)));
  if (resolved.out_width() > aipp::kMostSide) {
    return import_error(kConflict,
                        "the picture is {} pixels wide with its padding; at most {} are "
                        "possible",
                        resolved.out_width(), aipp::kMostSide);
  }
  const auto differs = [](int64_t model, int64_t made) { return model >= 0 && model != made; };
  if (differs(target->width, resolved.out_width()) ||
      differs(target->height, resolved.out_height())) {
    return import_error(
        kConflict,
        "AIPP makes pictures of {}x{} (width x height) from {}x{}{}{}, but the model's input takes "
        "{}x{}; give src_image_size and crop sizes that lead there",
        resolved.out_width(), resolved.out_height(), resolved.width, resolved.height,
        p.crop ? fmt::format(" cropped to {}x{}", p.crop_width, p.crop_height) : "",
        p.padding ? fmt::format(" with padding of {}, {}, {}, {} (left, right, top, bottom)",
                                p.left, p.right, p.top, p.bottom)
                  : "",
        target->width, target->height);
  }
  return {};
}

Status check_dynamic(const AippTarget& target, const AippPlace& place) {
  if (target.batch < 1 || target.height < 1 || target.width < 1) {
    return import_error(kInputCheck,
                        "the model's input is {}x{} (width x height) in a batch of {}; dynamic "
                        "AIPP needs numbers or gears (--dynamic_batch_size, --dynamic_image_size) "
                        "instead of open dimensions",
                        target.width, target.height, target.batch);
  }
  if (target.channels != 1 && target.channels != 3 && target.channels != 4) {
    return import_error(kInputCheck, "the model's input has {} channels; pictures have 1, 3 or 4",
                        target.channels);
  }
  const int64_t batch = std::max(target.batch, place.most_batch);
  if (batch > static_cast<int64_t>(aipp::kMostBatch)) {
    return import_error(kConflict,
                        "a batch of {} pictures; the parameters of dynamic AIPP are for {} at most",
                        batch, aipp::kMostBatch);
  }
  const int64_t limit = aipp::kMostSide + 2 * aipp::kMostPadding;
  if (target.width <= limit && target.height <= limit) return {};
  return import_error(kInputCheck,
                      "the model's input is {}x{} (width x height); AIPP makes pictures of up to "
                      "{}x{}",
                      target.width, target.height, limit, limit);
}

}  // namespace

Result<AippTarget> find_aipp_target(const Graph& graph, const AippOp& op, const AippPlace& place) {
  AippTarget target;
  target.op = op;
  POACL_ASSIGN_OR_RETURN(target.input, find_input(graph, op, place));
  POACL_RETURN_IF_ERROR(check_input(graph, target, place));
  const Value& value = graph.value(graph.inputs[target.input]);
  set_sizes(value, place, &target);
  const Status status =
      op.mode == AippMode::kStatic ? check_static(&target, place) : check_dynamic(target, place);
  if (status.ok()) return target;
  return status.with_context(fmt::format("input {} ({})", target.input, value.name));
}

}  // namespace poacl
