// Random, dead, foreign and null handles, and random sizes, into every C function that takes a
// handle. Nothing may crash, hang or leak; what it answers is its own business.
//
//   misuse [calls] [seed]
//
// Functions and the words for their arguments come from api/*.toml. Addresses of plain memory are
// always good for the sizes passed with them: C cannot tell a wrong one from a right one.
//
// Streams are made to wait for what nobody will ever send, and then a call waits for the stream,
// rightly. A second thread breaks such calls off by aborting the devices' tasks; a hang is what
// even that does not end.
#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <tuple>
#include <type_traits>
#include <vector>

#include <unistd.h>

#include "acl/acl.h"
#include "acl/acl_dump.h"
#include "acl/ops/acl_dvpp.h"

namespace {

constexpr size_t kScratchBytes = 1 << 18;
constexpr size_t kLargestSize = 4096;
constexpr size_t kMostAlive = 64;

struct Pool {
  std::vector<void*> alive;
  std::vector<void*> dead;
};

// The kinds of handles of acl_dvpp.h, and how each is destroyed.
using Destroy = aclError (*)(void*);
template <auto function, typename T>
aclError destroy_as(void* handle) {
  return function(static_cast<T*>(handle));
}
const std::map<std::string_view, Destroy>& media_kinds() {
  static const std::map<std::string_view, Destroy> kKinds = {
      {"pic desc", destroy_as<acldvppDestroyPicDesc, acldvppPicDesc>},
      {"batch pic desc", destroy_as<acldvppDestroyBatchPicDesc, acldvppBatchPicDesc>},
      {"channel desc", destroy_as<acldvppDestroyChannelDesc, acldvppChannelDesc>},
      {"roi config", destroy_as<acldvppDestroyRoiConfig, acldvppRoiConfig>},
      {"resize config", destroy_as<acldvppDestroyResizeConfig, acldvppResizeConfig>},
      {"border config", destroy_as<acldvppDestroyBorderConfig, acldvppBorderConfig>},
      {"jpege config", destroy_as<acldvppDestroyJpegeConfig, acldvppJpegeConfig>},
      {"hist", destroy_as<acldvppDestroyHist, acldvppHist>},
      {"lut map", destroy_as<acldvppDestroyLutMap, acldvppLutMap>},
  };
  return kKinds;
}

struct Call {
  const char* name;
  const char* creates;
  const char* destroys;
  std::vector<const char*> words;
};

class Misuse {
 public:
  explicit Misuse(uint64_t seed) : random_(seed), scratch_(kScratchBytes) {
    void* memory = nullptr;
    if (aclrtMalloc(&memory, kScratchBytes, ACL_MEM_MALLOC_HUGE_FIRST) == ACL_SUCCESS) {
      device_memory_ = memory;
    }
  }

  template <typename Result, typename... Args>
  void call(const Call& call, Result (*function)(Args...)) {
    call_ = &call;
    word_ = 0;
    made_ = nullptr;
    taken_ = nullptr;
    std::memset(scratch_.data(), 0, 1 << 12);
    std::tuple<Args...> args{make<Args>()...};
    if constexpr (std::is_void_v<Result>) {
      std::apply(function, args);
      finish(true, nullptr);
    } else {
      const Result result = std::apply(function, args);
      if constexpr (std::is_pointer_v<Result>) {
        finish(true, const_cast<void*>(static_cast<const void*>(result)));
      } else {
        finish(static_cast<int64_t>(result) == 0, nullptr);
      }
    }
    ++calls_;
  }

  // Everything that still lives is given back, so that a leak is the library's.
  void clean_up() {
    for (void* stream : pools_["stream"].alive) aclrtDestroyStreamForce(stream);
    for (void* event : pools_["event"].alive) aclrtDestroyEvent(event);
    for (void* buffer : pools_["data buffer"].alive) {
      aclDestroyDataBuffer(static_cast<aclDataBuffer*>(buffer));
    }
    for (void* desc : pools_["tensor desc"].alive) {
      aclDestroyTensorDesc(static_cast<aclTensorDesc*>(desc));
    }
    for (void* desc : pools_["desc"].alive) aclmdlDestroyDesc(static_cast<aclmdlDesc*>(desc));
    for (void* dataset : pools_["dataset"].alive) {
      aclmdlDestroyDataset(static_cast<aclmdlDataset*>(dataset));
    }
    for (const auto& [kind, destroy] : media_kinds()) {
      for (void* handle : pools_[kind].alive) destroy(handle);
    }
    for (void* memory : pools_["device memory"].alive) aclrtFree(memory);
    for (void* memory : pools_["host memory"].alive) aclrtFreeHost(memory);
    for (void* context : pools_["context"].alive) aclrtDestroyContext(context);
    aclrtSetDevice(0);
    aclrtFree(device_memory_);
    aclrtResetDevice(0);
  }

  const std::atomic<uint64_t>& calls() const { return calls_; }
  size_t below(size_t bound) {
    return std::uniform_int_distribution<size_t>(0, bound - 1)(random_);
  }

 private:
  template <typename T>
  T make() {
    const std::string_view words = call_->words[word_++];
    const size_t cut = words.rfind(' ');
    const std::string_view type = words.substr(0, cut);
    const std::string_view name = words.substr(cut + 1);
    if constexpr (std::is_pointer_v<T>) {
      using Target = std::remove_pointer_t<T>;
      if constexpr (std::is_function_v<Target>) {
        return below(8) == 0 ? nullptr : no_operation(static_cast<T>(nullptr));
      } else {
        return reinterpret_cast<T>(address(type));
      }
    } else if constexpr (std::is_enum_v<T> || std::is_integral_v<T>) {
      return static_cast<T>(number(name));
    } else if constexpr (std::is_floating_point_v<T>) {
      return static_cast<T>(below(1000));
    } else {
      static_assert(std::is_trivially_copyable_v<T>);
      T value;
      std::memset(&value, 0, sizeof value);
      return value;
    }
  }

  // Callbacks that a function takes and may call.
  template <typename Result, typename... Args>
  static auto no_operation(Result (*)(Args...)) -> Result (*)(Args...) {
    return [](Args...) -> Result {
      if constexpr (!std::is_void_v<Result>) return Result{};
    };
  }

  // What kind of handle a C type is: "aclrtStream", "const aclmdlDesc *"; "" for memory and
  // places for results.
  std::string_view kind_of(std::string_view type) const {
    static const std::map<std::string_view, std::string_view> kKinds = {
        {"aclrtStream", "stream"},
        {"aclrtEvent", "event"},
        {"aclrtContext", "context"},
        {"aclrtNotify", "notify"},
        {"aclrtCntNotify", "notify"},
        {"aclrtLabel", "label"},
        {"aclrtLabelList", "label list"},
        {"aclrtBinary", "binary"},
        {"aclrtBinHandle", "binary"},
        {"aclrtFuncHandle", "binary"},
        {"aclrtAllocatorDesc", "allocator desc"},
        {"aclrtAllocator", "allocator"},
        {"aclrtDrvMemHandle", "physical memory"},
        {"aclDataBuffer *", "data buffer"},
        {"aclTensorDesc *", "tensor desc"},
        {"aclmdlDesc *", "desc"},
        {"aclmdlDataset *", "dataset"},
        {"aclmdlConfigHandle *", "config handle"},
        {"aclmdlExecConfigHandle *", "exec config handle"},
        {"aclmdlAIPP *", "aipp"},
        {"aclrtGroupInfo *", "group info"},
        {"aclrtStreamConfigHandle *", "stream config handle"},
        {"aclrtExceptionInfo *", "exception info"},
        {"acldvppPicDesc *", "pic desc"},
        {"acldvppBatchPicDesc *", "batch pic desc"},
        {"acldvppChannelDesc *", "channel desc"},
        {"acldvppRoiConfig *", "roi config"},
        {"acldvppResizeConfig *", "resize config"},
        {"acldvppBorderConfig *", "border config"},
        {"acldvppJpegeConfig *", "jpege config"},
        {"acldvppHist *", "hist"},
        {"acldvppLutMap *", "lut map"},
    };
    std::string_view plain = type;
    if (plain.starts_with("const ")) plain.remove_prefix(6);
    const auto it = kKinds.find(plain);
    return it == kKinds.end() ? std::string_view() : it->second;
  }

  void* address(std::string_view type) {
    const std::string_view kind = kind_of(type);
    if (!kind.empty()) return handle(kind);
    const std::string_view destroys = call_->destroys;
    if (type == "void *" && !destroys.empty()) return handle(destroys);
    if (below(16) == 0) return nullptr;
    if (type == "const char *") {
      static const char* const kTexts[] = {"", "name", "/nonexistent", "a:b;c\n\xff", "0123456789"};
      return const_cast<char*>(kTexts[below(std::size(kTexts))]);
    }
    if (type == "void *" || type == "const void *") {
      return below(2) == 0 && device_memory_ != nullptr ? device_memory_ : scratch_.data();
    }
    // A place for a result; the first one of a call that makes something holds what it made.
    if (made_ == nullptr && *call_->creates != '\0') return made_ = scratch_.data();
    return scratch_.data() + 64 * (1 + below(32));
  }

  void* handle(std::string_view kind) {
    Pool& own = pools_[kind];
    void* value = nullptr;
    switch (below(8)) {
      case 0:
        break;
      case 1:
        value = reinterpret_cast<void*>(random_());
        break;
      case 2:
        value = reinterpret_cast<void*>(below(4096));
        break;
      case 3:
        if (!own.dead.empty()) value = own.dead[below(own.dead.size())];
        break;
      case 4: {  // alive, but of another kind
        auto it = pools_.begin();
        std::advance(it, static_cast<long>(below(pools_.size())));
        const bool memory = it->first.find("memory") != std::string_view::npos;
        if (it->first != kind && !memory && !it->second.alive.empty()) value = it->second.alive[0];
        break;
      }
      default:
        if (!own.alive.empty()) value = own.alive[below(own.alive.size())];
    }
    if (kind == call_->destroys) taken_ = value;
    return value;
  }

  int64_t number(std::string_view name) {
    const auto has = [name](std::string_view part) {
      return std::search(name.begin(), name.end(), part.begin(), part.end(), [](char a, char b) {
               return std::tolower(a) == std::tolower(b);
             }) != name.end();
    };
    if (has("timeout")) return std::array<int64_t, 5>{-2, 0, 1, 2, 3}[below(5)];
    if (has("model")) return static_cast<int64_t>(below(4));
    if (has("deviceId")) return std::array<int64_t, 6>{-1, 0, 1, 7, 8, 1 << 30}[below(6)];
    const std::string_view function = call_->name;
    const bool rectangle = function.find("2d") != std::string_view::npos ||
                           function.find("Batch") != std::string_view::npos;
    const size_t limit = rectangle ? 32 : kLargestSize;
    switch (below(6)) {
      case 0:
        return 0;
      case 1:
        return 1;
      case 2:
        return static_cast<int64_t>(limit);
      default:
        return static_cast<int64_t>(below(limit));
    }
  }

  void finish(bool good, void* result) {
    if (!good) return;
    if (*call_->destroys != '\0' && taken_ != nullptr) {
      Pool& pool = pools_[call_->destroys];
      const auto it = std::find(pool.alive.begin(), pool.alive.end(), taken_);
      if (it != pool.alive.end()) {
        pool.alive.erase(it);
        pool.dead.push_back(taken_);
        if (pool.dead.size() > kMostAlive) pool.dead.erase(pool.dead.begin());
      }
    }
    if (*call_->creates != '\0') {
      void* made = result;
      if (made == nullptr && made_ != nullptr) std::memcpy(&made, made_, sizeof made);
      if (made == nullptr) return;
      Pool& pool = pools_[call_->creates];
      pool.alive.push_back(made);
      if (pool.alive.size() > kMostAlive) drop_oldest(call_->creates, pool);
    }
  }

  // Keeps the number of live objects bounded, the legal way.
  void drop_oldest(std::string_view kind, Pool& pool) {
    void* oldest = pool.alive.front();
    bool gone = true;
    if (kind == "stream") {
      gone = aclrtDestroyStream(oldest) == ACL_SUCCESS;
    } else if (kind == "event") {
      gone = aclrtDestroyEvent(oldest) == ACL_SUCCESS;
    } else if (kind == "context") {
      gone = aclrtDestroyContext(oldest) == ACL_SUCCESS;
      aclrtSetDevice(0);
      aclrtResetDevice(0);
    } else if (kind == "device memory") {
      gone = aclrtFree(oldest) == ACL_SUCCESS;
    } else if (kind == "host memory") {
      gone = aclrtFreeHost(oldest) == ACL_SUCCESS;
    } else if (kind == "data buffer") {
      gone = aclDestroyDataBuffer(static_cast<aclDataBuffer*>(oldest)) == ACL_SUCCESS;
    } else if (kind == "tensor desc") {
      aclDestroyTensorDesc(static_cast<aclTensorDesc*>(oldest));
    } else if (kind == "desc") {
      gone = aclmdlDestroyDesc(static_cast<aclmdlDesc*>(oldest)) == ACL_SUCCESS;
    } else if (kind == "dataset") {
      gone = aclmdlDestroyDataset(static_cast<aclmdlDataset*>(oldest)) == ACL_SUCCESS;
    } else if (const auto it = media_kinds().find(kind); it != media_kinds().end()) {
      gone = it->second(oldest) == ACL_SUCCESS;
    } else {
      return;
    }
    // A stream of another context than the current one stays; it goes with the rest at the end.
    pool.alive.erase(pool.alive.begin());
    if (gone) {
      pool.dead.push_back(oldest);
    } else {
      pool.alive.push_back(oldest);
    }
  }

  std::mt19937_64 random_;
  std::vector<char> scratch_;
  void* device_memory_ = nullptr;
  std::map<std::string_view, Pool> pools_;
  const Call* call_ = nullptr;
  size_t word_ = 0;
  void* made_ = nullptr;
  void* taken_ = nullptr;
  std::atomic<uint64_t> calls_{0};
};

const char* volatile current_function = "";

void hung(int) {
  const char* name = current_function;
  constexpr std::string_view kText = "no return within 60 seconds from ";
  (void)!write(STDERR_FILENO, kText.data(), kText.size());
  (void)!write(STDERR_FILENO, name, std::strlen(name));
  (void)!write(STDERR_FILENO, "\n", 1);
  std::_Exit(1);
}

// Ends what waits for nothing: a call that has been going on for a while is broken off by aborting
// the tasks of all devices the calls use, again and again.
class Rescuer {
 public:
  explicit Rescuer(const std::atomic<uint64_t>& calls)
      : calls_(calls), thread_([this] { run(); }) {}
  ~Rescuer() {
    stop_.store(true);
    thread_.join();
  }
  uint64_t rescued() const { return rescued_; }

 private:
  void run() {
    uint64_t before = 0;
    while (!stop_.load()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
      const uint64_t now = calls_.load();
      if (now == before) {
        ++rescued_;
        for (const int32_t device : {0, 1, 7}) aclrtDeviceTaskAbort(device, 1);
      }
      before = now;
    }
  }

  const std::atomic<uint64_t>& calls_;
  std::atomic<bool> stop_{false};
  std::atomic<uint64_t> rescued_{0};
  std::thread thread_;
};

using Entry = void (*)(Misuse&);

// NOLINTNEXTLINE(cppcoreguidelines-macro-usage)
#define MISUSE(function, creates, destroys, ...)                         \
  [](Misuse& misuse) {                                                   \
    static const Call call{#function, creates, destroys, {__VA_ARGS__}}; \
    current_function = #function;                                        \
    misuse.call(call, &function);                                        \
  },

constexpr Entry kEntries[] = {
#include "misuse_calls.inc"
};

}  // namespace

int main(int argc, char** argv) {
  const uint64_t calls = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1000000;
  const uint64_t seed = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1;
  std::signal(SIGALRM, hung);
  if (aclInit(nullptr) != ACL_SUCCESS || aclrtSetDevice(0) != ACL_SUCCESS) return 1;
  Misuse misuse(seed);
  Rescuer rescuer(misuse.calls());
  for (uint64_t i = 0; i < calls; ++i) {
    if (i % 4096 == 0) alarm(60);
    kEntries[misuse.below(std::size(kEntries))](misuse);
    // Calls may take the thread to another context or none.
    if (i % 64 == 0) {
      aclrtSetDevice(0);
      aclrtResetDevice(0);
    }
  }
  alarm(60);
  misuse.clean_up();
  aclFinalize();
  std::printf("%llu calls of %zu functions, seed %llu, %llu waits broken off\n",
              static_cast<unsigned long long>(misuse.calls().load()), std::size(kEntries),
              static_cast<unsigned long long>(seed),
              static_cast<unsigned long long>(rescuer.rescued()));
  return 0;
}
