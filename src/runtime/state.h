// What the runtime knows about the process: devices and the tables of handles.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/handle_table.h"
#include "runtime/context.h"
#include "runtime/device.h"
#include "runtime/event.h"
#include "runtime/notify.h"
#include "runtime/reporter.h"
#include "runtime/stream.h"

namespace poacl::runtime {

struct State {
  State();
  std::vector<std::shared_ptr<Device>> devices;  // by logical id
  HandleTable<Context> contexts;
  HandleTable<Stream> streams;
  HandleTable<Event> events;
  HandleTable<Notify> notifies;
  Reporters reporters;
};

// Made at first use. A forked child starts with a fresh one: threads, contexts, streams and
// events of the parent do not exist there.
State& state();

// Differs in a forked child from what it was in the parent.
uint32_t process_generation() noexcept;

// "" in a process that was not forked from one that used the runtime; otherwise a sentence part
// that tells so and what to do.
std::string fork_hint();

// The system's number of the calling thread.
int32_t this_thread_id() noexcept;

// "thread 4711 (name)".
std::string this_thread_text();

}  // namespace poacl::runtime
