// What the kernels of Aipp share.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/aipp/aipp_picture.h"
#include "kernels/kernel.h"

namespace poacl::aipp {

struct AippParams {
  bool dynamic = false;  // pictures are described by the parameter block, input 1
  bool channels_last = false;
  DataType output = DataType::kUndefined;
  int64_t batch = 0;
  int64_t channels = 0;
  int64_t width = 0;  // of the output
  int64_t height = 0;
  int64_t source_bytes = 0;  // of input 0
  int64_t block_bytes = 0;   // of input 1
  Picture picture;           // static AIPP's
};

// The plan of an instance that passed inference; a reason to decline for what inference would not
// have let pass.
Status make_plan(const OpInstance& op, AippParams* params);

// The picture of one of the batch and its bytes; null bytes when the parameter block does not fit
// (execution checks it before, so somebody else wrote it meanwhile) and the output becomes zero.
const uint8_t* find_picture(const AippParams& params, const KernelArgs& args, int64_t index,
                            Picture* picture);

// Output elements [begin, end) of one output row, all inside the picture (no padding). `out` is the
// first element of the row in the first channel.
template <typename T>
struct Row {
  const uint8_t* source;  // of the picture
  int64_t y;              // output row
  int64_t begin;
  int64_t end;
  T* out;
};

// Plain arithmetic, as the specification writes it.
void plain_row(const AippParams& params, const Picture& picture, const Row<float>& row);
void plain_row(const AippParams& params, const Picture& picture, const Row<uint8_t>& row);

using FloatRow = void (*)(const AippParams& params, const Picture& picture, const Row<float>& row);
using ByteRow = void (*)(const AippParams& params, const Picture& picture, const Row<uint8_t>& row);

// Runs an instance: rows in parallel, padding here, the pixels by `float_row` or `byte_row`.
void run_rows(const KernelArgs& args, FloatRow float_row, ByteRow byte_row);

extern const KernelImpl kAippRef;
extern const KernelImpl kAippAvx2;
extern const KernelImpl kAippAvx512;

}  // namespace poacl::aipp
