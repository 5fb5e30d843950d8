// What the runtime adds to the work itself (targets: spec performance section 5).
#include <benchmark/benchmark.h>

#include <cstring>
#include <vector>

#include "runtime/context.h"
#include "runtime/device.h"
#include "runtime/event.h"
#include "runtime/events.h"
#include "runtime/memory.h"
#include "runtime/pool.h"
#include "runtime/streams.h"
#include "runtime/transfer.h"

namespace {

using poacl::Status;
namespace runtime = poacl::runtime;

const std::shared_ptr<runtime::Context>& context() {
  static const auto current = [] {
    runtime::set_device(0).ok();
    return *runtime::current_context();
  }();
  return current;
}

void parallel_for(benchmark::State& state) {
  context();
  runtime::Pool::CallerSlot slot(runtime::Pool::instance());
  const int64_t chunks = state.range(0);
  for (auto _ : state)
    slot.parallel()(chunks, [](int64_t chunk, int) { benchmark::DoNotOptimize(chunk); });
}
BENCHMARK(parallel_for)->Arg(1)->Arg(2)->Arg(16)->UseRealTime();

void run_now_empty(benchmark::State& state) {
  for (auto _ : state) {
    runtime::run_now(*context(), [](runtime::TaskContext&) { return Status(); }).ok();
  }
}
BENCHMARK(run_now_empty)->UseRealTime();

void stream_tasks(benchmark::State& state) {
  context();
  const auto stream = *runtime::find_stream(*runtime::create_stream(0, 0));
  constexpr int kTasks = 1000;
  for (auto _ : state) {
    for (int i = 0; i < kTasks; ++i) {
      runtime::enqueue(*stream, {[](runtime::TaskContext&) { return Status(); }, "bench"}).ok();
    }
    stream->synchronize().ok();
  }
  state.SetItemsProcessed(state.iterations() * kTasks);
}
BENCHMARK(stream_tasks)->UseRealTime();

void task_and_synchronize(benchmark::State& state) {
  context();
  const auto stream = *runtime::find_stream(*runtime::create_stream(0, 0));
  for (auto _ : state) {
    runtime::enqueue(*stream, {[](runtime::TaskContext&) { return Status(); }, "bench"}).ok();
    stream->synchronize().ok();
  }
}
BENCHMARK(task_and_synchronize)->UseRealTime();

void synchronize_idle(benchmark::State& state) {
  context();
  for (auto _ : state) (*runtime::find_stream(nullptr))->synchronize().ok();
}
BENCHMARK(synchronize_idle);

void event_record_wait(benchmark::State& state) {
  context();
  const auto a = *runtime::find_stream(*runtime::create_stream(0, 0));
  const auto b = *runtime::find_stream(*runtime::create_stream(0, 0));
  const auto event = *runtime::find_event(*runtime::create_event());
  for (auto _ : state) {
    event->record(*a).ok();
    event->wait(*b).ok();
  }
}
BENCHMARK(event_record_wait)->UseRealTime();

void malloc_free(benchmark::State& state) {
  const auto size = static_cast<size_t>(state.range(0));
  for (auto _ : state) runtime::free_device(*runtime::allocate_device(*context(), size)).ok();
}
BENCHMARK(malloc_free)->Arg(1000)->Arg(100'000)->Arg(10 << 20);

void copy_checked(benchmark::State& state) {
  const auto size = static_cast<size_t>(state.range(0));
  void* device = *runtime::allocate_device(*context(), size);
  std::vector<char> host(size, 1);
  for (auto _ : state) {
    runtime::copy({.dst = device, .dst_max = size, .src = host.data(), .count = size}).ok();
  }
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(size));
}
BENCHMARK(copy_checked)->Arg(1024)->Arg(64 << 10)->Arg(16 << 20);

void copy_plain(benchmark::State& state) {
  const auto size = static_cast<size_t>(state.range(0));
  void* device = *runtime::allocate_device(*context(), size);
  std::vector<char> host(size, 1);
  for (auto _ : state) {
    std::memcpy(device, host.data(), size);
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(size));
}
BENCHMARK(copy_plain)->Arg(1024)->Arg(64 << 10)->Arg(16 << 20);

}  // namespace

BENCHMARK_MAIN();
