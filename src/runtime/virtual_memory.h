// Reserved addresses, and physical memory put behind them. Spec: runtime section 7; public pages of
// aclrtReserveMemAddress, aclrtMapMem, aclrtMemSetAccess.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "base/status.h"
#include "runtime/physical_memory.h"

namespace poacl::runtime {

// Rounded up to whole granules of 2 MiB and aligned so. `wanted` null: anywhere. 100000 for size 0,
// 107000 when `wanted` is not free or not aligned, 207001 without room.
Result<void*> reserve_range(size_t bytes, void* wanted);
// 107000 when it is not the begin of a reserved range, or memory is mapped there still.
Status release_range(void* begin);

// All of `memory` behind reserved addresses. `accessible` false: nobody may touch it until
// set_access. 107000 when the addresses are not reserved or taken, or `bytes` is not its size.
Status map_memory(void* address, size_t bytes, const std::shared_ptr<PhysicalMemory>& memory,
                  bool accessible);
// `address` is the begin of a mapping.
Status unmap_memory(void* address);

// What is behind an address; null when nothing is.
std::shared_ptr<PhysicalMemory> mapped_memory(const void* address);

// `flags` of aclrtMemAccessFlags: 0 none, 1 read, 3 both; for all mappings in the range.
Status set_access(void* address, size_t bytes, uint32_t flags);
Result<uint64_t> get_access(const void* address);

// The reserved range an address lies in. 107000 when it lies in none.
struct AddressRange {
  void* begin;
  size_t bytes;
};
Result<AddressRange> reserved_range_of(const void* address);

}  // namespace poacl::runtime
