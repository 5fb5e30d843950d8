// The private partition of our files: constants in the form the kernels of one instruction set
// want them, by key.
//
// Layout (little-endian): 64 bytes {"POACLPK1", u32 version, u32 count, u64 table bytes, u64
// payload offset, u64 payload bytes, u64 FNV-1a of header and table, 16 zero}, then count entries
// {u64 offset in the payload, u64 size, u32 key bytes, u32 zero, key padded to 8}, then the
// payload, which starts at a page of the file. Entries are 64-byte aligned there.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/status.h"
#include "om/om_model.h"

namespace poacl::om {

struct PackedLayout {
  std::string head;               // header, table and padding up to the payload
  std::vector<uint64_t> offsets;  // of each entry in the payload
  uint64_t payload_bytes = 0;
};

// `file_offset`: where the partition starts in the file.
PackedLayout layout_packed(const std::vector<OmPacked>& packed, uint64_t file_offset);

// Entries alias [data, data + size), where they must stand on a 64-byte boundary.
Result<std::vector<OmPacked>> read_packed(const std::shared_ptr<const void>& owner,
                                          const std::byte* data, size_t size);

}  // namespace poacl::om
