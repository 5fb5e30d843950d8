#include "base/usage_page.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>

#include <fmt/format.h>

#include "base/config.h"
#include "base/fork_locks.h"

namespace poacl {
namespace {

// A multiple of every page size there is, so that a file can be mapped over it.
constexpr size_t kRoom = 64u << 10;
static_assert(sizeof(UsagePage) <= kRoom);

// Zeros are a page with nothing in use: nobody has to run before the first counter does.
alignas(kRoom) std::byte storage[kRoom];

std::atomic<int> generation{0};

struct Published {
  ForkSafeMutex mutex;
  bool tried = false;
  bool shared = false;
  std::string path;
  pid_t pid = 0;
};

Published& published() {
  static auto* const state = new Published;
  return *state;
}
// Made while the library is loaded, so that no fork meets it half made.
[[maybe_unused]] const Published& made_early = published();

void remove_at_exit() {
  const Published& state = published();
  if (state.shared && state.pid == getpid()) unlink(state.path.c_str());
}

// Only the forking thread exists here. What the child does must not show in the parent's page.
void leave_parents_page() {
  Published& state = published();
  generation.fetch_add(1);
  UsagePage& page = usage_page();
  uint64_t memory[kUsageDevices];
  for (int i = 0; i < kUsageDevices; ++i) memory[i] = page.devices[i].memory_bytes.load();
  if (state.shared) {
    // The mapping cannot fail but for want of kernel memory; then the process cannot go on either.
    if (mmap(storage, kRoom, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
             0) == MAP_FAILED) {
      abort();
    }
  }
  for (int i = 0; i < kUsageDevices; ++i) {
    DeviceUsage& device = page.devices[i];
    device.memory_bytes.store(memory[i]);
    device.busy_ns.store(0);
    device.contexts.store(0);
  }
  for (UsageLane& lane : page.lanes) lane.begin_ns.store(0);
  state.tried = false;
  state.shared = false;
}

bool make_folder(const std::string& folder) {
  if (mkdir(folder.c_str(), 0777) == 0) {
    // Everybody may add a page, nobody may take another's away.
    return chmod(folder.c_str(), 01777) == 0;
  }
  return errno == EEXIST && access(folder.c_str(), W_OK | X_OK) == 0;
}

void fill_header(UsagePage& page) {
  page.magic = kUsageMagic;
  page.version = kUsageVersion;
  page.pid = getpid();
  page.start_time = process_start_time(page.pid);
  const std::string_view soc = config().soc->name;
  std::memcpy(page.soc, soc.data(), std::min(soc.size(), sizeof(page.soc) - 1));
  std::strncpy(page.program, program_invocation_short_name, sizeof(page.program) - 1);
}

// Puts a file behind the page. Nothing counts yet, so nothing is lost between write and map.
bool share(const std::string& path) {
  unlink(path.c_str());  // an earlier process of this number and time: the clock was set back
  const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
  if (fd < 0) return false;
  // Written rather than only made longer: a full file system is met here, not by a signal later.
  bool done = write(fd, storage, kRoom) == static_cast<ssize_t>(kRoom);
  done = done && fchmod(fd, 0644) == 0 &&
         mmap(storage, kRoom, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0) != MAP_FAILED;
  close(fd);
  if (!done) unlink(path.c_str());
  return done;
}

}  // namespace

UsagePage& usage_page() noexcept {
  return *reinterpret_cast<UsagePage*>(storage);
}

std::string usage_folder() {
  if (const char* set = std::getenv("POACL_RUN_DIR"); set != nullptr && *set != '\0') return set;
  return access("/dev/shm", W_OK | X_OK) == 0 ? "/dev/shm/poacl" : "/tmp/poacl";
}

uint64_t process_start_time(pid_t pid) noexcept {
  char path[32];
  std::snprintf(path, sizeof(path), "/proc/%d/stat", static_cast<int>(pid));
  const int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  char text[1024];
  const ssize_t count = read(fd, text, sizeof(text) - 1);
  close(fd);
  if (count <= 0) return 0;
  text[count] = '\0';
  // The name, field 2, may hold anything; the last parenthesis ends it.
  const char* at = std::strrchr(text, ')');
  if (at == nullptr) return 0;
  for (int field = 2; field < 22; ++field) {
    at = std::strchr(at + 1, ' ');
    if (at == nullptr) return 0;
  }
  return std::strtoull(at + 1, nullptr, 10);
}

void publish_usage() noexcept {
  try {
    const Config& settings = config();
    static_cast<void>(settings);  // read before the lock: it logs
    const std::string folder = usage_folder();
    Published& state = published();
    std::lock_guard lock(state.mutex);
    if (state.tried) return;
    state.tried = true;
    static const int hooked =
        pthread_atfork(nullptr, nullptr, leave_parents_page) + std::atexit(remove_at_exit);
    static_cast<void>(hooked);
    UsagePage& page = usage_page();
    fill_header(page);
    state.path = fmt::format("{}/{}-{}", folder, page.pid, page.start_time);
    state.pid = page.pid;
    state.shared = make_folder(folder) && share(state.path);
  } catch (...) {
    // No memory for a name: npu-smi does not see this process.
  }
}

int64_t coarse_ns() noexcept {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
  return static_cast<int64_t>(now.tv_sec) * 1'000'000'000 + now.tv_nsec;
}

int64_t UsagePage::busy_until(int physical_device, int64_t now_ns) const noexcept {
  auto busy = static_cast<int64_t>(devices[physical_device].busy_ns.load());
  for (const UsageLane& lane : lanes) {
    const int64_t begin = lane.begin_ns.load(std::memory_order_acquire);
    if (begin == 0 || lane.device.load(std::memory_order_relaxed) != physical_device) continue;
    if (begin < now_ns) busy += now_ns - begin;
  }
  return busy;
}

BusyMark::BusyMark(int physical_device, int lane) noexcept
    : device_(physical_device),
      lane_(lane),
      begin_ns_(coarse_ns()),
      pid_generation_(generation.load(std::memory_order_relaxed)) {
  if (lane_ < 0) return;
  UsageLane& mine = usage_page().lanes[lane_];
  mine.device.store(device_, std::memory_order_relaxed);
  mine.begin_ns.store(begin_ns_, std::memory_order_release);
}

BusyMark::~BusyMark() {
  if (pid_generation_ != generation.load(std::memory_order_relaxed)) return;
  UsagePage& page = usage_page();
  if (lane_ >= 0) page.lanes[lane_].begin_ns.store(0, std::memory_order_relaxed);
  if (const int64_t busy = coarse_ns() - begin_ns_; busy > 0) {
    page.devices[device_].busy_ns.fetch_add(static_cast<uint64_t>(busy), std::memory_order_relaxed);
  }
}

}  // namespace poacl
