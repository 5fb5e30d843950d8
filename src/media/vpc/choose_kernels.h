// The row kernels of an instruction set, which this CPU must have.
#pragma once

#include "base/isa.h"
#include "media/vpc/row_kernels.h"

namespace poacl::media {

const RowKernels& row_kernels(Isa isa) noexcept;

}  // namespace poacl::media
