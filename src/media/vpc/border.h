// Pictures with a border around them (spec: vpc section 6).
#pragma once

#include <array>
#include <cstdint>

#include "media/vpc/transform.h"

namespace poacl::media {

// The numbers of acldvppBorderType and hi_vpc_bord_type; 4 (wrap) is not supported by any call.
enum class BorderType : int32_t {
  kConstant = 0,
  kReplicate = 1,   // aaa|abc
  kReflect = 2,     // cba|abc
  kReflect101 = 3,  // dcb|abcd
};

struct Border {
  BorderType type = BorderType::kConstant;
  // Of kConstant: Y, U, V when source and destination are both YUV or gray, else R, G, B (converted
  // when the destination is YUV). [3] is alpha of destinations that have it.
  std::array<uint8_t, 4> value = {};
};

// `number` is one of 0..3, or 0..1 when `after_resize` (the calls that crop, resize and add a
// border). ACL_ERROR_INVALID_PARAM, for 4 ACL_ERROR_FEATURE_UNSUPPORTED.
Status check_border_type(int64_t number, bool after_resize);

// transform() of the region; then everything of the destination outside region.paste is filled from
// it. Subsampled chroma counts by its own positions, the paste area's starting at floor(left/2),
// floor(top/2). Covers copy_make_border (whole source, no scaling) and crop_resize_make_border.
Status make_border(const TransformJob& job, const Border& border, const TransformOptions& options,
                   ParallelFor& parallel);

// borders[i] belongs to jobs[i]; the spans are equally long.
Status make_border(std::span<const TransformJob> jobs, std::span<const Border> borders,
                   const TransformOptions& options, ParallelFor& parallel);

}  // namespace poacl::media
