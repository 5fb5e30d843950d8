// What choosing a shape costs: an execution of a model with gears, each time in another gear, and
// of a model with open shapes, beside one of fixed shape (targets: a gear switch below 2 us, a
// range shape whose plan is there below 5 us over the static model). The models, which do nothing,
// come in POACL_BENCH_MODEL, POACL_BENCH_GEARS (batch gears 1 and 2) and POACL_BENCH_RANGE (the
// first dimension open); bench/calls makes them.
#include <acl/acl.h>
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <cstring>
#include <string>

namespace {

void check(aclError code, const char* what) {
  if (code == ACL_SUCCESS) return;
  const char* text = aclGetRecentErrMsg();
  std::fprintf(stderr, "%s returned %d: %s\n", what, code, text == nullptr ? "" : text);
  std::exit(1);
}
#define CHECK(call) check((call), #call)

// A loaded model; buffers of unknown size are large.
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
  void execute() const { CHECK(aclmdlExecute(id_, inputs_, outputs_)); }
  void set_batch(uint64_t batch) const {
    CHECK(aclmdlSetDynamicBatchSize(id_, inputs_, aclmdlGetNumInputs(desc_) - 1, batch));
  }

 private:
  static void add(aclmdlDataset* dataset, size_t bytes) {
    constexpr size_t kRoom = 4096;
    void* memory = nullptr;
    CHECK(aclrtMalloc(&memory, bytes == 0 ? kRoom : bytes, ACL_MEM_MALLOC_HUGE_FIRST));
    CHECK(aclmdlAddDatasetBuffer(dataset, aclCreateDataBuffer(memory, bytes == 0 ? kRoom : bytes)));
  }
  uint32_t id_ = 0;
  aclmdlDesc* desc_ = aclmdlCreateDesc();
  aclmdlDataset* inputs_ = aclmdlCreateDataset();
  aclmdlDataset* outputs_ = aclmdlCreateDataset();
};

void fixed_shape(benchmark::State& state, const char* path) {
  const Model model(path);
  for (auto _ : state) model.execute();
}

void same_gear(benchmark::State& state, const char* path) {
  const Model model(path);
  model.set_batch(1);
  for (auto _ : state) model.execute();
}

void gear_switch(benchmark::State& state, const char* path) {
  const Model model(path);
  uint64_t turn = 0;
  for (auto _ : state) {
    model.set_batch(1 + turn++ % 2);
    model.execute();
  }
}

void cached_range(benchmark::State& state, const char* path) {
  const Model model(path);
  aclTensorDesc* descs[2];
  for (int64_t n = 0; n < 2; ++n) {
    const int64_t dims[] = {n + 1};
    descs[n] = aclCreateTensorDesc(ACL_FLOAT, 1, dims, ACL_FORMAT_ND);
  }
  uint64_t turn = 0;
  for (auto _ : state) {
    CHECK(aclmdlSetDatasetTensorDesc(model.inputs(), descs[turn++ % 2], 0));
    model.execute();
  }
}

void add(const char* name, void (*run)(benchmark::State&, const char*), const char* variable) {
  if (const char* path = std::getenv(variable)) benchmark::RegisterBenchmark(name, run, path);
}

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  CHECK(aclInit(nullptr));
  CHECK(aclrtSetDevice(0));
  add("fixed_shape", fixed_shape, "POACL_BENCH_MODEL");
  add("same_gear", same_gear, "POACL_BENCH_GEARS");
  add("gear_switch", gear_switch, "POACL_BENCH_GEARS");
  add("cached_range", cached_range, "POACL_BENCH_RANGE");
  benchmark::RunSpecifiedBenchmarks();
  CHECK(aclrtResetDevice(0));
  CHECK(aclFinalize());
  return 0;
}
