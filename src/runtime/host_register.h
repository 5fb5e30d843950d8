// Host memory of the program's own that devices may use. Spec: public pages of aclrtHostRegister.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/status.h"

namespace poacl::runtime {

// `flags`: ACL_HOST_REG_*. 107000 for an address that is not a multiple of 4096 or a range
// that is not mapped, 507910 for one that meets a registered range.
Status register_host(void* pointer, uint64_t bytes, uint32_t flags);
// 507911 when `pointer` is not the begin of a registered range.
Status unregister_host(void* pointer);
// The device's address of registered, mapped host memory: here it is the same one. 107000 when
// the memory is not registered, or not for mapping.
Result<void*> device_pointer(void* pointer);
// All of it was registered, so that a copy on a stream need not wait for it.
bool is_registered(const void* pointer, size_t bytes) noexcept;

}  // namespace poacl::runtime
