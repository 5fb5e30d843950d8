// Transformations of pictures as the calls of the interface describe them: which area of which
// picture goes where, with what interpolation and colour matrix.
#pragma once

#include <memory>
#include <vector>

#include "capi/dvpp_job.h"
#include "media/vpc/border.h"
#include "media/vpc/transform.h"

namespace poacl::capi {

// One piece of work of a call; what is null is not part of it.
struct VpcPiece {
  std::shared_ptr<PicDesc> input;
  std::shared_ptr<PicDesc> output;
  std::shared_ptr<RoiConfig> crop;       // null: the whole input
  std::shared_ptr<RoiConfig> paste;      // null: the whole output
  std::shared_ptr<BorderConfig> border;  // around the result, inside the output
  size_t index = 0;                      // among the pieces, for messages
};

struct VpcCall {
  std::vector<VpcPiece> pieces;
  std::shared_ptr<ResizeConfig> resize;  // null: the chip's default for calls without one
  bool same_size = false;                // the output is as large as the input, borders included
};

// Checks everything and queues the work.
Status queue_vpc(const MediaJob& job, const VpcCall& call);

}  // namespace poacl::capi
