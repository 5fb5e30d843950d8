#include "kernels/aipp/aipp_plan.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include <fmt/format.h>

#include "base/half.h"
#include "kernels/aipp/aipp_block.h"

namespace poacl::aipp {
namespace {

// Output elements of one channel that a worker takes at a time.
constexpr int64_t kChunkPixels = 8192;

float rounded_to_half(float value) {
  return half_to_float(float_to_half(value));
}

Status static_plan(const OpInstance& op, AippParams* params) {
  Picture& picture = params->picture;
  POACL_RETURN_IF_ERROR(read_attrs(*op.attrs, &picture));
  int64_t width = 0;
  int64_t height = 0;
  POACL_RETURN_IF_ERROR(find_size(picture.format, op.inputs[0].dims, &width, &height));
  picture.width = static_cast<int32_t>(std::clamp<int64_t>(width, 0, kMostSide + 1));
  picture.height = static_cast<int32_t>(std::clamp<int64_t>(height, 0, kMostSide + 1));
  POACL_RETURN_IF_ERROR(check_picture(picture));
  POACL_RETURN_IF_ERROR(check_channels(picture, params->channels));
  for (float& min : picture.min) min = rounded_to_half(min);
  for (float& var : picture.var_reci) var = rounded_to_half(var);
  if (picture.out_width() != params->width || picture.out_height() != params->height ||
      op.inputs[0].dims[0] != params->batch) {
    return declined(fmt::format("pictures of {} make {}x{}, not {}",
                                dims_to_string(op.inputs[0].dims), picture.out_width(),
                                picture.out_height(), dims_to_string(op.outputs[0].dims)));
  }
  return {};
}

template <typename T>
T padding_value(const Picture& picture) {
  if constexpr (std::is_same_v<T, float>) return picture.padding_value;
  return static_cast<T>(std::clamp(std::nearbyint(picture.padding_value), 0.0f, 255.0f));
}

template <typename T>
class Runner {
 public:
  using RowFunction = void (*)(const AippParams&, const Picture&, const Row<T>&);

  Runner(const KernelArgs& args, const AippParams& params, RowFunction compute)
      : args_(args), p_(params), compute_(compute), out_(static_cast<T*>(args.outputs[0])) {}

  void run() const {
    const int64_t rows = std::clamp<int64_t>(kChunkPixels / p_.width, 1, p_.height);
    const int64_t chunks = (p_.height + rows - 1) / rows;
    (*args_.parallel)(p_.batch * chunks, [&](int64_t chunk, int) {
      const int64_t first = chunk % chunks * rows;
      run_rows_of(chunk / chunks, first, std::min(first + rows, p_.height));
    });
  }

 private:
  T* row_start(int64_t image, int64_t y) const {
    const int64_t row = p_.width * (p_.channels_last ? p_.channels : 1);
    return out_ + image * p_.channels * p_.height * p_.width + y * row;
  }

  void fill(T* row, int64_t begin, int64_t end, T value) const {
    if (p_.channels_last) {
      std::fill(row + begin * p_.channels, row + end * p_.channels, value);
      return;
    }
    for (int64_t c = 0; c < p_.channels; ++c) {
      T* channel = row + c * p_.width * p_.height;
      std::fill(channel + begin, channel + end, value);
    }
  }

  void run_rows_of(int64_t image, int64_t first, int64_t last) const {
    Picture picture;
    const uint8_t* source = find_picture(p_, args_, image, &picture);
    const int64_t left = picture.padding ? picture.left : 0;
    const int64_t top = picture.padding ? picture.top : 0;
    const T pad = padding_value<T>(picture);
    for (int64_t y = first; y < last; ++y) {
      T* row = row_start(image, y);
      if (source == nullptr || y < top || y >= top + picture.used_height()) {
        fill(row, 0, p_.width, pad);
        continue;
      }
      const int64_t end = left + picture.used_width();
      fill(row, 0, left, pad);
      compute_(p_, picture, {source, y, left, end, row});
      fill(row, end, p_.width, pad);
    }
  }

  const KernelArgs& args_;
  const AippParams& p_;
  RowFunction compute_;
  T* out_;
};

}  // namespace

Status make_plan(const OpInstance& op, AippParams* params) {
  const Dims& dims = op.outputs[0].dims;
  if (op.inputs.empty() || op.inputs[0].dtype != DataType::kUint8 || dims.size() != 4) {
    return declined("pictures are bytes and make four dimensions");
  }
  AippParams& p = *params;
  p.output = op.outputs[0].dtype;
  if (p.output != DataType::kFloat && p.output != DataType::kUint8) {
    return declined(fmt::format("results of type {}", data_type_name(p.output)));
  }
  p.channels_last = op.attrs->get_string("data_format") == "NHWC";
  p.batch = dims[0];
  p.channels = dims[p.channels_last ? 3 : 1];
  p.height = dims[p.channels_last ? 1 : 2];
  p.width = dims[p.channels_last ? 2 : 3];
  p.source_bytes = element_count(op.inputs[0].dims);
  p.dynamic = op.inputs.size() > 1 && !op.inputs[1].absent();
  if (!p.dynamic) return static_plan(op, params);
  p.block_bytes = element_count(op.inputs[1].dims);
  return {};
}

const uint8_t* find_picture(const AippParams& params, const KernelArgs& args, int64_t index,
                            Picture* picture) {
  const auto* source = static_cast<const uint8_t*>(args.inputs[0]);
  if (!params.dynamic) {
    *picture = params.picture;
    return source + index * picture_bytes(picture->format, picture->width, picture->height);
  }
  const auto* block = static_cast<const std::byte*>(args.inputs[1]);
  const auto at = block_bytes(static_cast<uint64_t>(index));
  BlockHeader header;
  BlockRecord record;
  if (static_cast<int64_t>(at + sizeof(record)) > params.block_bytes) return nullptr;
  std::memcpy(&header, block, sizeof(header));
  std::memcpy(&record, block + at, sizeof(record));
  const bool fits = read_picture(header, record, picture).ok() && check_picture(*picture).ok() &&
                    check_channels(*picture, params.channels).ok() &&
                    picture->out_width() == params.width && picture->out_height() == params.height;
  const int64_t bytes = fits ? picture_bytes(picture->format, picture->width, picture->height) : 0;
  if (fits && bytes * (index + 1) <= params.source_bytes) return source + index * bytes;
  *picture = Picture{};
  return nullptr;
}

void run_rows(const KernelArgs& args, FloatRow float_row, ByteRow byte_row) {
  const auto& params = args.get_params<AippParams>();
  if (params.output == DataType::kFloat) {
    Runner<float>(args, params, float_row).run();
  } else {
    Runner<uint8_t>(args, params, byte_row).run();
  }
}

}  // namespace poacl::aipp
