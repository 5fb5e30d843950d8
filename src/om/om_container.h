// The .om container: file header and partition table (spec: om-format sections 1 and 2).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace poacl::om {

inline constexpr size_t kHeaderBytes = 256;

enum PartitionType : uint32_t {
  kModelDef = 0,
  kWeightsData = 1,
  // Task list of the chip in genuine files; in ours the packed constants (packed_blob.h).
  kTaskInfo = 2,
  kModelInoutInfo = 8,
};

struct Partition {
  uint32_t type = 0;
  const std::byte* data = nullptr;
  size_t size = 0;
};

struct Container {
  uint32_t model_num = 1;
  bool unknown_shape = false;
  std::string platform_version;
  std::vector<Partition> partitions;  // of the first model, in file order

  // Null when there is none of that type.
  const Partition* find(uint32_t type) const;
};

// Checks header and table of the file in [data, data + size); the partitions point into it.
// Too short, wrong magic, wrong length: 145006. A table that does not fit the file: 145000. The
// sentence starts with `file_name` and recognises other kinds of files by name.
Result<Container> parse_container(const std::byte* data, size_t size, std::string_view file_name);

struct PartitionSize {
  uint32_t type;
  uint64_t size;
};

// Bytes from the start of the file to the first partition.
size_t container_prefix_bytes(size_t partition_count);

// Header and wide table for partitions that follow in this order without gaps.
// `shapes_at_run_time` goes into the header's byte for it.
std::string make_container_prefix(std::string_view model_name, uint32_t op_count,
                                  std::string_view platform_version,
                                  std::span<const PartitionSize> partitions,
                                  bool shapes_at_run_time = false);

}  // namespace poacl::om
