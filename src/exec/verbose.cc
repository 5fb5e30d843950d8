#include "exec/verbose.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <set>

#include <fmt/format.h>

#include "base/fork_locks.h"

namespace poacl {
namespace {

// Made before main(), so that no fork can meet them half made; in this order, so that the lock
// goes last.
ForkSafeMutex seen_mutex;
std::set<std::pair<const Program*, size_t>> seen;

// True the first time a program's step is seen.
bool first_sight(const Program& program, size_t index) {
  const std::lock_guard lock(seen_mutex);
  return seen.emplace(&program, index).second;
}

}  // namespace

bool verbose_enabled() noexcept {
  static const bool enabled = [] {
    const char* value = std::getenv("POACL_VERBOSE");
    return value != nullptr && *value != '\0' && std::strcmp(value, "0") != 0;
  }();
  return enabled;
}

void run_step_verbose(const Program& program, size_t index, const KernelArgs& args) {
  const Step& step = program.steps[index];
  if (program.front) index += step_count(*program.front);
  const auto start = std::chrono::steady_clock::now();
  step.kernel->run(args);
  const double microseconds =
      std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start).count();
  std::string text = fmt::format("poacl\tstep\t{}\t{}\t{}\t{:.1f}\t{}\t{}\n", index, step.type,
                                 step.kernel->name, microseconds, step.description, step.node);
  if (!step.declined.empty() && first_sight(program, index)) {
    for (const std::string& reason : step.declined) {
      text += fmt::format("poacl\tdeclined\t{}\t{}\n", index, reason);
    }
  }
  std::fputs(text.c_str(), stderr);
}

}  // namespace poacl
