#include "base/usage_reader.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <memory>
#include <optional>
#include <string_view>

namespace poacl {
namespace {

// A file name "<pid>-<start time>".
struct PageName {
  pid_t pid = 0;
  uint64_t start_time = 0;
};

std::optional<PageName> parse_name(std::string_view name) {
  PageName parsed;
  const char* const end = name.data() + name.size();
  const auto [middle, first] = std::from_chars(name.data(), end, parsed.pid);
  if (first != std::errc() || middle == end || *middle != '-' || parsed.pid <= 0) return {};
  const auto [stop, second] = std::from_chars(middle + 1, end, parsed.start_time);
  if (second != std::errc() || stop != end) return {};
  return parsed;
}

std::string text_of(const char* field, size_t room) {
  std::string text(field, strnlen(field, room));
  // It goes to a terminal.
  for (char& c : text) {
    if (c < ' ' || c == 0x7f) c = '?';
  }
  return text;
}

std::string name_of_process(pid_t pid, const UsagePage& page) {
  char name[64] = "";
  const std::string path = "/proc/" + std::to_string(pid) + "/comm";
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const ssize_t count = fd < 0 ? 0 : read(fd, name, sizeof(name));
  if (fd >= 0) close(fd);
  if (count > 1) return text_of(name, static_cast<size_t>(count) - 1);
  return text_of(page.program, sizeof(page.program));
}

// Copies the page; false when it is not one of this version.
bool read_page(int fd, UsagePage& page) {
  if (pread(fd, static_cast<void*>(&page), sizeof(page), 0) != static_cast<ssize_t>(sizeof(page))) {
    return false;
  }
  return page.magic == kUsageMagic && page.version == kUsageVersion;
}

}  // namespace

std::vector<ProcessUsage> live_processes() {
  std::vector<ProcessUsage> found;
  DIR* const folder = opendir(usage_folder().c_str());
  if (folder == nullptr) return found;
  const int at = dirfd(folder);
  const auto page = std::make_unique<UsagePage>();
  while (const dirent* entry = readdir(folder)) {
    const auto name = parse_name(entry->d_name);
    if (!name) continue;
    if (process_start_time(name->pid) != name->start_time) {
      unlinkat(at, entry->d_name, 0);
      continue;
    }
    // Non-blocking: a pipe of that name must not hold us up.
    const int fd = openat(at, entry->d_name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) continue;
    struct stat info {};
    const bool good = fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && read_page(fd, *page) &&
                      page->pid == name->pid && page->start_time == name->start_time;
    close(fd);
    if (!good) continue;
    ProcessUsage process;
    process.pid = name->pid;
    process.user = info.st_uid;
    process.program = name_of_process(name->pid, *page);
    process.soc = text_of(page->soc, sizeof(page->soc));
    const int64_t now = coarse_ns();
    for (int i = 0; i < kUsageDevices; ++i) {
      const DeviceUsage& device = page->devices[i];
      process.devices[i] = {device.memory_bytes.load(), page->busy_until(i, now),
                            device.contexts.load() > 0};
    }
    found.push_back(std::move(process));
  }
  closedir(folder);
  std::sort(found.begin(), found.end(),
            [](const ProcessUsage& a, const ProcessUsage& b) { return a.pid < b.pid; });
  return found;
}

uint64_t device_memory_in_use(const std::vector<ProcessUsage>& processes, int physical_device) {
  uint64_t bytes = 0;
  for (const ProcessUsage& each : processes) bytes += each.devices[physical_device].memory_bytes;
  return bytes;
}

int device_load(const std::vector<ProcessUsage>& before, const std::vector<ProcessUsage>& after,
                int physical_device, int64_t elapsed_ns) {
  if (elapsed_ns <= 0) return 0;
  int64_t busy = 0;
  for (const ProcessUsage& now : after) {
    for (const ProcessUsage& then : before) {
      if (then.pid != now.pid) continue;
      busy += std::max<int64_t>(
          0, now.devices[physical_device].busy_ns - then.devices[physical_device].busy_ns);
    }
  }
  const double percent = 100.0 * static_cast<double>(busy) / static_cast<double>(elapsed_ns);
  return static_cast<int>(std::clamp(percent + 0.5, 0.0, 100.0));
}

}  // namespace poacl
