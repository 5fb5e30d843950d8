#include "base/log_modules.h"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <new>

namespace poacl {
namespace {

// Made while the library is loaded, so that no fork meets it half made.
const LogModuleLevels none(nullptr);

}  // namespace

LogModuleLevels::LogModuleLevels(const char* text) {
  std::string_view rest = text == nullptr ? "" : text;
  while (!rest.empty()) {
    const size_t colon = rest.find(':');
    const std::string_view entry = rest.substr(0, colon);
    rest.remove_prefix(colon == std::string_view::npos ? rest.size() : colon + 1);
    const size_t equals = entry.find('=');
    if (equals == 0 || equals == std::string_view::npos || equals + 2 != entry.size()) continue;
    const char digit = entry.back();
    if (digit < '0' || digit > '4') continue;
    const auto level = static_cast<LogLevel>(digit - '0');
    levels_.insert(levels_.begin(), {std::string(entry.substr(0, equals)), level});
    lowest_ = std::min(lowest_, level);
  }
}

LogLevel LogModuleLevels::level_of(std::string_view module, LogLevel otherwise) const noexcept {
  for (const auto& [name, level] : levels_) {
    if (name == module) return level;
  }
  return otherwise;
}

const LogModuleLevels& log_module_levels() noexcept {
  // Without a guard: a child forked while another thread holds a static's guard would wait for it
  // for ever. Threads that race here read the same variable; the first result stays.
  static constinit std::atomic<const LogModuleLevels*> made{nullptr};
  if (const LogModuleLevels* levels = made.load(std::memory_order_acquire)) return *levels;
  const LogModuleLevels* fresh = nullptr;
  try {
    fresh = new LogModuleLevels(std::getenv("ASCEND_MODULE_LOG_LEVEL"));
  } catch (const std::bad_alloc&) {
    return none;
  }
  const LogModuleLevels* other = nullptr;
  if (made.compare_exchange_strong(other, fresh)) return *fresh;
  delete fresh;
  return *other;
}

}  // namespace poacl
