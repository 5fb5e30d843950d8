#include "frontend/aipp/aipp_fields_text.h"

#include <google/protobuf/descriptor.h>

#include <limits>

#include "frontend/aipp/aipp_error.h"
#include "kernels/aipp/aipp_fields.h"

namespace poacl {
namespace {

using aipp_frontend::import_error;
using aipp_frontend::kConflict;
using google::protobuf::FieldDescriptor;

// Takes the numbers of a Picture from the fields of the same names. A field that is absent leaves
// what is there.
class FieldReader {
 public:
  explicit FieldReader(const aipp_text::AippOp& text) : text_(text) {}

  void operator()(const char* name, bool& value) {
    if (const FieldDescriptor* field = find(name)) value = reflection().GetBool(text_, field);
  }
  void operator()(const char* name, int32_t& value, int32_t low, int32_t high) {
    const FieldDescriptor* field = find(name);
    if (field == nullptr) return;
    const int64_t found = field->is_repeated() ? reflection().GetRepeatedInt64(text_, field, 0)
                                               : reflection().GetInt64(text_, field);
    if (check(name, found, low, high)) value = static_cast<int32_t>(found);
  }
  void operator()(const char* name, float& value, float low, float high) {
    const FieldDescriptor* field = find(name);
    if (field == nullptr) return;
    const float found = field->is_repeated() ? reflection().GetRepeatedFloat(text_, field, 0)
                                             : reflection().GetFloat(text_, field);
    if (check(name, found, low, high)) value = found;
  }
  const Status& status() const { return status_; }

 private:
  const google::protobuf::Reflection& reflection() const { return *text_.GetReflection(); }

  // Null when the field is absent.
  const FieldDescriptor* find(const char* name) {
    const FieldDescriptor* field = text_.GetDescriptor()->FindFieldByName(name);
    if (!field->is_repeated()) return reflection().HasField(text_, field) ? field : nullptr;
    const int count = reflection().FieldSize(text_, field);
    if (count > 1 && status_.ok()) {
      status_ = import_error(kConflict, "{} is given {} times; give it once", name, count);
    }
    return count == 1 ? field : nullptr;
  }

  template <typename T, typename Bound>
  bool check(const char* name, T value, Bound low, Bound high) {
    // What is no number fails the comparison, too.
    if (value >= static_cast<T>(low) && value <= static_cast<T>(high)) return true;
    if (status_.ok()) {
      status_ = import_error(kConflict, "{} is {}; values are {} to {}", name, value, low, high);
    }
    return false;
  }

  const aipp_text::AippOp& text_;
  Status status_;
};

void clear_fields(aipp_text::AippOp* text, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    text->GetReflection()->ClearField(text, text->GetDescriptor()->FindFieldByName(name));
  }
}

void clear_unused(aipp_text::AippOp* text) {
  if (!text->crop()) {
    clear_fields(text, {"load_start_pos_w", "load_start_pos_h", "crop_size_w", "crop_size_h"});
  }
  if (!text->padding()) {
    clear_fields(text, {"left_padding_size", "right_padding_size", "top_padding_size",
                        "bottom_padding_size", "padding_value"});
  }
  if (text->csc_switch()) return;
  clear_fields(text,
               {"matrix_r0c0", "matrix_r0c1", "matrix_r0c2", "matrix_r1c0", "matrix_r1c1",
                "matrix_r1c2", "matrix_r2c0", "matrix_r2c1", "matrix_r2c2", "output_bias_0",
                "output_bias_1", "output_bias_2", "input_bias_0", "input_bias_1", "input_bias_2"});
}

void set_colour_defaults(aipp::Picture* picture) {
  constexpr int32_t kToBgr[9] = {298, 516, 0, 298, -100, -208, 298, 0, 409};
  constexpr int32_t kToYuv[9] = {66, 129, 25, -38, -74, 112, 112, -94, -18};
  constexpr int32_t kBias[3] = {16, 128, 128};
  const auto& matrix = picture->format == aipp::Format::kYuv420sp ? kToBgr : kToYuv;
  std::copy(std::begin(matrix), std::end(matrix), picture->matrix);
  std::copy(std::begin(kBias), std::end(kBias), picture->input_bias);
  std::copy(std::begin(kBias), std::end(kBias), picture->output_bias);
}

Status read_input(const aipp_text::AippOp& text, AippOp* op) {
  if (text.has_related_input_rank() && text.has_related_input_name()) {
    return import_error(kConflict,
                        "related_input_rank ({}) and related_input_name (\"{}\") are both given; "
                        "give one of them",
                        text.related_input_rank(), text.related_input_name());
  }
  if (text.related_input_rank() < 0) {
    return import_error(kConflict, "related_input_rank is {}; inputs are counted from 0",
                        text.related_input_rank());
  }
  op->input_rank = text.related_input_rank();
  op->input_name = text.related_input_name();
  return {};
}

Status read_dynamic(const aipp_text::AippOp& text, AippOp* op) {
  constexpr int64_t kMost = std::numeric_limits<int32_t>::max();
  op->max_src_image_size = text.max_src_image_size();
  if (op->max_src_image_size >= 1 && op->max_src_image_size <= kMost) return {};
  return import_error(
      kConflict,
      "max_src_image_size is {}; dynamic AIPP needs the bytes of the largest input, 1 to {}: batch "
      "* width * height * 3 for RGB888_U8, * 1.5 for YUV420SP_U8, * 4 for XRGB8888_U8",
      text.has_max_src_image_size() ? fmt::format("{}", op->max_src_image_size) : "missing", kMost);
}

Status read_format(const aipp_text::AippOp& text, AippOp* op) {
  constexpr std::string_view kUsable =
      "YUV420SP_U8, XRGB8888_U8, RGB888_U8, YUV400_U8, ARGB8888_U8, YUYV_U8, YUV422SP_U8 and "
      "AYUV444_U8";
  if (!text.has_input_format()) {
    return import_error(kConflict,
                        "input_format is missing; static AIPP needs it, for instance "
                        "input_format: YUV420SP_U8 (there are {})",
                        kUsable);
  }
  op->picture.format = static_cast<aipp::Format>(text.input_format());
  if (aipp::is_usable(op->picture.format)) return {};
  return import_error(kConflict, "input_format is {}, which is not supported; there are {}",
                      aipp_text::AippOp::InputFormat_Name(text.input_format()), kUsable);
}

Status check_unsupported(const aipp_text::AippOp& text) {
  if (text.resize()) {
    return import_error(kConflict,
                        "resize is true, which is not supported; scale pictures before they are "
                        "given to the model (DVPP does), and leave resize out");
  }
  if (text.has_raw_rgbir_to_f16_n()) {
    return import_error(kConflict, "raw_rgbir_to_f16_n is {}; raw formats are not supported",
                        text.raw_rgbir_to_f16_n());
  }
  return {};
}

Status read_static(const aipp_text::AippOp& text, AippOp* op) {
  POACL_RETURN_IF_ERROR(read_format(text, op));
  POACL_RETURN_IF_ERROR(check_unsupported(text));
  aipp::Picture& picture = op->picture;
  if (text.csc_switch()) set_colour_defaults(&picture);
  FieldReader reader(text);
  aipp::for_each_field(picture, reader);
  POACL_RETURN_IF_ERROR(reader.status());
  if (picture.width == 1) {
    return import_error(kConflict,
                        "src_image_size_w is 1; widths are 2 to {}, or 0 for the "
                        "model's own",
                        aipp::kMostSide);
  }
  if (picture.format == aipp::Format::kYuv420sp &&
      (picture.width % 2 != 0 || picture.height % 2 != 0)) {
    return import_error(kConflict,
                        "src_image_size_w and src_image_size_h are {} and {}; YUV420SP_U8 needs "
                        "even numbers",
                        picture.width, picture.height);
  }
  return {};
}

}  // namespace

Result<AippOp> read_aipp_op(aipp_text::AippOp* text) {
  AippOp op;
  POACL_RETURN_IF_ERROR(read_input(*text, &op));
  switch (text->aipp_mode()) {
    case aipp_text::AippOp::static_:
      op.mode = AippMode::kStatic;
      break;
    case aipp_text::AippOp::dynamic:
      op.mode = AippMode::kDynamic;
      POACL_RETURN_IF_ERROR(read_dynamic(*text, &op));
      return op;
    default:
      return import_error(kConflict,
                          "aipp_mode is missing or undefined; give aipp_mode: static or aipp_mode: "
                          "dynamic");
  }
  clear_unused(text);
  POACL_RETURN_IF_ERROR(read_static(*text, &op));
  return op;
}

}  // namespace poacl
