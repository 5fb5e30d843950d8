// How many cores this process may really use.
#pragma once

#include <string>

namespace poacl {

// The affinity mask, lowered by the cgroup's CPU quota (v2 cpu.max, v1 cfs quota), rounded up;
// at least 1. Reads the system every time.
int usable_cores();

// The quota part for a process whose /proc/self/cgroup and cgroup mount live below `root` ("" is
// the real system); 0 when there is no limit.
int cgroup_core_limit(const std::string& root = {});

}  // namespace poacl
