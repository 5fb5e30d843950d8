// What one region's transformation comes to, found out once per call.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "media/vpc/fixed_csc.h"
#include "media/vpc/lane_scaler.h"
#include "media/vpc/transform.h"

namespace poacl::media {

// How destination lanes come about that are not simply a scaled lane of the source.
enum class Conversion { kNone, kYuvToYuv, kYuvToRgb, kRgbToYuv, kRgbToRgb };

struct JobPlan {
  // Throws std::bad_alloc.
  JobPlan(const TransformJob& job, Interpolation method, ColumnTapsCache& cache);

  int32_t width;  // pixels of the paste area
  int32_t height;
  Lanes source;                 // of the whole picture
  Lanes destination;            // of the paste area
  std::vector<LanePlan> lanes;  // of `source`, in its order

  // For each destination lane: the source lane whose scaled rows are its rows, or -1.
  std::array<int, 3> copied_from = {-1, -1, -1};
  Conversion conversion = Conversion::kNone;
  bool needs_luma = false;  // of kYuvToYuv: some lane of the conversion holds it

  // Rows are made two at a time, since they may share chroma.
  int32_t units() const noexcept { return (height + 1) / 2; }
  // Rough work of one unit, in samples.
  int64_t unit_cost() const noexcept;
};

}  // namespace poacl::media
