// Reference of Aipp: one pixel after the other, as the specification writes it (aipp sections 3
// and 4).
#include <algorithm>
#include <utility>

#include "kernels/aipp/aipp_plan.h"

namespace poacl::aipp {
namespace {

// The channels of a pixel in the order of the format.
void unpack(const Picture& p, const uint8_t* source, int64_t x, int64_t y, int32_t* c) {
  const int64_t width = p.width;
  const int64_t pixel = y * width + x;
  const uint8_t* chroma = source + width * p.height + x / 2 * 2;
  switch (p.format) {
    case Format::kYuv420sp:
      chroma += y / 2 * width;
      c[0] = source[pixel];
      c[1] = chroma[0];
      c[2] = chroma[1];
      return;
    case Format::kYuv422sp:
      chroma += y * width;
      c[0] = source[pixel];
      c[1] = chroma[0];
      c[2] = chroma[1];
      return;
    case Format::kYuyv: {
      const uint8_t* pair = source + (y * width + x / 2 * 2) * 2;
      c[0] = pair[x % 2 * 2];
      c[1] = pair[1];
      c[2] = pair[3];
      return;
    }
    default: {
      const int count = channel_count(p.format);
      for (int i = 0; i < count; ++i) c[i] = source[pixel * count + i];
    }
  }
}

void swap(const Picture& p, int32_t* c) {
  const bool yuv = is_yuv(p.format);
  const int count = channel_count(p.format);
  // In formats with a fourth channel in front, colours that are still behind it.
  const int behind = count == 4 && (yuv || p.ax_swap) ? 1 : 0;
  if (p.rbuv_swap && count >= 3) {
    if (yuv) {
      std::swap(c[behind + 1], c[behind + 2]);
    } else {
      std::swap(c[behind], c[behind + 2]);
    }
  }
  if (p.ax_swap && count == 4) std::rotate(c, c + 1, c + 4);
}

void convert_colour(const Picture& p, int32_t* c) {
  int32_t out[3];
  for (int r = 0; r < 3; ++r) {
    const int32_t* m = p.matrix + 3 * r;
    int32_t sum = 0;
    for (int i = 0; i < 3; ++i) {
      sum += m[i] * (is_yuv(p.format) ? c[i] - p.input_bias[i] : c[i]);
    }
    const int32_t value = (sum >> 8) + (is_yuv(p.format) ? 0 : p.output_bias[r]);
    out[r] = std::clamp(value, 0, 255);
  }
  std::copy(out, out + 3, c);
}

float convert_type(const Picture& p, int32_t value, int64_t channel, float) {
  return (static_cast<float>(value - p.mean[channel]) - p.min[channel]) * p.var_reci[channel];
}

uint8_t convert_type(const Picture&, int32_t value, int64_t, uint8_t) {
  return static_cast<uint8_t>(value);
}

template <typename T>
void compute_row(const AippParams& params, const Picture& p, const Row<T>& row) {
  const int64_t pixel_stride = params.channels_last ? params.channels : 1;
  const int64_t channel_stride = params.channels_last ? 1 : params.width * params.height;
  const int64_t from_x = (p.crop ? p.crop_x : 0) - (p.padding ? p.left : 0);
  const int64_t from_y = (p.crop ? p.crop_y : 0) - (p.padding ? p.top : 0);
  for (int64_t x = row.begin; x < row.end; ++x) {
    int32_t c[kChannels] = {};
    unpack(p, row.source, from_x + x, from_y + row.y, c);
    swap(p, c);
    if (p.csc) convert_colour(p, c);
    for (int64_t i = 0; i < params.channels; ++i) {
      row.out[x * pixel_stride + i * channel_stride] = convert_type(p, c[i], i, T());
    }
  }
}

Status plan(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  AippParams params;
  POACL_RETURN_IF_ERROR(make_plan(op, &params));
  plan->set_params(params);
  return {};
}

void run(const KernelArgs& args) {
  run_rows(args, plain_row, plain_row);
}

}  // namespace

void plain_row(const AippParams& params, const Picture& picture, const Row<float>& row) {
  compute_row(params, picture, row);
}

void plain_row(const AippParams& params, const Picture& picture, const Row<uint8_t>& row) {
  compute_row(params, picture, row);
}

const KernelImpl kAippRef = {"Aipp", "aipp.ref", Isa::kGeneric, plan, nullptr, run};

}  // namespace poacl::aipp
