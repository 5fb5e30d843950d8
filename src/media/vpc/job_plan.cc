#include "media/vpc/job_plan.h"

namespace poacl::media {
namespace {

Conversion conversion_between(ColourModel from, ColourModel to) {
  if (from == ColourModel::kRgb) {
    return to == ColourModel::kRgb ? Conversion::kRgbToRgb : Conversion::kRgbToYuv;
  }
  return to == ColourModel::kRgb ? Conversion::kYuvToRgb : Conversion::kYuvToYuv;
}

bool holds_luma(const Lane& lane) {
  for (int i = 0; i < lane.components; ++i) {
    if (lane.samples[static_cast<size_t>(i)] == 'Y') return true;
  }
  return false;
}

}  // namespace

JobPlan::JobPlan(const TransformJob& job, Interpolation method, ColumnTapsCache& cache)
    : width(job.region.paste.width),
      height(job.region.paste.height),
      source(lanes_of(job.source)),
      destination(lanes_of(job.destination)) {
  lanes.reserve(static_cast<size_t>(source.count));
  for (int i = 0; i < source.count; ++i) {
    lanes.emplace_back(source.lane[static_cast<size_t>(i)], job.region.crop, width, height, method,
                       cache);
  }
  for (size_t d = 0; d < static_cast<size_t>(destination.count); ++d) {
    Lane& lane = destination.lane[d];
    lane = cut(lane, job.region.paste);
    for (int s = 0; s < source.count; ++s) {
      if (interchangeable(lane, source.lane[static_cast<size_t>(s)])) copied_from[d] = s;
    }
    if (copied_from[d] < 0) {
      conversion = conversion_between(source.format->model, destination.format->model);
      needs_luma = needs_luma || holds_luma(lane);
    }
  }
}

int64_t JobPlan::unit_cost() const noexcept {
  int64_t samples = 0;
  for (const LanePlan& lane : lanes) samples += lane.row_bytes();
  return 2 * (samples + (conversion == Conversion::kNone ? 0 : int64_t{3} * width));
}

}  // namespace poacl::media
