// The runtime as the layers above see it: which context a call runs in, streams that take tasks,
// and running something now on the calling thread. Devices, events, memory and callbacks have
// headers of their own beside this one. Knows nothing of models or media.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/parallel.h"
#include "base/status.h"

namespace poacl::runtime {

class Context;
class Stream;

// What a running task may use.
struct TaskContext {
  ParallelFor& parallel;  // the device's share of the cores
  // Which task this is, in the numbers that reports of failures use; 0 for run_now.
  uint32_t device = 0;
  uint32_t stream = 0;
  uint32_t task = 0;
};

// Work queued on a stream. The closure owns (shares) whatever it needs; its error becomes the
// stream's error, told by the next synchronize.
struct Task {
  std::function<Status(TaskContext&)> run;
  const char* api = "";  // the call that queued it
};

// The calling thread's context. 107002 with a sentence when there is none.
Result<std::shared_ptr<Context>> current_context();

// The stream of a handle for a call in the current context: null means the context's default
// stream; another context's stream gives 107003, no context 107002, a dead handle its code.
Result<std::shared_ptr<Stream>> resolve_stream(void* handle);

// Appends to the FIFO and returns at once.
Status enqueue(Stream& stream, Task task);

// Runs on the calling thread, now, with the device's workers helping; not ordered against any
// stream. Returns the task's own status.
Status run_now(Context& context, const std::function<Status(TaskContext&)>& run);

// ParallelFor::width() of every device: what Programs are planned for.
int parallel_width();

// Between acl.init and acl.finalize.
bool is_initialized() noexcept;

}  // namespace poacl::runtime
