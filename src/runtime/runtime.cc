#include "runtime/runtime.h"

#include <exception>
#include <new>

#include "acl/acl_base.h"
#include "base/usage_page.h"
#include "runtime/context.h"
#include "runtime/device.h"
#include "runtime/pool.h"
#include "runtime/stream.h"

namespace poacl::runtime {

Status enqueue(Stream& stream, Task task) {
  return stream.append(std::move(task));
}

Status run_now(Context& context, const std::function<Status(TaskContext&)>& run) {
  Pool::CallerSlot slot(Pool::instance());
  const BusyMark busy(context.device().physical_id(), slot.number());
  TaskContext task{slot.parallel(), static_cast<uint32_t>(context.device().id())};
  try {
    return run(task);
  } catch (const std::bad_alloc&) {
    return Status(ACL_ERROR_BAD_ALLOC, "the host is out of memory");
  } catch (const std::exception& error) {
    return Status(ACL_ERROR_RT_INTERNAL_ERROR, error.what());
  }
}

int parallel_width() {
  return Pool::instance().width();
}

}  // namespace poacl::runtime
