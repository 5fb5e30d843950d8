// Which sample of a line stands for one outside of it.
#pragma once

#include "media/vpc/border.h"

namespace poacl::media {

// In [0, n) for any i; i itself when it is inside. Not for kConstant.
int32_t border_index(BorderType type, int32_t i, int32_t n) noexcept;

}  // namespace poacl::media
