// Aipp: pictures in bytes to the tensor a model takes (spec: aipp). Attributes carry the names of
// the configuration's fields.
#include "graph/op_registry.h"
#include "graph/ops/infer_util.h"
#include "kernels/aipp/aipp_block.h"
#include "kernels/aipp/aipp_fields.h"

namespace poacl {
namespace {

using aipp::Picture;

constexpr int64_t kStatic = 1;
constexpr int64_t kDynamic = 2;

Status set_result(InferContext& context, int64_t batch, int64_t height, int64_t width) {
  const int64_t channels = context.attrs->get_int("channels");
  const auto* type = context.attrs->find<DataType>("output_dtype");
  if (type == nullptr || (!is_float(*type) && *type != DataType::kUint8) ||
      *type == DataType::kDouble) {
    return graph_error("makes float, float16, bfloat16 or uint8, not {}",
                       type == nullptr ? "what is not stated" : data_type_name(*type));
  }
  const std::string format = context.attrs->get_string("data_format");
  if (format != "NCHW" && format != "NHWC") {
    return graph_error("data_format is \"{}\" instead of NCHW or NHWC", format);
  }
  context.set_output(0, *type,
                     format == "NCHW" ? Dims{batch, channels, height, width}
                                      : Dims{batch, height, width, channels});
  return {};
}

// The size of the source: as the attributes say, or else as the bytes say.
Status find_source(const InferContext& context, Picture* picture, int64_t* width, int64_t* height) {
  POACL_RETURN_IF_ERROR(aipp::find_size(picture->format, context.inputs[0].dims, width, height));
  if ((picture->width != 0 && *width >= 0 && *width != picture->width) ||
      (picture->height != 0 && *height >= 0 && *height != picture->height)) {
    return graph_error("pictures of {}x{} (width x height) are given, {}x{} are configured", *width,
                       *height, picture->width, picture->height);
  }
  if (*width < 0 && picture->width != 0) *width = picture->width;
  if (*height < 0 && picture->height != 0) *height = picture->height;
  return {};
}

Status infer_static(InferContext& context) {
  Picture picture;
  POACL_RETURN_IF_ERROR(aipp::read_attrs(*context.attrs, &picture));
  POACL_RETURN_IF_ERROR(aipp::check_channels(picture, context.attrs->get_int("channels")));
  if (context.has_input(1)) return graph_error("static AIPP has no parameter input");
  if (!context.inputs[0].rank_known) {
    set_unknown(context, 0, *context.attrs->find<DataType>("output_dtype"));
    return {};
  }
  int64_t width = 0;
  int64_t height = 0;
  POACL_RETURN_IF_ERROR(find_source(context, &picture, &width, &height));
  // What is open passes with the least side; every execution checks its own.
  picture.width = static_cast<int32_t>(width < 0 ? 2 : std::min<int64_t>(width, kMaxExtent));
  picture.height = static_cast<int32_t>(height < 0 ? 2 : std::min<int64_t>(height, kMaxExtent));
  if ((width >= 0 && height >= 0) || !picture.crop) {
    POACL_RETURN_IF_ERROR(aipp::check_picture(picture));
  }
  return set_result(context, context.inputs[0].dims[0],
                    height < 0 && !picture.crop ? -1 : picture.out_height(),
                    width < 0 && !picture.crop ? -1 : picture.out_width());
}

Status infer_dynamic(InferContext& context) {
  const int64_t batch = context.attrs->get_int("batch");
  const int64_t height = context.attrs->get_int("out_height");
  const int64_t width = context.attrs->get_int("out_width");
  if (!context.has_input(1) || context.inputs[1].dtype != DataType::kUint8) {
    return graph_error("dynamic AIPP has its parameters as bytes in input 1");
  }
  for (size_t i = 0; i < 2; ++i) {
    POACL_RETURN_IF_ERROR(require_rank(context, i, 1, i == 0 ? "images" : "params"));
    if (!context.inputs[i].rank_known || context.inputs[i].dims[0] < 0) {
      return graph_error("the bytes of dynamic AIPP are of fixed number");
    }
  }
  const int64_t limit = aipp::kMostSide + 2 * aipp::kMostPadding;
  if (batch < 1 || batch > static_cast<int64_t>(aipp::kMostBatch) || height < 1 || height > limit ||
      width < 1 || width > limit) {
    return graph_error("makes {} pictures of {}x{} (width x height)", batch, width, height);
  }
  if (static_cast<int64_t>(aipp::block_bytes(static_cast<uint64_t>(batch))) >
      context.inputs[1].dims[0]) {
    return graph_error("{} bytes of parameters are not for {} pictures", context.inputs[1].dims[0],
                       batch);
  }
  return set_result(context, batch, height, width);
}

Status infer_aipp(InferContext& context) {
  const int64_t mode = context.attrs->get_int("aipp_mode");
  const int64_t channels = context.attrs->get_int("channels");
  if (context.inputs[0].dtype != DataType::kUint8) {
    return graph_error("takes pictures in bytes, not in {}",
                       data_type_name(context.inputs[0].dtype));
  }
  if (channels != 1 && channels != 3 && channels != 4) {
    return graph_error("makes 1, 3 or 4 channels, not {}", channels);
  }
  if (mode == kStatic) return infer_static(context);
  if (mode == kDynamic) return infer_dynamic(context);
  return graph_error("aipp_mode is {} instead of {} (static) or {} (dynamic)", mode, kStatic,
                     kDynamic);
}

std::vector<AttrDef> attr_defs() {
  std::vector<AttrDef> defs = {
      {"aipp_mode", int64_t{0}, true},
      {"channels", int64_t{0}, true},
      {"data_format", std::string("NCHW")},
      {"output_dtype", DataType::kFloat, true},
      // Of the model's input before AIPP took its place.
      {"origin_dtype", DataType::kFloat},
      {"input_format", int64_t{0}},
      // Dynamic AIPP's: what it has to make, whatever its parameters are.
      {"batch", int64_t{0}},
      {"out_height", int64_t{0}},
      {"out_width", int64_t{0}},
      {"max_src_image_size", int64_t{0}},
  };
  struct Collect {
    std::vector<AttrDef>& defs;
    void operator()(const char* name, const bool& value) const { defs.push_back({name, value}); }
    void operator()(const char* name, const int32_t& value, int32_t, int32_t) const {
      defs.push_back({name, static_cast<int64_t>(value)});
    }
    void operator()(const char* name, const float& value, float, float) const {
      defs.push_back({name, value});
    }
  };
  const Picture picture;
  aipp::for_each_field(picture, Collect{defs});
  return defs;
}

}  // namespace

std::span<const OpDef> aipp_ops() {
  static const std::vector<OpDef> ops = {
      {"Aipp",
       {{"images"}, {"params", PortKind::kOptional}},
       {{"features"}},
       attr_defs(),
       infer_aipp},
  };
  return ops;
}

}  // namespace poacl
