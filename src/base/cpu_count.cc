#include "base/cpu_count.h"

#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string_view>
#include <vector>

namespace poacl {
namespace {

int affinity_cores() {
  // Machines with more CPUs than CPU_SETSIZE need a larger set.
  for (int cpus = CPU_SETSIZE; cpus <= (1 << 16); cpus *= 2) {
    cpu_set_t* set = CPU_ALLOC(cpus);
    if (set == nullptr) break;
    const size_t bytes = CPU_ALLOC_SIZE(cpus);
    const bool known = sched_getaffinity(0, bytes, set) == 0;
    const int count = known ? CPU_COUNT_S(bytes, set) : 0;
    CPU_FREE(set);
    if (known && count > 0) return count;
  }
  const long online = sysconf(_SC_NPROCESSORS_ONLN);
  return online > 0 ? static_cast<int>(online) : 1;
}

int cores_of(double quota, double period) {
  if (quota <= 0 || period <= 0) return 0;
  return std::max(1, static_cast<int>((quota + period - 1) / period));
}

int tighter(int a, int b) {
  return a == 0 ? b : b == 0 ? a : std::min(a, b);
}

int read_v2(const std::string& folder) {
  std::ifstream file(folder + "/cpu.max");
  std::string quota;
  double period = 0;
  if (!(file >> quota >> period) || quota == "max") return 0;
  return cores_of(std::strtod(quota.c_str(), nullptr), period);
}

int read_v1(const std::string& folder) {
  std::ifstream quota_file(folder + "/cpu.cfs_quota_us");
  std::ifstream period_file(folder + "/cpu.cfs_period_us");
  double quota = 0;
  double period = 0;
  if (!(quota_file >> quota) || !(period_file >> period)) return 0;
  return cores_of(quota, period);
}

// The limit of a group and of every group above it.
int walk(const std::string& mount, std::string group, int (*read)(const std::string&)) {
  int limit = 0;
  while (true) {
    limit = tighter(limit, read(mount + group));
    const size_t slash = group.rfind('/');
    if (slash == std::string::npos || group.size() <= 1) break;
    group.resize(slash);
  }
  return tighter(limit, read(mount));
}

bool names_cpu(std::string_view controllers) {
  std::stringstream list{std::string(controllers)};
  for (std::string name; std::getline(list, name, ',');) {
    if (name == "cpu") return true;
  }
  return false;
}

}  // namespace

int cgroup_core_limit(const std::string& root) {
  std::ifstream groups(root + "/proc/self/cgroup");
  int limit = 0;
  for (std::string line; std::getline(groups, line);) {
    const size_t first = line.find(':');
    const size_t second = line.find(':', first == std::string::npos ? first : first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const std::string group = line.substr(second + 1);
    if (controllers.empty()) {
      limit = tighter(limit, walk(root + "/sys/fs/cgroup", group, read_v2));
    } else if (names_cpu(controllers)) {
      limit = tighter(limit, walk(root + "/sys/fs/cgroup/" + controllers, group, read_v1));
    }
  }
  return limit;
}

int usable_cores() {
  return std::max(1, tighter(affinity_cores(), cgroup_core_limit()));
}

}  // namespace poacl
