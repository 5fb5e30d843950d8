// Physical memory as handles, which is put behind reserved addresses (virtual_memory.h) and can be
// shared with other processes. Spec: runtime section 7; public pages of aclrtMallocPhysical.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>

#include "acl/acl_rt.h"
#include "base/status.h"
#include "runtime/shared_segment.h"

namespace poacl::runtime {

class PhysicalMemory {
 public:
  // `charged`: counted against the device's memory until it is gone.
  PhysicalMemory(std::shared_ptr<SharedSegment> segment, size_t bytes,
                 const aclrtPhysicalMemProp& properties, int device, bool charged);
  ~PhysicalMemory();
  PhysicalMemory(const PhysicalMemory&) = delete;
  PhysicalMemory& operator=(const PhysicalMemory&) = delete;

  SharedSegment& segment() const noexcept { return *segment_; }
  size_t bytes() const noexcept { return bytes_; }
  const aclrtPhysicalMemProp& properties() const noexcept { return properties_; }
  int device() const noexcept { return device_; }  // logical; -1 is the host

  void* handle = nullptr;  // of the API
  std::atomic<bool> exported{false};

 private:
  const std::shared_ptr<SharedSegment> segment_;
  const size_t bytes_;
  const aclrtPhysicalMemProp properties_;
  const int device_;
  const bool charged_;
};

// 2 MiB, or 1 GiB for the attributes with pages of that size. 107000 for a location or attribute
// that physical memory cannot have.
Result<size_t> allocation_granularity(const aclrtPhysicalMemProp& properties);

// A handle. 107000 for size 0 or bad properties, 207001 without room.
Result<void*> allocate_physical(size_t bytes, const aclrtPhysicalMemProp& properties);
// The memory itself goes when the last mapping is gone.
Status free_physical(void* handle);
// 107000 for a dead or foreign handle.
Result<std::shared_ptr<PhysicalMemory>> find_physical(void* handle);

// A number that another process can import. 107000 when it was exported before.
Result<uint64_t> export_physical(void* handle, bool checks_pids);
Status allow_import(uint64_t shareable, std::span<const int32_t> pids);
// A handle on `device` (logical). 107000 when nobody shares such memory, or this process does.
Result<void*> import_physical(uint64_t shareable, int32_t device);

}  // namespace poacl::runtime
