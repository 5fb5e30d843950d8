// The vision preprocessor's main job: take an area of a picture, scale it, convert its format and
// write it into an area of another picture. Crop, resize, paste, colour conversion and all their
// combinations are this one function.
//
// The result is defined as: cut `crop` out as a picture of the source's format, scale each plane of
// it as a picture of its own (chroma of subsampled formats has ceil(w/2) columns, ceil(h/2) rows
// and starts at floor(left/2), floor(top/2)), convert to the destination's format, put it into
// `paste`.
//   - Same size: the pixels themselves.
//   - YUV to YUV with less chroma: the mean of the samples that become one; with more: repeated.
//   - RGB to subsampled YUV: chroma of the mean of the pixels that share it.
//   - Gray to colour: U = V = 128. Colour to gray: Y.
//   - Alpha goes along when both formats have it, else it is set to TransformOptions::alpha.
// Only the pixels of `paste` are written (of subsampled chroma: those its area touches).
#pragma once

#include <cstdint>
#include <span>

#include "base/isa.h"
#include "base/parallel.h"
#include "base/status.h"
#include "media/picture.h"
#include "media/vpc/csc.h"
#include "media/vpc/interpolation.h"

namespace poacl::media {

inline constexpr int32_t kMaxPictureSide = 16384;

struct Region {
  Rect crop;   // of the source
  Rect paste;  // of the destination
};

// The whole of a picture.
Rect whole(const Picture& picture) noexcept;

struct TransformOptions {
  Interpolation method = Interpolation::kBilinear;
  const Csc* csc = nullptr;  // null: BT.601 wide
  uint8_t alpha = 0;         // of destinations with alpha whose source has none
  Isa isa = active_isa();    // tests compare instruction sets
};

// One piece of a batch. Pictures may repeat; destinations that overlap get any mixture of results.
struct TransformJob {
  Picture source;
  Picture destination;
  Region region;
};

// Both pictures must be safe to touch (media/picture_rules.h: a format of the table, rows that do
// not overlap and lie inside the buffer), sides at most kMaxPictureSide; both areas not empty and
// inside their pictures; source and destination must not share bytes. Every format of the table
// converts to every other. Blocks until done, on the caller and on the workers of `parallel`; fails
// only when memory for a few rows per worker cannot be had (ACL_ERROR_BAD_ALLOC). Threads: any
// number of calls at once.
Status transform(const Picture& source, const Picture& destination, const Region& region,
                 const TransformOptions& options, ParallelFor& parallel);

// All jobs at once: faster than one call each, since regions and rows are spread over the workers.
Status transform(std::span<const TransformJob> jobs, const TransformOptions& options,
                 ParallelFor& parallel);

}  // namespace poacl::media
