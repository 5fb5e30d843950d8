// Counts what aclmdlExecute allocates, in every thread of the process: the design promises nothing
// (docs/DESIGN.md, decision 2). test_allocations.py makes the models and runs this program.
//   alloc_test MODEL.om [async]     "async" goes through a stream instead
//   alloc_test control              counts three allocations of its own, made on another thread
// Prints "allocations N bytes B runs R" and, when N is not zero, where the first one came from;
// status 0 means that none happened, 1 that some did, 2 that the program could not run.
#include <acl/acl.h>
#include <execinfo.h>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>
#include <thread>

// The C library's own entries, which stay reachable below the ones defined here.
extern "C" {
void* __libc_malloc(size_t size);
void* __libc_calloc(size_t count, size_t size);
void* __libc_realloc(void* pointer, size_t size);
void* __libc_memalign(size_t alignment, size_t size);
void __libc_free(void* pointer);
}

namespace {

constexpr int kWarmUpRuns = 3;
constexpr int kCountedRuns = 50;
constexpr int kDepth = 32;

std::atomic<bool> counting{false};
std::atomic<long> allocations{0};
std::atomic<long> allocated_bytes{0};
void* first_trace[kDepth];
std::atomic<int> first_depth{0};

void count(size_t size) {
  if (!counting.load(std::memory_order_relaxed)) return;
  allocated_bytes.fetch_add(static_cast<long>(size));
  if (allocations.fetch_add(1) != 0) return;
  counting.store(false);  // backtrace() may allocate
  first_depth.store(backtrace(first_trace, kDepth));
  counting.store(true);
}

}  // namespace

#define POACL_INTERPOSE extern "C" __attribute__((visibility("default")))

POACL_INTERPOSE void* malloc(size_t size) {
  count(size);
  return __libc_malloc(size);
}
POACL_INTERPOSE void* calloc(size_t number, size_t size) {
  count(number * size);
  return __libc_calloc(number, size);
}
POACL_INTERPOSE void* realloc(void* pointer, size_t size) {
  count(size);
  return __libc_realloc(pointer, size);
}
POACL_INTERPOSE void* memalign(size_t alignment, size_t size) {
  count(size);
  return __libc_memalign(alignment, size);
}
POACL_INTERPOSE void* aligned_alloc(size_t alignment, size_t size) {
  count(size);
  return __libc_memalign(alignment, size);
}
POACL_INTERPOSE int posix_memalign(void** pointer, size_t alignment, size_t size) {
  count(size);
  *pointer = __libc_memalign(alignment, size);
  return *pointer != nullptr ? 0 : ENOMEM;
}
POACL_INTERPOSE void free(void* pointer) {
  __libc_free(pointer);
}

namespace {

bool ok(aclError code, const char* call) {
  if (code == ACL_SUCCESS) return true;
  const char* text = aclGetRecentErrMsg();
  std::fprintf(stderr, "%s returned %d: %s\n", call, code, text != nullptr ? text : "");
  return false;
}

aclmdlDataset* make_dataset(aclmdlDesc* desc, size_t count,
                            size_t (*size_of)(aclmdlDesc*, size_t)) {
  aclmdlDataset* dataset = aclmdlCreateDataset();
  for (size_t i = 0; i < count; ++i) {
    const size_t size = size_of(desc, i);
    void* memory = nullptr;
    if (!ok(aclrtMalloc(&memory, size, ACL_MEM_MALLOC_HUGE_FIRST), "aclrtMalloc") ||
        !ok(aclrtMemset(memory, size, 0, size), "aclrtMemset") ||
        !ok(aclmdlAddDatasetBuffer(dataset, aclCreateDataBuffer(memory, size)),
            "aclmdlAddDatasetBuffer")) {
      return nullptr;
    }
  }
  return dataset;
}

bool run(uint32_t model, aclmdlDataset* input, aclmdlDataset* output, aclrtStream stream,
         int times) {
  for (int i = 0; i < times; ++i) {
    if (stream == nullptr) {
      if (!ok(aclmdlExecute(model, input, output), "aclmdlExecute")) return false;
    } else if (!ok(aclmdlExecuteAsync(model, input, output, stream), "aclmdlExecuteAsync") ||
               !ok(aclrtSynchronizeStream(stream), "aclrtSynchronizeStream")) {
      return false;
    }
  }
  return true;
}

int report() {
  std::printf("allocations %ld bytes %ld runs %d\n", allocations.load(), allocated_bytes.load(),
              kCountedRuns);
  std::fflush(stdout);
  if (allocations.load() == 0) return 0;
  backtrace_symbols_fd(first_trace, first_depth.load(), 2);
  return 1;
}

int control() {
  std::thread([] {
    counting.store(true);
    void* volatile first = std::malloc(100);
    void* volatile second = std::calloc(10, 10);
    void* volatile third = ::operator new(100);
    counting.store(false);
    std::free(first);
    std::free(second);
    ::operator delete(third);
  }).join();
  return report();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: alloc_test MODEL.om [async]\n");
    return 2;
  }
  // Loads what it needs at its first call, outside the counting.
  void* unused[1];
  (void)backtrace(unused, 1);
  if (std::strcmp(argv[1], "control") == 0) return control();
  uint32_t model = 0;
  aclrtStream stream = nullptr;
  if (!ok(aclInit(nullptr), "aclInit") || !ok(aclrtSetDevice(0), "aclrtSetDevice") ||
      !ok(aclmdlLoadFromFile(argv[1], &model), "aclmdlLoadFromFile")) {
    return 2;
  }
  if (argc > 2 && !ok(aclrtCreateStream(&stream), "aclrtCreateStream")) return 2;
  aclmdlDesc* desc = aclmdlCreateDesc();
  if (!ok(aclmdlGetDesc(desc, model), "aclmdlGetDesc")) return 2;
  aclmdlDataset* input = make_dataset(desc, aclmdlGetNumInputs(desc), aclmdlGetInputSizeByIndex);
  aclmdlDataset* output = make_dataset(desc, aclmdlGetNumOutputs(desc), aclmdlGetOutputSizeByIndex);
  if (input == nullptr || output == nullptr || !run(model, input, output, stream, kWarmUpRuns)) {
    return 2;
  }
  counting.store(true);
  const bool done = run(model, input, output, stream, kCountedRuns);
  counting.store(false);
  if (!done) return 2;
  return report();
}
