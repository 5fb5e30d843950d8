// The vectorised kernels of Aipp: unpacking, swaps, colour conversion and scaling of a row in one
// pass, several pixels at a time.
#include <algorithm>

#include "kernels/aipp/aipp_plan.h"
#include "kernels/aipp/aipp_span.h"

namespace poacl::aipp {
namespace {

Status plan(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  AippParams params;
  POACL_RETURN_IF_ERROR(make_plan(op, &params));
  if (params.output != DataType::kFloat) return declined("the result is no float");
  if (params.channels_last) return declined("the model's order is NHWC");
  plan->set_params(params);
  return {};
}

void set_source(const Picture& p, const uint8_t* source, int64_t x, int64_t y, Span* span) {
  const int64_t width = p.width;
  const int64_t pixel = y * width + x;
  switch (p.format) {
    case Format::kYuv420sp:
    case Format::kYuv422sp:
      span->unpack = Unpack::kPairs;
      span->source = source + pixel;
      span->pairs =
          source + width * p.height + (p.format == Format::kYuv420sp ? y / 2 : y) * width + x;
      return;
    case Format::kYuyv:
      span->unpack = Unpack::kYuyv;
      span->source = source + 2 * pixel;
      return;
    case Format::kRgb888:
      span->unpack = Unpack::kThree;
      span->source = source + 3 * pixel;
      return;
    case Format::kYuv400:
      span->unpack = Unpack::kOne;
      span->source = source + pixel;
      return;
    default:
      span->unpack = Unpack::kFour;
      span->source = source + 4 * pixel;
  }
}

// As swap() of the reference, on positions.
void set_selection(const Picture& p, Span* span) {
  for (uint8_t i = 0; i < 4; ++i) span->select[i] = i;
  const int count = channel_count(p.format);
  const int behind = count == 4 && (is_yuv(p.format) || p.ax_swap) ? 1 : 0;
  const int first = behind + (is_yuv(p.format) ? 1 : 0);
  if (p.rbuv_swap && count >= 3) std::swap(span->select[first], span->select[behind + 2]);
  if (p.ax_swap && count == 4) std::rotate(span->select, span->select + 1, span->select + 4);
}

// Biases become part of the sum: they are whole numbers, so that the shift takes them along.
void set_colours(const Picture& p, Span* span) {
  span->csc = p.csc;
  if (!p.csc) return;
  std::copy(std::begin(p.matrix), std::end(p.matrix), span->matrix);
  for (int r = 0; r < 3; ++r) {
    if (!is_yuv(p.format)) {
      span->bias[r] = p.output_bias[r] * 256;
      continue;
    }
    span->bias[r] = 0;
    for (int i = 0; i < 3; ++i) span->bias[r] -= p.matrix[3 * r + i] * p.input_bias[i];
  }
}

template <int64_t (*Compute)(const Span&)>
void fast_row(const AippParams& params, const Picture& p, const Row<float>& row) {
  Span span{};
  set_source(p, row.source, p.crop ? p.crop_x : 0,
             row.y + (p.crop ? p.crop_y : 0) - (p.padding ? p.top : 0), &span);
  set_selection(p, &span);
  set_colours(p, &span);
  span.count = row.end - row.begin;
  span.channels = static_cast<int32_t>(params.channels);
  for (int i = 0; i < kChannels; ++i) {
    span.mean[i] = static_cast<float>(p.mean[i]);
    span.min[i] = p.min[i];
    span.scale[i] = p.var_reci[i];
  }
  span.out = row.out + row.begin;
  span.channel_stride = params.width * params.height;
  Row<float> rest = row;
  rest.begin += Compute(span);
  if (rest.begin < rest.end) plain_row(params, p, rest);
}

void run_avx2(const KernelArgs& args) {
  run_rows(args, fast_row<span_avx2>, plain_row);
}

void run_avx512(const KernelArgs& args) {
  run_rows(args, fast_row<span_avx512>, plain_row);
}

}  // namespace

const KernelImpl kAippAvx2 = {"Aipp", "aipp.rows.avx2", Isa::kAvx2, plan, nullptr, run_avx2};
const KernelImpl kAippAvx512 = {"Aipp",  "aipp.rows.avx512", Isa::kAvx512, plan,
                                nullptr, run_avx512};

}  // namespace poacl::aipp
