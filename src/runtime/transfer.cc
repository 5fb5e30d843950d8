#include "runtime/transfer.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include <fmt/format.h>

#include "acl/acl_base.h"
#include "base/config.h"
#include "runtime/address_check.h"
#include "runtime/host_register.h"
#include "runtime/memory.h"
#include "runtime/stream.h"

namespace poacl::runtime {
namespace {

// Up to here the work is shorter than handing it to a worker.
constexpr size_t kShortBytes = 64u << 10;

// From the first byte to behind the last one; the largest number when that overflows.
size_t extent(size_t count, size_t rows, size_t pitch) {
  size_t bytes = 0;
  if (__builtin_mul_overflow(rows - 1, pitch, &bytes) ||
      __builtin_add_overflow(bytes, count, &bytes)) {
    return std::numeric_limits<size_t>::max();
  }
  return bytes;
}

bool empty(const Copy& request) {
  if (request.count == 0 || request.rows == 0) return true;
  // Rows at other distances move although the first one stays.
  return request.dst == request.src &&
         (request.rows == 1 || request.dst_pitch == request.src_pitch);
}

Status check(const Copy& request) {
  const size_t written = extent(request.count, request.rows, request.dst_pitch);
  const size_t read = extent(request.count, request.rows, request.src_pitch);
  POACL_RETURN_IF_ERROR(
      check_memory(request.dst, written, "destination", ACL_ERROR_RT_PARAM_INVALID, true));
  return check_memory(request.src, read, "source", ACL_ERROR_RT_PARAM_INVALID);
}

void perform(const Copy& request) {
  auto* dst = static_cast<char*>(request.dst);
  const auto* src = static_cast<const char*>(request.src);
  // Rows that move apart within one block go last to first, or they would overwrite each other.
  const bool backwards = request.dst_pitch > request.src_pitch;
  for (size_t i = 0; i < request.rows; ++i) {
    const size_t row = backwards ? request.rows - 1 - i : i;
    // Other overlaps are the caller's mistake; memmove keeps the result defined.
    std::memmove(dst + row * request.dst_pitch, src + row * request.src_pitch, request.count);
  }
}

Status check_room(size_t count, size_t dst_max) {
  if (dst_max != 0 && count <= dst_max) return {};
  return Status(
      ACL_ERROR_RT_PARAM_INVALID,
      fmt::format("count {} does not fit the destination's {} bytes (destMax)", count, dst_max));
}

// Memory that stays where it is while a stream has not come to the copy.
bool is_ours(const void* address) {
  return find_allocation(address).has_value() || is_registered(address, 1);
}

bool is_device(const void* address) {
  const auto block = find_allocation(address);
  return block && block->kind == MemoryKind::kDevice;
}

// A kind that takes memory which is not from acl.rt.malloc or malloc_host for a device's is refused
// where the two are not one memory.
Status check_pageable(const Copy& request, int kind) {
  if (config().soc->runs_on_device()) return {};
  const bool between_devices =
      kind == kDeviceToDevice || kind == kInnerDevice || kind == kInterDevice;
  const bool bad_dst = !is_ours(request.dst) && (between_devices || kind == kHostToDevice);
  const bool bad_src = !is_ours(request.src) && (between_devices || kind == kDeviceToHost);
  if (!bad_dst && !bad_src) return {};
  return Status(
      ACL_ERROR_RT_PARAM_INVALID,
      fmt::format("copy kind {} says that {} is device memory, but it is ordinary host memory "
                  "(copy from {} to {}, {} bytes): name the kind that fits (1 host to device, 2 "
                  "device to host)",
                  kind, bad_dst ? "the destination" : "the source", request.src, request.dst,
                  request.count));
}

Status submit(Stream& stream, Task task, size_t bytes) {
  if (bytes <= kShortBytes) return stream.append_short(std::move(task));
  return stream.append(std::move(task));
}

}  // namespace

Status copy(const Copy& request) {
  if (empty(request)) return {};
  if (request.rows == 1) POACL_RETURN_IF_ERROR(check_room(request.count, request.dst_max));
  POACL_RETURN_IF_ERROR(check(request));
  perform(request);
  return {};
}

Status fill(const Fill& request) {
  if (request.count == 0) return {};
  POACL_RETURN_IF_ERROR(check_room(request.count, request.dst_max));
  POACL_RETURN_IF_ERROR(
      check_memory(request.dst, request.count, "destination", ACL_ERROR_RT_PARAM_INVALID, true));
  if (request.words) {
    std::fill_n(static_cast<uint32_t*>(request.dst), request.count / sizeof(uint32_t),
                request.value);
  } else {
    std::memset(request.dst, static_cast<int>(request.value & 0xff), request.count);
  }
  return {};
}

Status copy_async(const Copy& request, int kind, Stream& stream) {
  if (empty(request)) return {};
  if (request.rows == 1) POACL_RETURN_IF_ERROR(check_room(request.count, request.dst_max));
  POACL_RETURN_IF_ERROR(check(request));
  if (kind == kHostToHost && !config().soc->runs_on_device() && !is_device(request.dst) &&
      !is_device(request.src)) {
    const Status refused(
        ACL_ERROR_RT_FEATURE_NOT_SUPPORT,
        fmt::format("a stream does not copy from host to host ({} to {}, {} bytes): "
                    "use the synchronous acl.rt.memcpy",
                    request.src, request.dst, request.count));
    return stream.append({[refused](TaskContext&) { return refused; }, "aclrtMemcpyAsync"});
  }
  if (!is_ours(request.dst) || !is_ours(request.src)) {
    POACL_RETURN_IF_ERROR(check_pageable(request, kind));
    POACL_RETURN_IF_ERROR(stream.drain());
    // Checked again after the wait: the program may have freed the memory meanwhile.
    return copy(request);
  }
  // Checked again when its turn comes: the program may have freed the memory meanwhile.
  return submit(stream, {[request](TaskContext&) { return copy(request); }, "aclrtMemcpyAsync"},
                extent(request.count, request.rows, request.src_pitch));
}

Status fill_async(const Fill& request, Stream& stream) {
  if (request.count == 0) return {};
  POACL_RETURN_IF_ERROR(check_room(request.count, request.dst_max));
  POACL_RETURN_IF_ERROR(
      check_memory(request.dst, request.count, "destination", ACL_ERROR_RT_PARAM_INVALID, true));
  return submit(stream, {[request](TaskContext&) { return fill(request); }, "aclrtMemsetAsync"},
                request.count);
}

Status copy_later(std::function<Result<Copy>()> resolve, const char* api, Stream& stream) {
  return stream.append({[resolve = std::move(resolve)](TaskContext&) -> Status {
                          POACL_ASSIGN_OR_RETURN(const Copy request, resolve());
                          return copy(request);
                        },
                        api});
}

}  // namespace poacl::runtime
