#include "model/dump/dump_control.h"

#include <mutex>

#include "acl/acl_base.h"
#include "base/fork_locks.h"

namespace poacl::model {
namespace {

struct Control {
  ForkSafeMutex mutex;
  bool by_init = false;
  bool allowed = false;
  // Shared with all settings since dumps began.
  std::shared_ptr<std::atomic<bool>> active;
  std::shared_ptr<const DumpSettings> settings;
};

Control& control() {
  static auto* const instance = new Control;
  return *instance;
}
// Made while the library is loaded: a child forked during a first use would wait for ever.
[[maybe_unused]] const Control& control_made_early = control();

// The mutex is held.
void end(Control& now) {
  if (now.active != nullptr) now.active->store(false);
  now.active = nullptr;
  now.settings = nullptr;
  now.allowed = false;
  now.by_init = false;
}

Status not_allowed() {
  return Status(ACL_ERROR_DUMP_NOT_RUN, "dumps were not allowed: call aclmdlInitDump first");
}

}  // namespace

void begin_dump_of_process(const std::string& section) {
  Control& now = control();
  std::lock_guard lock(now.mutex);
  end(now);
  if (section.empty()) return;
  now.active = std::make_shared<std::atomic<bool>>(true);
  now.settings = parse_dump_settings(section, now.active);
  now.by_init = true;
}

void end_dump_of_process() {
  Control& now = control();
  std::lock_guard lock(now.mutex);
  end(now);
}

Status allow_dump() {
  Control& now = control();
  std::lock_guard lock(now.mutex);
  if (now.by_init || now.allowed) {
    return Status(ACL_ERROR_REPEAT_INITIALIZE,
                  now.by_init ? "the configuration file of aclInit has turned dumps on already"
                              : "aclmdlInitDump was called before: call aclmdlFinalizeDump first");
  }
  now.active = std::make_shared<std::atomic<bool>>(true);
  now.allowed = true;
  return {};
}

Status set_dump(const std::string& section) {
  Control& now = control();
  std::lock_guard lock(now.mutex);
  if (!now.allowed) return not_allowed();
  now.settings = parse_dump_settings(section, now.active);
  return {};
}

Status disallow_dump() {
  Control& now = control();
  std::lock_guard lock(now.mutex);
  if (!now.allowed) return not_allowed();
  end(now);
  return {};
}

Status check_dump_allowed() {
  Control& now = control();
  std::lock_guard lock(now.mutex);
  return now.allowed ? Status() : not_allowed();
}

std::shared_ptr<const DumpSettings> current_dump() {
  Control& now = control();
  std::lock_guard lock(now.mutex);
  return now.settings;
}

}  // namespace poacl::model
