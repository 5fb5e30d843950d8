// What this process uses of the devices, in a page that other programs (npu-smi) can read: memory,
// load, which devices are set. Counting costs what a counter in ordinary memory costs; nothing
// here makes a system call but publish_usage.
//
// Load is measured by a clock that moves in steps of some milliseconds (coarse_ns). Most pieces of
// work begin and end within one step and count as nothing, the others count a whole step: over many
// of them the sum is right, at a tenth of an exact clock's cost.
//
// The page is a file <folder>/<pid>-<start time> that is mapped; the folder is POACL_RUN_DIR, else
// /dev/shm/poacl, else /tmp/poacl. It goes when the process ends; what a crash leaves behind is
// recognised by its process (usage_reader.h).
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>

namespace poacl {

inline constexpr int kUsageDevices = 64;  // physical devices
inline constexpr uint64_t kUsageMagic = 0x31676170'6c63616full;
inline constexpr uint32_t kUsageVersion = 2;
inline constexpr int kUsageLanes = 256;

struct alignas(64) DeviceUsage {
  std::atomic<uint64_t> memory_bytes{0};
  std::atomic<uint64_t> busy_ns{0};  // work that is over
  std::atomic<int32_t> contexts{0};  // alive on this device: it is in use
};

// What one thread runs right now. Only that thread writes.
struct alignas(64) UsageLane {
  std::atomic<int64_t> begin_ns{0};  // coarse_ns() at its begin; 0: nothing runs
  std::atomic<int32_t> device{0};
};

struct UsagePage {
  uint64_t magic;
  uint32_t version;
  int32_t pid;
  uint64_t start_time;  // field 22 of /proc/<pid>/stat: tells a process from a later one
  char soc[32];
  char program[32];
  DeviceUsage devices[kUsageDevices];  // by physical number
  UsageLane lanes[kUsageLanes];

  // Busy time of a device up to `now_ns` (coarse_ns), running work included.
  int64_t busy_until(int physical_device, int64_t now_ns) const noexcept;
};

// The page of this process; private memory until it is published. In a forked child a private copy
// without the parent's work and contexts.
UsagePage& usage_page() noexcept;

// Lets other programs see the page; done once per process, before the first device is used. A
// folder that cannot be written means that npu-smi does not see this process, nothing else.
// Takes a guarded lock (fork_locks.h).
void publish_usage() noexcept;

// Where the pages of all processes are; it need not exist.
std::string usage_folder();

// Field 22 of /proc/<pid>/stat; 0 when there is no such process.
uint64_t process_start_time(pid_t pid) noexcept;

// Nanoseconds of the monotonic clock as of its last step (CLOCK_MONOTONIC_COARSE).
int64_t coarse_ns() noexcept;

// Work on a physical device, from construction to destruction. `lane` is a number below kUsageLanes
// that no other mark uses meanwhile; without one (-1) the work is seen only once it is over.
class BusyMark {
 public:
  BusyMark(int physical_device, int lane) noexcept;
  ~BusyMark();
  BusyMark(const BusyMark&) = delete;
  BusyMark& operator=(const BusyMark&) = delete;

 private:
  const int device_;
  const int lane_;
  const int64_t begin_ns_;
  const int pid_generation_;  // a forked child's page knows nothing of the parent's work
};

}  // namespace poacl
