// The parameter block of dynamic AIPP, as it lies in the buffer of the model's parameter input:
// little endian, a header and a record for each picture of the batch (spec: aipp section 6).
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/status.h"
#include "kernels/aipp/aipp_picture.h"

namespace poacl::aipp {

struct BlockHeader {
  uint8_t format;  // of its own numbering: block_format()
  int8_t csc;
  int8_t rbuv_swap;
  int8_t ax_swap;
  int8_t batch;
  int8_t reserved_5[3];
  int32_t width;
  int32_t height;
  int16_t matrix[9];
  int8_t reserved_34[6];
  uint8_t output_bias[3];
  uint8_t input_bias[3];
  int8_t reserved_46[18];
};
static_assert(sizeof(BlockHeader) == 64);
static_assert(offsetof(BlockHeader, matrix) == 16 && offsetof(BlockHeader, output_bias) == 40);

struct BlockRecord {
  int8_t crop;
  int8_t scale;  // "scf": resizing, which is not supported
  int8_t padding;
  int8_t rotation;
  int8_t reserved_4[4];
  int32_t crop_x;
  int32_t crop_y;
  int32_t crop_width;
  int32_t crop_height;
  int32_t scale_in_width;
  int32_t scale_in_height;
  int32_t scale_out_width;
  int32_t scale_out_height;
  int32_t top;
  int32_t bottom;
  int32_t left;
  int32_t right;
  int16_t mean[kChannels];
  uint16_t min[kChannels];       // half precision
  uint16_t var_reci[kChannels];  // half precision
  int8_t reserved_80[16];
};
static_assert(sizeof(BlockRecord) == 96);
static_assert(offsetof(BlockRecord, top) == 40 && offsetof(BlockRecord, mean) == 56);

// The batch stands in a signed byte.
inline constexpr uint64_t kMostBatch = 127;

inline constexpr size_t block_bytes(uint64_t batch) {
  return sizeof(BlockHeader) + sizeof(BlockRecord) * batch;
}

// The number of a format in the header, 0 for formats that have none; and back.
uint8_t block_format(Format format);
Format format_of_block(uint8_t number);

// The picture that header and record describe. Switches other than 0 and 1, resizing and rotation
// are refused (145000); nothing else is checked.
Status read_picture(const BlockHeader& header, const BlockRecord& record, Picture* picture);

// What a model with dynamic AIPP wants of a block.
struct BlockTarget {
  int64_t batch = 0;  // pictures of one execution
  int64_t channels = 0;
  int64_t width = 0;  // of what AIPP makes
  int64_t height = 0;
  int64_t source_bytes = 0;  // of the picture input
};

// Everything that must hold before the first `target.batch` pictures of a block of `bytes` bytes
// are computed; the block may hold anything. 145000 with the numbers.
Status check_block(const void* block, size_t bytes, const BlockTarget& target);

}  // namespace poacl::aipp
