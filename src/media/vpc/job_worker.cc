#include "media/vpc/job_worker.h"

#include <algorithm>
#include <cstring>

namespace poacl::media {
namespace {

constexpr size_t kLuma = 0;
constexpr size_t kU = 1;
constexpr size_t kV = 2;
constexpr size_t kAlpha = 3;
constexpr uint8_t kNeutral = 128;

void put_every(const uint8_t* line, int32_t n, int32_t step, uint8_t* out) {
  for (int32_t i = 0; i < n; ++i) out[int64_t{i} * step] = line[i];
}

void repeat_each(const uint8_t* line, int64_t n, uint8_t* out) {
  for (int64_t i = 0; i < n / 2; ++i) {
    out[2 * i] = line[i];
    out[2 * i + 1] = line[i];
  }
  if (n % 2 != 0) out[n - 1] = line[n / 2];
}

std::array<LaneScaler, 3> make_scalers(const JobPlan& plan, const RowKernels& kernels,
                                       RowMemory& memory) {
  const auto scaler = [&](size_t i) {
    RowMemory nothing;
    return i < plan.lanes.size() ? LaneScaler(plan.lanes[i], kernels, memory)
                                 : LaneScaler(plan.lanes[0], kernels, nothing);
  };
  return {scaler(0), scaler(1), scaler(2)};
}

}  // namespace

JobWorker::JobWorker(const JobPlan& plan, const Shared& shared, RowMemory& memory) noexcept
    : plan_(plan),
      shared_(shared),
      chroma_shift_x_(plan.source.format->chroma_shift_x),
      chroma_shift_y_(plan.source.format->chroma_shift_y),
      scalers_(make_scalers(plan, shared.kernels, memory)) {
  const bool gray = plan.source.format->model == ColourModel::kGray;
  if (gray) {
    // Neutral chroma comes at whatever density is wanted.
    chroma_shift_x_ = plan.destination.format->chroma_shift_x;
    chroma_shift_y_ = plan.destination.format->chroma_shift_y;
  }
  chroma_width_ = (plan.width + chroma_shift_x_) >> chroma_shift_x_;
  pixels_ = memory.bytes(int64_t{4} * plan.width);
  if (plan.conversion == Conversion::kNone) return;
  for (auto& row : line_memory_) {
    for (uint8_t*& line : row) line = memory.bytes(plan.width);
  }
  for (uint8_t*& line : out_memory_) line = memory.bytes(plan.width);
  if (plan.conversion == Conversion::kRgbToYuv) {
    for (int16_t*& line : sums_) line = memory.words(plan.width);
  }
  constant_ = memory.bytes(2 * int64_t{plan.width});
  if (constant_ == nullptr) return;
  std::memset(constant_, kNeutral, static_cast<size_t>(plan.width));
  uint8_t* alpha = constant_ + plan.width;
  std::memset(alpha, shared.alpha, static_cast<size_t>(plan.width));
  for (Lines& lines : lines_) {
    if (gray) lines[kU] = lines[kV] = constant_;
    lines[kAlpha] = alpha;
  }
}

void JobWorker::run(int32_t first_unit, int32_t end_unit) noexcept {
  for (int32_t unit = first_unit; unit < end_unit; ++unit) {
    const int32_t row = 2 * unit;
    const int32_t rows = std::min(2, plan_.height - row);
    for (size_t d = 0; d < static_cast<size_t>(plan_.destination.count); ++d) {
      if (plan_.copied_from[d] < 0) continue;
      if (plan_.destination.lane[d].shift_y != 0) {
        copy_lane(d, unit);
      } else {
        for (int32_t i = 0; i < rows; ++i) copy_lane(d, row + i);
      }
    }
    if (plan_.conversion == Conversion::kNone) continue;
    load_rows(row, rows);
    if (plan_.conversion == Conversion::kYuvToYuv) {
      yuv_to_yuv(row, rows);
    } else if (plan_.conversion == Conversion::kRgbToYuv) {
      rgb_to_yuv(row, rows);
    } else {
      for (int32_t i = 0; i < rows; ++i) {
        const auto slot = static_cast<size_t>(i);
        if (plan_.conversion == Conversion::kYuvToRgb) {
          yuv_to_rgb(row + i, slot);
        } else {
          store_all(row + i, 0, lines_[slot]);
        }
      }
    }
  }
}

void JobWorker::copy_lane(size_t destination, int32_t row) noexcept {
  const Lane& lane = plan_.destination.lane[destination];
  LaneScaler& scaler = scalers_[static_cast<size_t>(plan_.copied_from[destination])];
  if (lane.contiguous()) return scaler.write(row, lane.at(0, row));
  put_every(scaler.row(row, pixels_), lane.width, lane.step, lane.at(0, row));
}

// Row `row` of a source lane becomes lines of `slot`.
void JobWorker::load(size_t index, int32_t row, size_t slot) noexcept {
  const LanePlan& lane = plan_.lanes[index];
  LaneScaler& scaler = scalers_[index];
  const int components = lane.source().components;
  if (components == 1) {
    const auto c = component_of(lane.source(), 0);
    lines_[slot][c] = scaler.row(row, line_memory_[slot][c]);
    return;
  }
  const uint8_t* pixels = scaler.row(row, pixels_);
  std::array<uint8_t*, 4> lines = {};
  for (int i = 0; i < components; ++i) {
    const auto c = component_of(lane.source(), i);
    lines[static_cast<size_t>(i)] = line_memory_[slot][c];
    lines_[slot][c] = line_memory_[slot][c];
  }
  const RowKernels& kernels = shared_.kernels;
  const auto split = components == 2   ? kernels.split2
                     : components == 3 ? kernels.split3
                                       : kernels.split4;
  split(pixels, lines.data(), lane.width());
}

void JobWorker::load_rows(int32_t first_row, int32_t rows) noexcept {
  for (size_t i = 0; i < plan_.lanes.size(); ++i) {
    const Lane& lane = plan_.lanes[i].source();
    const bool only_luma = lane.components == 1 && lane.samples[0] == 'Y';
    if (only_luma && plan_.conversion == Conversion::kYuvToYuv && !plan_.needs_luma) continue;
    if (lane.shift_y != 0) {
      load(i, first_row / 2, 0);
      for (int c = 0; c < lane.components; ++c) {
        const auto k = component_of(lane, c);
        lines_[1][k] = lines_[0][k];
      }
    } else {
      for (int32_t r = 0; r < rows; ++r) load(i, first_row + r, static_cast<size_t>(r));
    }
  }
  if (rows == 1) lines_[1] = lines_[0];
}

void JobWorker::yuv_to_yuv(int32_t first_row, int32_t rows) noexcept {
  const bool shared_chroma = plan_.destination.format->chroma_shift_y != 0;
  if (shared_chroma) {
    store_all(first_row / 2, 1, resample_chroma(lines_[0], lines_[1], first_row / 2));
  }
  for (int32_t r = 0; r < rows; ++r) {
    const Lines& lines = lines_[static_cast<size_t>(r)];
    Lines made = shared_chroma ? Lines{} : resample_chroma(lines, lines, first_row + r);
    made[kLuma] = lines[kLuma];
    store_all(first_row + r, 0, made);
  }
}

JobWorker::Lines JobWorker::resample_chroma(const Lines& top, const Lines& bottom,
                                            int32_t chroma_row) noexcept {
  Lines made = {};
  if (plan_.destination.format->model == ColourModel::kGray) return made;
  for (const size_t c : {kU, kV}) {
    uint8_t* out = out_line(c, chroma_row);
    resample(top[c], bottom[c], out);
    made[c] = out;
  }
  return made;
}

void JobWorker::resample(const uint8_t* top, const uint8_t* bottom, uint8_t* out) noexcept {
  const int wanted = plan_.destination.format->chroma_shift_x;
  const bool spread = wanted < chroma_shift_x_;
  if (top != bottom || wanted > chroma_shift_x_) {
    uint8_t* to = spread ? pixels_ : out;
    shared_.kernels.mean(top, bottom, spread ? 0 : wanted - chroma_shift_x_, to, chroma_width_);
    top = to;
  } else if (!spread) {
    std::memcpy(out, top, static_cast<size_t>(chroma_width_));
  }
  if (spread) repeat_each(top, plan_.width, out);
}

void JobWorker::yuv_to_rgb(int32_t row, size_t slot) noexcept {
  const Lines& yuv = lines_[slot];
  std::array<uint8_t*, 3> rgb = {out_line(0, row), out_line(1, row), out_line(2, row)};
  const FixedCsc& csc = shared_.csc;
  if (csc.to_rgb_fits) {
    shared_.kernels.yuv_to_rgb(yuv.data(), chroma_shift_x_, csc.row, rgb.data(), plan_.width);
  } else {
    yuv_to_rgb_exact(yuv.data(), chroma_shift_x_, csc.exact, rgb.data(), plan_.width);
  }
  store_all(row, 0, {rgb[0], rgb[1], rgb[2], yuv[kAlpha]});
}

void JobWorker::rgb_to_yuv(int32_t first_row, int32_t rows) noexcept {
  const FormatInfo& format = *plan_.destination.format;
  const bool with_chroma = format.model != ColourModel::kGray;
  const bool shared_chroma = format.chroma_shift_y != 0;
  const FixedCsc& csc = shared_.csc;
  for (int32_t r = 0; r < rows; ++r) {
    const Lines& rgb = lines_[static_cast<size_t>(r)];
    Lines made = {};
    if (with_chroma && !shared_chroma) made = chroma_of_rgb(rgb, rgb, first_row + r);
    uint8_t* luma = out_line(kLuma, first_row + r);
    if (csc.to_yuv_fits) {
      shared_.kernels.rgb_to_luma(rgb.data(), csc.row, luma, plan_.width);
    } else {
      rgb_to_luma_exact(rgb.data(), csc.exact, luma, plan_.width);
    }
    made[kLuma] = luma;
    store_all(first_row + r, 0, made);
  }
  if (shared_chroma) {
    store_all(first_row / 2, 1, chroma_of_rgb(lines_[0], lines_[1], first_row / 2));
  }
}

JobWorker::Lines JobWorker::chroma_of_rgb(const Lines& top, const Lines& bottom,
                                          int32_t chroma_row) noexcept {
  const int shift_x = plan_.destination.format->chroma_shift_x;
  for (size_t c = 0; c < 3; ++c) {
    shared_.kernels.sum_pixels(top[c], bottom[c], shift_x, sums_[c], plan_.width);
  }
  uint8_t* u = out_line(kU, chroma_row);
  uint8_t* v = out_line(kV, chroma_row);
  const int64_t n = (plan_.width + shift_x) >> shift_x;
  const FixedCsc& csc = shared_.csc;
  if (csc.to_yuv_fits) {
    shared_.kernels.sums_to_chroma(sums_.data(), csc.row, u, v, n);
  } else {
    sums_to_chroma_exact(sums_.data(), csc.exact, u, v, n);
  }
  return {nullptr, u, v, nullptr};
}

// Where a converted line goes: to its place, if it lies there as a line.
uint8_t* JobWorker::out_line(size_t component, int32_t row) noexcept {
  for (size_t d = 0; d < static_cast<size_t>(plan_.destination.count); ++d) {
    const Lane& lane = plan_.destination.lane[d];
    if (lane.components == 1 && lane.contiguous() && component_of(lane, 0) == component) {
      return lane.at(0, row);
    }
  }
  return out_memory_[component];
}

void JobWorker::store(const Lane& lane, int32_t row, const Lines& lines) noexcept {
  uint8_t* out = lane.at(0, row);
  if (lane.components == 1) {
    const uint8_t* line = lines[component_of(lane, 0)];
    if (!lane.contiguous()) return put_every(line, lane.width, lane.step, out);
    if (line != out) std::memcpy(out, line, static_cast<size_t>(lane.width));
    return;
  }
  Lines ordered = {};
  for (int i = 0; i < lane.components; ++i) {
    ordered[static_cast<size_t>(i)] = lines[component_of(lane, i)];
  }
  const RowKernels& kernels = shared_.kernels;
  const auto merge = lane.components == 2   ? kernels.merge2
                     : lane.components == 3 ? kernels.merge3
                                            : kernels.merge4;
  merge(ordered.data(), out, lane.width);
}

void JobWorker::store_all(int32_t row, int shift_y, const Lines& lines) noexcept {
  for (size_t d = 0; d < static_cast<size_t>(plan_.destination.count); ++d) {
    const Lane& lane = plan_.destination.lane[d];
    if (plan_.copied_from[d] < 0 && lane.shift_y == shift_y) store(lane, row, lines);
  }
}

}  // namespace poacl::media
