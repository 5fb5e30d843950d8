#include "runtime/transfer.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <limits>

#include <fmt/format.h>

#include "acl/acl_base.h"
#include "base/config.h"
#include "runtime/memory.h"
#include "runtime/stream.h"

namespace poacl::runtime {
namespace {

// Up to here the work is shorter than handing it to a worker.
constexpr size_t kShortBytes = 64u << 10;
constexpr uintptr_t kAddressEnd = uintptr_t{1} << 47;

struct Range {
  const void* begin;
  size_t bytes;
  const char* role;  // "destination" or "source"
};

Status bad_range(const Range& range, const std::string& reason) {
  return Status(ACL_ERROR_RT_PARAM_INVALID,
                fmt::format("{} {} ({} bytes): {}", range.role, range.begin, range.bytes, reason));
}

// The range that this thread checked last, so that a program which keeps using one host buffer
// pays for one system call.
struct Checked {
  uintptr_t begin = 0;
  uintptr_t end = 0;
};

bool is_mapped(uintptr_t begin, uintptr_t end) {
  thread_local Checked last[2];
  thread_local unsigned turn = 0;
  for (const Checked& each : last) {
    if (begin >= each.begin && end <= each.end) return true;
  }
  static const auto page = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
  const uintptr_t first = begin / page * page;
  // Does nothing to the pages but tells whether all of them are mapped.
  if (msync(reinterpret_cast<void*>(first), end - first, MS_ASYNC) != 0 && errno == ENOMEM) {
    return false;
  }
  last[turn++ % 2] = {begin, end};
  return true;
}

Status check_range(const Range& range) {
  if (const auto block = find_allocation(range.begin)) {
    const char* what = block->kind == MemoryKind::kDevice ? "device" : "host";
    if (block->size == 0) {
      return bad_range(range, fmt::format("this {} memory was freed before", what));
    }
    const size_t offset = static_cast<size_t>(static_cast<const char*>(range.begin) -
                                              static_cast<const char*>(block->base));
    if (offset > block->capacity || range.bytes > block->capacity - offset) {
      return bad_range(range, fmt::format("it leaves its block of {} bytes at {} ({} memory), of "
                                          "which {} remain from there",
                                          block->size, block->base, what,
                                          block->size > offset ? block->size - offset : 0));
    }
    return {};
  }
  const auto begin = reinterpret_cast<uintptr_t>(range.begin);
  if (begin >= kAddressEnd || range.bytes > kAddressEnd - begin ||
      !is_mapped(begin, begin + range.bytes)) {
    return bad_range(range, "no memory of this process is there");
  }
  return {};
}

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
  return request.count == 0 || request.rows == 0 || request.dst == request.src;
}

Status check(const Copy& request) {
  const size_t written = extent(request.count, request.rows, request.dst_pitch);
  POACL_RETURN_IF_ERROR(check_range({request.dst, written, "destination"}));
  return check_range(
      {request.src, extent(request.count, request.rows, request.src_pitch), "source"});
}

void perform(const Copy& request) {
  auto* dst = static_cast<char*>(request.dst);
  const auto* src = static_cast<const char*>(request.src);
  for (size_t row = 0; row < request.rows; ++row) {
    // Overlapping ranges are the caller's mistake; memmove keeps the result defined.
    std::memmove(dst + row * request.dst_pitch, src + row * request.src_pitch, request.count);
  }
}

Status check_room(size_t count, size_t dst_max) {
  if (dst_max != 0 && count <= dst_max) return {};
  return Status(
      ACL_ERROR_RT_PARAM_INVALID,
      fmt::format("count {} does not fit the destination's {} bytes (destMax)", count, dst_max));
}

bool is_ours(const void* address) {
  return find_allocation(address).has_value();
}

bool is_device(const void* address) {
  const auto block = find_allocation(address);
  return block && block->kind == MemoryKind::kDevice;
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
  POACL_RETURN_IF_ERROR(check_range({request.dst, request.count, "destination"}));
  std::memset(request.dst, request.value, request.count);
  return {};
}

Status copy_async(const Copy& request, int kind, Stream& stream) {
  if (empty(request)) return {};
  if (request.rows == 1) POACL_RETURN_IF_ERROR(check_room(request.count, request.dst_max));
  POACL_RETURN_IF_ERROR(check(request));
  if (kind == kHostToHost && !config().soc->runs_on_device && !is_device(request.dst) &&
      !is_device(request.src)) {
    const Status refused(
        ACL_ERROR_RT_FEATURE_NOT_SUPPORT,
        fmt::format("a stream does not copy from host to host ({} to {}, {} bytes): "
                    "use the synchronous acl.rt.memcpy",
                    request.src, request.dst, request.count));
    return stream.append({[refused](TaskContext&) { return refused; }, "aclrtMemcpyAsync"});
  }
  if (!is_ours(request.dst) || !is_ours(request.src)) {
    POACL_RETURN_IF_ERROR(stream.drain());
    perform(request);
    return {};
  }
  // Checked again when its turn comes: the program may have freed the memory meanwhile.
  return submit(stream, {[request](TaskContext&) { return copy(request); }, "aclrtMemcpyAsync"},
                extent(request.count, request.rows, request.src_pitch));
}

Status fill_async(const Fill& request, Stream& stream) {
  if (request.count == 0) return {};
  POACL_RETURN_IF_ERROR(check_room(request.count, request.dst_max));
  POACL_RETURN_IF_ERROR(check_range({request.dst, request.count, "destination"}));
  return submit(stream, {[request](TaskContext&) { return fill(request); }, "aclrtMemsetAsync"},
                request.count);
}

}  // namespace poacl::runtime
