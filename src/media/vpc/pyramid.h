// One step of an image pyramid (spec: vpc section 6): 5x5 filter, then every second row and column.
#pragma once

#include <array>
#include <cstdint>

#include "media/vpc/border.h"

namespace poacl::media {

struct PyramidFilter {
  // Row by row. The default is Gaussian: outer product of 1 4 6 4 1.
  std::array<int8_t, 25> weights = {1,  4, 6, 4,  1,  4,  16, 24, 16, 4, 6, 24, 36,
                                    24, 6, 4, 16, 24, 16, 4,  1,  4,  6, 4, 1};
  int32_t divisor = 256;                       // above 0
  BorderType border = BorderType::kReplicate;  // not kReflect101
  uint8_t border_value = 0;
};

// YUV_400 to YUV_400, the destination half as large (either side rounded up or down). Rounds to
// nearest, halves up; clamps to 0..255. ACL_ERROR_INVALID_PARAM with the right size.
Status check_pyrdown(const Picture& source, const Picture& destination,
                     const PyramidFilter& filter);

// After check_pyrdown; the pictures as in transform().
Status pyrdown(const Picture& source, const Picture& destination, const PyramidFilter& filter,
               ParallelFor& parallel);

}  // namespace poacl::media
