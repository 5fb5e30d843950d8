#include "kernels/aipp/aipp_block.h"

#include <cstring>

#include <fmt/format.h>

#include "acl/acl_base.h"
#include "base/half.h"

namespace poacl::aipp {
namespace {

template <typename... Args>
Status wrong(fmt::format_string<Args...> format, Args&&... args) {
  return Status(ACL_ERROR_GE_PARAM_INVALID, fmt::format(format, std::forward<Args>(args)...));
}

// By position: the number in the block.
constexpr Format kFormats[] = {
    Format::kUndefined, Format::kYuv420sp, Format::kXrgb8888, Format::kUndefined,
    Format::kUndefined, Format::kRgb888,   Format::kArgb8888, Format::kYuyv,
    Format::kYuv422sp,  Format::kAyuv444,  Format::kYuv400,
};
constexpr uint8_t kFormatCount = sizeof(kFormats) / sizeof(kFormats[0]);

Status check_switch(const char* name, int8_t value) {
  if (value == 0 || value == 1) return {};
  return wrong("its {} switch is {} instead of 0 or 1", name, value);
}

Status check_result(const Picture& picture, const BlockTarget& target) {
  POACL_RETURN_IF_ERROR(check_picture(picture));
  POACL_RETURN_IF_ERROR(check_channels(picture, target.channels));
  if (picture.out_width() == target.width && picture.out_height() == target.height) return {};
  return wrong("it makes {}x{} (width x height) of the source of {}x{}, but the model takes {}x{}",
               picture.out_width(), picture.out_height(), picture.width, picture.height,
               target.width, target.height);
}

}  // namespace

uint8_t block_format(Format format) {
  for (uint8_t i = 0; i < kFormatCount; ++i) {
    if (kFormats[i] == format && format != Format::kUndefined) return i;
  }
  return 0;
}

Format format_of_block(uint8_t number) {
  return number < kFormatCount ? kFormats[number] : Format::kUndefined;
}

Status read_picture(const BlockHeader& header, const BlockRecord& record, Picture* picture) {
  POACL_RETURN_IF_ERROR(check_switch("colour conversion", header.csc));
  POACL_RETURN_IF_ERROR(check_switch("red-blue swap", header.rbuv_swap));
  POACL_RETURN_IF_ERROR(check_switch("alpha swap", header.ax_swap));
  POACL_RETURN_IF_ERROR(check_switch("crop", record.crop));
  POACL_RETURN_IF_ERROR(check_switch("padding", record.padding));
  if (record.scale != 0) return wrong("resizing (scf) is on, which is not supported");
  if (record.rotation != 0) return wrong("rotation is on, which is not supported");
  Picture& p = *picture;
  p = Picture{};
  p.format = format_of_block(header.format);
  p.width = header.width;
  p.height = header.height;
  p.rbuv_swap = header.rbuv_swap != 0;
  p.ax_swap = header.ax_swap != 0;
  p.csc = header.csc != 0;
  p.crop = record.crop != 0;
  p.padding = record.padding != 0;
  p.crop_x = record.crop_x;
  p.crop_y = record.crop_y;
  p.crop_width = record.crop_width;
  p.crop_height = record.crop_height;
  p.left = record.left;
  p.right = record.right;
  p.top = record.top;
  p.bottom = record.bottom;
  for (int i = 0; i < 9; ++i) p.matrix[i] = header.matrix[i];
  for (int i = 0; i < 3; ++i) p.output_bias[i] = header.output_bias[i];
  for (int i = 0; i < 3; ++i) p.input_bias[i] = header.input_bias[i];
  for (int i = 0; i < kChannels; ++i) {
    p.mean[i] = record.mean[i];
    p.min[i] = half_to_float(record.min[i]);
    p.var_reci[i] = half_to_float(record.var_reci[i]);
  }
  return {};
}

Status check_block(const void* block, size_t bytes, const BlockTarget& target) {
  BlockHeader header;
  if (bytes < sizeof(header)) {
    return wrong("a parameter block of {} bytes; it has {} and {} for each picture", bytes,
                 sizeof(BlockHeader), sizeof(BlockRecord));
  }
  std::memcpy(&header, block, sizeof(header));
  if (header.format == 0) {
    return wrong("no parameters are set: call aclmdlSetInputAIPP before every first execution");
  }
  if (header.batch < target.batch || bytes < block_bytes(static_cast<uint64_t>(header.batch))) {
    return wrong("the parameter block of {} bytes is for {} pictures; the model takes {}", bytes,
                 header.batch, target.batch);
  }
  for (int64_t i = 0; i < target.batch; ++i) {
    BlockRecord record;
    std::memcpy(&record,
                static_cast<const std::byte*>(block) + block_bytes(static_cast<uint64_t>(i)),
                sizeof(record));
    Picture picture;
    Status status = read_picture(header, record, &picture);
    if (status.ok()) status = check_result(picture, target);
    if (!status.ok()) return status.with_context(fmt::format("picture {} of the batch", i));
    if (i > 0) continue;
    const int64_t needed =
        target.batch * picture_bytes(picture.format, picture.width, picture.height);
    if (needed > target.source_bytes) {
      return wrong(
          "{} pictures of {}x{} {} have {} bytes, but the model's input has {} "
          "(max_src_image_size)",
          target.batch, picture.width, picture.height, format_name(picture.format), needed,
          target.source_bytes);
    }
  }
  return {};
}

}  // namespace poacl::aipp
