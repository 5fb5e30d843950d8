// What single calls of the public C interface cost (targets: spec performance section 5). The
// benchmarks of models need POACL_BENCH_MODEL, an .om file; bench/calls makes one that does
// nothing.
#include <acl/acl.h>
#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

void check(aclError code, const char* what) {
  if (code == ACL_SUCCESS) return;
  const char* text = aclGetRecentErrMsg();
  std::fprintf(stderr, "%s returned %d: %s\n", what, code, text == nullptr ? "" : text);
  std::exit(1);
}
#define CHECK(call) check((call), #call)

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

aclrtStream make_stream() {
  aclrtStream stream = nullptr;
  CHECK(aclrtCreateStream(&stream));
  return stream;
}

void get_run_mode(benchmark::State& state) {
  aclrtRunMode mode = ACL_HOST;
  for (auto _ : state) aclrtGetRunMode(&mode);
}
BENCHMARK(get_run_mode);

void stream_query(benchmark::State& state) {
  aclrtStream stream = make_stream();
  aclrtStreamStatus status = ACL_STREAM_STATUS_RESERVED;
  for (auto _ : state) aclrtStreamQuery(stream, &status);
  CHECK(aclrtDestroyStream(stream));
}
BENCHMARK(stream_query);

void synchronize_stream_idle(benchmark::State& state) {
  aclrtStream stream = make_stream();
  for (auto _ : state) aclrtSynchronizeStream(stream);
  CHECK(aclrtDestroyStream(stream));
}
BENCHMARK(synchronize_stream_idle);

void malloc_free(benchmark::State& state) {
  const auto size = static_cast<size_t>(state.range(0));
  for (auto _ : state) {
    void* memory = nullptr;
    aclrtMalloc(&memory, size, ACL_MEM_MALLOC_HUGE_FIRST);
    aclrtFree(memory);
  }
}
BENCHMARK(malloc_free)->Arg(1000)->Arg(10 << 20);

void event_record_wait(benchmark::State& state) {
  aclrtStream a = make_stream();
  aclrtStream b = make_stream();
  aclrtEvent event = nullptr;
  CHECK(aclrtCreateEventWithFlag(&event, ACL_EVENT_SYNC));
  for (auto _ : state) {
    aclrtRecordEvent(event, a);
    aclrtStreamWaitEvent(b, event);
  }
  CHECK(aclrtSynchronizeDevice());
  CHECK(aclrtDestroyEvent(event));
  CHECK(aclrtDestroyStream(a));
  CHECK(aclrtDestroyStream(b));
}
BENCHMARK(event_record_wait)->UseRealTime();

// Tasks on a stream, 1000 at a time.
void short_tasks(benchmark::State& state) {
  constexpr int kTasks = 1000;
  aclrtStream stream = make_stream();
  void* device = nullptr;
  CHECK(aclrtMalloc(&device, 1024, ACL_MEM_MALLOC_HUGE_FIRST));
  for (auto _ : state) {
    for (int i = 0; i < kTasks; ++i) aclrtMemsetAsync(device, 1024, i & 0xff, 64, stream);
    aclrtSynchronizeStream(stream);
  }
  state.SetItemsProcessed(state.iterations() * kTasks);
  CHECK(aclrtFree(device));
  CHECK(aclrtDestroyStream(stream));
}
BENCHMARK(short_tasks)->UseRealTime();

// In turns, so that both meet the same machine. The counter is the median of the quotients.
void memcpy_against_plain(benchmark::State& state) {
  const auto size = static_cast<size_t>(state.range(0));
  const int copies = static_cast<int>(std::max<size_t>(1, (1u << 20) / size));
  void* device = nullptr;
  CHECK(aclrtMalloc(&device, size, ACL_MEM_MALLOC_HUGE_FIRST));
  CHECK(aclrtMemset(device, size, 0, size));
  std::vector<char> host(size, 1);
  std::vector<double> quotients;
  for (auto _ : state) {
    const auto begin = Clock::now();
    for (int i = 0; i < copies; ++i) {
      aclrtMemcpy(device, size, host.data(), size, ACL_MEMCPY_HOST_TO_DEVICE);
    }
    const double ours = seconds_since(begin);
    const auto middle = Clock::now();
    for (int i = 0; i < copies; ++i) {
      std::memcpy(device, host.data(), size);
      benchmark::ClobberMemory();
    }
    quotients.push_back(ours / seconds_since(middle));
    state.SetIterationTime(ours / copies);
  }
  std::nth_element(quotients.begin(), quotients.begin() + quotients.size() / 2, quotients.end());
  state.counters["over_plain"] = quotients[quotients.size() / 2];
  CHECK(aclrtFree(device));
}
BENCHMARK(memcpy_against_plain)
    ->Arg(64 << 10)
    ->Arg(128 << 10)
    ->Arg(1 << 20)
    ->Arg(16 << 20)
    ->UseManualTime()
    ->Iterations(50);

int threads_of_process() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("Threads:")) return std::atoi(line.c_str() + 8);
  }
  return -1;
}

// Created, given a task each, synchronized, destroyed; the counter says how many threads more
// there are while all of them live.
void thousand_streams(benchmark::State& state) {
  constexpr int kStreams = 1000;
  void* device = nullptr;
  CHECK(aclrtMalloc(&device, 128 << 10, ACL_MEM_MALLOC_HUGE_FIRST));
  CHECK(aclrtSynchronizeDevice());
  const int before = threads_of_process();
  int most = 0;
  std::vector<aclrtStream> streams(kStreams);
  for (auto _ : state) {
    for (auto& stream : streams) stream = make_stream();
    for (auto* stream : streams) aclrtMemsetAsync(device, 128 << 10, 0, 128, stream);
    for (auto* stream : streams) aclrtSynchronizeStream(stream);
    most = std::max(most, threads_of_process());
    for (auto* stream : streams) CHECK(aclrtDestroyStream(stream));
  }
  state.counters["more_threads"] = most - before;
  state.counters["per_stream"] =
      benchmark::Counter(static_cast<double>(state.iterations()) * kStreams,
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
  CHECK(aclrtFree(device));
}
BENCHMARK(thousand_streams)->UseRealTime()->Unit(benchmark::kMillisecond);

// A loaded model with a data set for its inputs and one for its outputs.
class Model {
 public:
  explicit Model(const char* path) {
    CHECK(aclmdlLoadFromFile(path, &id_));
    CHECK(aclmdlGetDesc(desc_, id_));
    for (size_t i = 0; i < aclmdlGetNumInputs(desc_); ++i) {
      add(inputs_, aclmdlGetInputSizeByIndex(desc_, i));
    }
    for (size_t i = 0; i < aclmdlGetNumOutputs(desc_); ++i) {
      add(outputs_, aclmdlGetOutputSizeByIndex(desc_, i));
    }
  }
  uint32_t id() const { return id_; }
  aclmdlDataset* inputs() const { return inputs_; }
  aclmdlDataset* outputs() const { return outputs_; }

 private:
  static void add(aclmdlDataset* dataset, size_t bytes) {
    void* memory = nullptr;
    CHECK(aclrtMalloc(&memory, bytes, ACL_MEM_MALLOC_HUGE_FIRST));
    CHECK(aclmdlAddDatasetBuffer(dataset, aclCreateDataBuffer(memory, bytes)));
  }
  uint32_t id_ = 0;
  aclmdlDesc* desc_ = aclmdlCreateDesc();
  aclmdlDataset* inputs_ = aclmdlCreateDataset();
  aclmdlDataset* outputs_ = aclmdlCreateDataset();
};

void execute(benchmark::State& state, const char* path) {
  const Model model(path);
  for (auto _ : state) aclmdlExecute(model.id(), model.inputs(), model.outputs());
}

// How long the call takes that queues the execution; the executions themselves are not in it.
void execute_async_returns(benchmark::State& state, const char* path) {
  constexpr int kCalls = 200;
  const Model model(path);
  aclrtStream stream = make_stream();
  for (auto _ : state) {
    const auto begin = Clock::now();
    for (int i = 0; i < kCalls; ++i) {
      aclmdlExecuteAsync(model.id(), model.inputs(), model.outputs(), stream);
    }
    state.SetIterationTime(seconds_since(begin) / kCalls);
    CHECK(aclrtSynchronizeStream(stream));
  }
  CHECK(aclrtDestroyStream(stream));
}

void execute_async_and_synchronize(benchmark::State& state, const char* path) {
  const Model model(path);
  aclrtStream stream = make_stream();
  for (auto _ : state) {
    aclmdlExecuteAsync(model.id(), model.inputs(), model.outputs(), stream);
    aclrtSynchronizeStream(stream);
  }
  CHECK(aclrtDestroyStream(stream));
}

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  CHECK(aclInit(nullptr));
  CHECK(aclrtSetDevice(0));
  if (const char* path = std::getenv("POACL_BENCH_MODEL")) {
    benchmark::RegisterBenchmark("execute", execute, path);
    benchmark::RegisterBenchmark("execute_async_returns", execute_async_returns, path)
        ->UseManualTime()
        ->Iterations(100);
    benchmark::RegisterBenchmark("execute_async_and_synchronize", execute_async_and_synchronize,
                                 path)
        ->UseRealTime();
  }
  benchmark::RunSpecifiedBenchmarks();
  CHECK(aclrtResetDevice(0));
  CHECK(aclFinalize());
  return 0;
}
