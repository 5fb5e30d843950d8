#include "capi/memory_check.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

#include <fmt/format.h>

#include "acl/acl_base.h"
#include "runtime/memory.h"

namespace poacl::capi {
namespace {

bool is_mapped(uintptr_t begin, uintptr_t end) {
  static const auto page = static_cast<uintptr_t>(::sysconf(_SC_PAGESIZE));
  const uintptr_t first = begin / page * page;
  // Does nothing to the pages but tells whether all of them are there.
  return ::msync(reinterpret_cast<void*>(first), end - first, MS_ASYNC) == 0 || errno != ENOMEM;
}

}  // namespace

Status check_memory(const void* address, size_t bytes, const char* what) {
  if (bytes == 0) return {};
  const auto begin = reinterpret_cast<uintptr_t>(address);
  uintptr_t end = 0;
  if (__builtin_add_overflow(begin, bytes, &end)) {
    return Status(ACL_ERROR_INVALID_PARAM,
                  fmt::format("{}: {} bytes at {} run over the end of the address space", what,
                              bytes, address));
  }
  if (const auto block = runtime::find_allocation(address)) {
    const uintptr_t block_end = reinterpret_cast<uintptr_t>(block->base) + block->capacity;
    if (block->size != 0 && end <= block_end) return {};
    if (block->size == 0) {
      return Status(ACL_ERROR_INVALID_PARAM,
                    fmt::format("{}: address {} was freed before", what, address));
    }
    return Status(ACL_ERROR_INVALID_PARAM,
                  fmt::format("{}: {} bytes at {} leave their allocation of {} bytes at {}", what,
                              bytes, address, block->size, block->base));
  }
  if (is_mapped(begin, end)) return {};
  return Status(
      ACL_ERROR_INVALID_PARAM,
      fmt::format("{}: the {} bytes at {} are not memory of this process", what, bytes, address));
}

}  // namespace poacl::capi
