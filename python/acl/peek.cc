#include "python/acl/peek.h"

#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace poacl::python {
namespace {

// A sandbox may forbid process_vm_readv; the kernel checks addresses in write() just as well.
bool read_through_pipe(uintptr_t address, char* out, size_t size) {
  int ends[2];
  if (pipe(ends) != 0) return false;
  bool good = true;
  while (good && size > 0) {
    const size_t step = std::min<size_t>(size, 4096);
    const ssize_t sent = write(ends[1], reinterpret_cast<const void*>(address), step);
    good = sent > 0 && read(ends[0], out, static_cast<size_t>(sent)) == sent;
    if (!good) break;
    address += static_cast<size_t>(sent);
    out += sent;
    size -= static_cast<size_t>(sent);
  }
  close(ends[0]);
  close(ends[1]);
  return good;
}

// Reads by the kernel, which checks addresses: 1 done, 0 some byte cannot be read, -1 the call is
// not to be had here. `out` takes the bytes of all `count` ranges.
int read_ranges(const iovec* ranges, size_t count, char* out, size_t bytes) {
  const iovec local{out, bytes};
  const ssize_t got = process_vm_readv(getpid(), &local, 1, ranges, count, 0);
  if (got < 0 && (errno == EPERM || errno == ENOSYS)) return -1;
  return got == static_cast<ssize_t>(bytes) ? 1 : 0;
}

// One byte of every page of the range.
int probe_pages(uintptr_t address, size_t size) {
  const size_t page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  constexpr size_t kBatch = 512;  // below the smallest IOV_MAX
  iovec ranges[kBatch];
  char bytes[kBatch];
  const uintptr_t last = address + size - 1;
  uintptr_t next = address;
  bool more = true;
  while (more) {
    size_t count = 0;
    while (more && count < kBatch) {
      ranges[count++] = {reinterpret_cast<void*>(next), 1};
      const uintptr_t following = (next | (page - 1)) + 1;
      more = following != 0 && following <= last;
      next = following;
    }
    const int done = read_ranges(ranges, count, bytes, count);
    if (done != 1) return done;
  }
  return 1;
}

bool overflows(uintptr_t address, size_t size) {
  return address + (size - 1) < address;
}

}  // namespace

bool can_read(uintptr_t address, size_t size) {
  if (size == 0) return true;
  if (overflows(address, size)) return false;
  char byte = 0;
  const uintptr_t last = address + size - 1;
  const iovec ends[2] = {{reinterpret_cast<void*>(address), 1}, {reinterpret_cast<void*>(last), 1}};
  char both[2];
  const int done = read_ranges(ends, 2, both, 2);
  if (done >= 0) return done == 1;
  return read_through_pipe(address, &byte, 1) && read_through_pipe(last, &byte, 1);
}

bool read_memory(uintptr_t address, void* out, size_t size) {
  if (size == 0) return true;
  if (overflows(address, size)) return false;
  // Below this the kernel's copy costs less than looking at every page first.
  constexpr size_t kSmall = 16 << 10;
  const iovec whole{reinterpret_cast<void*>(address), size};
  const int done = size <= kSmall ? read_ranges(&whole, 1, static_cast<char*>(out), size)
                                  : probe_pages(address, size);
  if (done < 0) return read_through_pipe(address, static_cast<char*>(out), size);
  if (done == 1 && size > kSmall) {
    std::memcpy(out, reinterpret_cast<const void*>(address), size);
  }
  return done == 1;
}

}  // namespace poacl::python
