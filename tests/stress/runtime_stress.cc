// Many threads make random legal calls on several devices; every result is checked.
//
//   runtime_stress [threads] [calls per thread] [seed]
//
// Each thread owns streams, events and buffers and knows what every buffer must hold once its
// stream is idle. Streams of a device are also shared: host functions that all threads queue there
// must all have run, in the order of each thread, when the device is idle.
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <random>
#include <thread>
#include <vector>

#include "acl/acl.h"
#include "acl/acl_rt.h"

namespace {

constexpr int kDevices = 4;
constexpr size_t kBufferBytes = 1 << 14;
constexpr int64_t kMostTickets = 100;

std::atomic<int> failures{0};

void require(bool good, const char* what, int line) {
  if (good) return;
  const char* text = aclGetRecentErrMsg();
  std::fprintf(stderr, "line %d: %s: %s\n", line, what, text == nullptr ? "no message" : text);
  if (failures.fetch_add(1) > 20) std::_Exit(1);
}
#define REQUIRE(condition) require((condition), #condition, __LINE__)
#define REQUIRE_OK(call) require((call) == ACL_SUCCESS, #call, __LINE__)

// Streams that all threads of a device queue host functions on.
struct Shared {
  aclrtContext context = nullptr;
  aclrtStream stream = nullptr;
  std::atomic<int64_t> run{0};
  std::atomic<int64_t> queued{0};
};
Shared shared[kDevices];

// What one thread has queued on a shared stream, to see that its order is kept.
struct Ticket {
  std::atomic<int64_t>* last;
  int64_t number;
  int device;
};

void on_ticket(void* data) {
  auto* ticket = static_cast<Ticket*>(data);
  const int64_t previous = ticket->last->exchange(ticket->number);
  require(previous == ticket->number - 1, "host functions of one thread run in order", __LINE__);
  shared[ticket->device].run.fetch_add(1);
  delete ticket;
}

struct Buffer {
  void* memory = nullptr;
  aclrtStream stream = nullptr;  // the only one that writes it until it is synchronized
  uint8_t fill = 0;
};

class Worker {
 public:
  Worker(int number, int calls, uint64_t seed)
      : random_(seed * 7919 + static_cast<uint64_t>(number)),
        device_(number % kDevices),
        calls_(calls) {}

  void run() {
    REQUIRE_OK(aclrtSetDevice(device_));
    REQUIRE_OK(aclrtGetCurrentContext(&context_));
    for (int i = 0; i < calls_ && failures.load() == 0; ++i) step();
    finish();
    REQUIRE_OK(aclrtResetDevice(device_));
  }

 private:
  size_t below(size_t bound) {
    return std::uniform_int_distribution<size_t>(0, bound - 1)(random_);
  }

  void step() {
    switch (below(14)) {
      case 0:
        return new_stream();
      case 1:
        return drop_stream();
      case 2:
        return new_buffer();
      case 3:
        return drop_buffer();
      case 4:
      case 5:
        return fill();
      case 6:
        return copy();
      case 7:
        return check_one();
      case 8:
        return record_and_wait();
      case 9:
        return query();
      case 10:
        return switch_context();
      case 11:
        return host_memory();
      case 12:
        return call_host();
      default:
        return synchronize_one();
    }
  }

  void new_stream() {
    if (streams_.size() >= 6) return;
    aclrtStream stream = nullptr;
    REQUIRE_OK(aclrtCreateStream(&stream));
    streams_.push_back(stream);
  }

  void drop_stream() {
    if (streams_.empty()) return;
    const size_t i = below(streams_.size());
    REQUIRE_OK(aclrtDestroyStream(streams_[i]));  // waits for its tasks
    for (Buffer& buffer : buffers_) {
      if (buffer.stream == streams_[i]) buffer.stream = nullptr;
    }
    streams_.erase(streams_.begin() + static_cast<long>(i));
  }

  void new_buffer() {
    if (buffers_.size() >= 8) return;
    Buffer buffer;
    REQUIRE_OK(aclrtMalloc(&buffer.memory, kBufferBytes, ACL_MEM_MALLOC_HUGE_FIRST));
    REQUIRE_OK(aclrtMemset(buffer.memory, kBufferBytes, 0, kBufferBytes));
    buffers_.push_back(buffer);
  }

  void drop_buffer() {
    if (buffers_.empty()) return;
    const size_t i = below(buffers_.size());
    check(buffers_[i]);
    REQUIRE_OK(aclrtFree(buffers_[i].memory));
    buffers_.erase(buffers_.begin() + static_cast<long>(i));
  }

  // A buffer that is idle or in use by `stream` only.
  Buffer* buffer_for(aclrtStream stream) {
    if (buffers_.empty()) return nullptr;
    Buffer& buffer = buffers_[below(buffers_.size())];
    return buffer.stream == nullptr || buffer.stream == stream ? &buffer : nullptr;
  }

  void fill() {
    if (streams_.empty()) return;
    aclrtStream stream = streams_[below(streams_.size())];
    Buffer* buffer = buffer_for(stream);
    if (buffer == nullptr) return;
    buffer->fill = static_cast<uint8_t>(below(256));
    buffer->stream = stream;
    REQUIRE_OK(aclrtMemsetAsync(buffer->memory, kBufferBytes, buffer->fill, kBufferBytes, stream));
  }

  void copy() {
    if (streams_.empty()) return;
    aclrtStream stream = streams_[below(streams_.size())];
    Buffer* from = buffer_for(stream);
    Buffer* to = buffer_for(stream);
    if (from == nullptr || to == nullptr || from == to) return;
    from->stream = to->stream = stream;
    to->fill = from->fill;
    REQUIRE_OK(aclrtMemcpyAsync(to->memory, kBufferBytes, from->memory, kBufferBytes,
                                ACL_MEMCPY_DEVICE_TO_DEVICE, stream));
  }

  void check(Buffer& buffer) {
    if (buffer.stream != nullptr) {
      REQUIRE_OK(aclrtSynchronizeStream(buffer.stream));
      aclrtStream idle = buffer.stream;
      for (Buffer& other : buffers_) {
        if (other.stream == idle) other.stream = nullptr;
      }
    }
    std::vector<uint8_t> host(kBufferBytes);
    REQUIRE_OK(aclrtMemcpy(host.data(), host.size(), buffer.memory, kBufferBytes,
                           ACL_MEMCPY_DEVICE_TO_HOST));
    REQUIRE(host.front() == buffer.fill);
    REQUIRE(std::memcmp(host.data(), host.data() + 1, host.size() - 1) == 0);
  }

  void check_one() {
    if (!buffers_.empty()) check(buffers_[below(buffers_.size())]);
  }

  // Hands a buffer from one stream to another through an event.
  void record_and_wait() {
    if (streams_.size() < 2 || buffers_.empty()) return;
    Buffer& buffer = buffers_[below(buffers_.size())];
    if (buffer.stream == nullptr) return;
    aclrtStream to = streams_[below(streams_.size())];
    aclrtEvent event = nullptr;
    REQUIRE_OK(aclrtCreateEventWithFlag(&event, ACL_EVENT_SYNC));
    REQUIRE_OK(aclrtRecordEvent(event, buffer.stream));
    REQUIRE_OK(aclrtStreamWaitEvent(to, event));
    buffer.stream = to;
    buffer.fill = static_cast<uint8_t>(below(256));
    REQUIRE_OK(aclrtMemsetAsync(buffer.memory, kBufferBytes, buffer.fill, kBufferBytes, to));
    REQUIRE_OK(aclrtDestroyEvent(event));
  }

  void query() {
    if (streams_.empty()) return;
    aclrtStreamStatus status = ACL_STREAM_STATUS_RESERVED;
    REQUIRE_OK(aclrtStreamQuery(streams_[below(streams_.size())], &status));
    REQUIRE(status == ACL_STREAM_STATUS_COMPLETE || status == ACL_STREAM_STATUS_NOT_READY);
    size_t free = 0, total = 0;
    REQUIRE_OK(aclrtGetMemInfo(ACL_DDR_MEM, &free, &total));
    REQUIRE(free <= total);
  }

  void switch_context() {
    aclrtContext other = nullptr;
    REQUIRE_OK(aclrtCreateContext(&other, static_cast<int32_t>(below(kDevices))));
    aclrtStream stream = nullptr;
    REQUIRE_OK(aclrtCreateStream(&stream));
    void* memory = nullptr;
    REQUIRE_OK(aclrtMalloc(&memory, 4096, ACL_MEM_MALLOC_NORMAL_ONLY));
    REQUIRE_OK(aclrtMemsetAsync(memory, 4096, 0x5A, 4096, stream));
    REQUIRE_OK(aclrtSynchronizeStream(stream));
    uint8_t host[4096];
    REQUIRE_OK(aclrtMemcpy(host, sizeof host, memory, sizeof host, ACL_MEMCPY_DEVICE_TO_HOST));
    REQUIRE(host[0] == 0x5A && host[4095] == 0x5A);
    REQUIRE_OK(aclrtFree(memory));
    REQUIRE_OK(aclrtDestroyStream(stream));
    REQUIRE_OK(aclrtDestroyContext(other));
    REQUIRE_OK(aclrtSetCurrentContext(context_));
  }

  void host_memory() {
    if (streams_.empty()) return;
    aclrtStream stream = streams_[below(streams_.size())];
    void* host = nullptr;
    REQUIRE_OK(aclrtMallocHost(&host, kBufferBytes));
    const auto value = static_cast<int>(below(256));
    std::memset(host, value, kBufferBytes);
    if (Buffer* buffer = buffer_for(stream)) {
      REQUIRE_OK(aclrtMemcpyAsync(buffer->memory, kBufferBytes, host, kBufferBytes,
                                  ACL_MEMCPY_HOST_TO_DEVICE, stream));
      buffer->fill = static_cast<uint8_t>(value);
      buffer->stream = stream;
      check(*buffer);
    }
    REQUIRE_OK(aclrtFreeHost(host));
  }

  void call_host() {
    // Threads queue faster than one stream calls; what is queued takes memory.
    if (tickets_ - last_ticket_.load() >= kMostTickets) {
      REQUIRE_OK(aclrtSynchronizeStream(shared[device_].stream));
    }
    auto* ticket = new Ticket{&last_ticket_, ++tickets_, device_};
    shared[device_].queued.fetch_add(1);
    REQUIRE_OK(aclrtLaunchHostFunc(shared[device_].stream, on_ticket, ticket));
  }

  void synchronize_one() {
    if (streams_.empty()) return;
    aclrtStream stream = streams_[below(streams_.size())];
    REQUIRE_OK(aclrtSynchronizeStreamWithTimeout(stream, 60000));
    for (Buffer& buffer : buffers_) {
      if (buffer.stream == stream) buffer.stream = nullptr;
    }
  }

  void finish() {
    REQUIRE_OK(aclrtSynchronizeStream(shared[device_].stream));
    REQUIRE(last_ticket_.load() == tickets_);
    while (!buffers_.empty()) drop_buffer();
    while (!streams_.empty()) drop_stream();
  }

  std::mt19937_64 random_;
  int device_;
  int calls_;
  aclrtContext context_ = nullptr;
  std::vector<aclrtStream> streams_;
  std::vector<Buffer> buffers_;
  std::atomic<int64_t> last_ticket_{0};
  int64_t tickets_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  const int threads = argc > 1 ? std::atoi(argv[1]) : 64;
  const int calls = argc > 2 ? std::atoi(argv[2]) : 10000;
  const uint64_t seed = argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 1;
  REQUIRE_OK(aclInit(nullptr));
  for (int device = 0; device < kDevices; ++device) {
    REQUIRE_OK(aclrtSetDevice(device));
    REQUIRE_OK(aclrtCreateStream(&shared[device].stream));
  }
  {
    std::vector<std::thread> running;
    std::vector<std::unique_ptr<Worker>> workers;
    for (int i = 0; i < threads; ++i) {
      workers.push_back(std::make_unique<Worker>(i, calls, seed));
      running.emplace_back([worker = workers.back().get()] { worker->run(); });
    }
    for (std::thread& thread : running) thread.join();
  }
  for (int device = 0; device < kDevices; ++device) {
    REQUIRE_OK(aclrtSetDevice(device));
    REQUIRE_OK(aclrtDestroyStream(shared[device].stream));
    REQUIRE(shared[device].run.load() == shared[device].queued.load());
    REQUIRE_OK(aclrtResetDevice(device));
    REQUIRE_OK(aclrtResetDevice(device));
  }
  REQUIRE_OK(aclFinalize());
  std::printf("%d threads, %d calls each, seed %llu: %d failures\n", threads, calls,
              static_cast<unsigned long long>(seed), failures.load());
  return failures.load() == 0 ? 0 : 1;
}
