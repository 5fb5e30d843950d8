#include "python/acl/peek.h"

#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

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

}  // namespace

bool read_memory(uintptr_t address, void* out, size_t size) {
  if (address + size < address) return false;
  char* target = static_cast<char*>(out);
  // One call transfers at most 2 GiB less a page.
  constexpr size_t kMost = size_t{1} << 30;
  while (size > 0) {
    const size_t step = std::min(size, kMost);
    iovec local{target, step};
    iovec remote{reinterpret_cast<void*>(address), step};
    const ssize_t got = process_vm_readv(getpid(), &local, 1, &remote, 1, 0);
    if (got < 0 && (errno == EPERM || errno == ENOSYS)) {
      return read_through_pipe(address, target, size);
    }
    if (got <= 0) return false;
    address += static_cast<size_t>(got);
    target += got;
    size -= static_cast<size_t>(got);
  }
  return true;
}

bool can_read(uintptr_t address, size_t size) {
  char byte = 0;
  if (size == 0) return true;
  if (address + (size - 1) < address) return false;
  return read_memory(address, &byte, 1) && read_memory(address + size - 1, &byte, 1);
}

}  // namespace poacl::python
