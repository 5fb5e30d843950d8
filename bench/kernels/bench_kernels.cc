// Prints, for each layer of ResNet-50 and MobileNetV2 and each kernel that accepts it, the best
// time of many short runs, GFLOP/s, and the share of this core's measured FMA peak.
//
//   bench_kernels [--batch=N] [--net=NAME] [--kernel=SUBSTRING] [--all] [--matmul] [--cold]
//                [--bf16] [--seconds=S]
//
// --bf16 lets the operators multiply in bfloat16; shares are still of the float peak.
// --cold drops the weights from the caches before each run, as a large network's other layers do.
// Without --all only the kernel that would be chosen (the first that accepts) is measured.

#include <time.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "base/half.h"
#include "fma_peak.h"
#include "kernels/activation.h"
#include "kernels/kernel.h"
#include "shapes.h"

namespace poacl::bench {
namespace {

using Clock = std::chrono::steady_clock;

// Time this thread was on a core: other programs may be running.
double thread_seconds() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

constexpr size_t kFlushBytes = 96u << 20;

struct Options {
  int64_t batch = 1;
  std::string net;
  std::string kernel;
  bool all = false;
  bool matmul = false;
  bool cold = false;
  bool bf16 = false;
  double seconds = 0.15;
};

struct Memory {
  explicit Memory(size_t bytes)
      : data(static_cast<std::byte*>(std::aligned_alloc(64, (bytes + 127) / 64 * 64))),
        size(bytes) {
    std::fill(data, data + bytes, std::byte{0});
  }
  ~Memory() { std::free(data); }
  Memory(const Memory&) = delete;
  // Leaves nothing else in the caches when it is larger than they are.
  void touch() {
    for (size_t i = 0; i < size; i += 64) data[i] ^= std::byte{1};
  }
  std::byte* data;
  size_t size;
  bool weights = false;
};

Tensor random_tensor(Dims dims) {
  static std::mt19937 engine(1);
  std::uniform_real_distribution<float> uniform(-1.0f, 1.0f);
  std::vector<float> values(static_cast<size_t>(element_count(dims)));
  for (float& v : values) v = uniform(engine);
  return Tensor::from<float>(DataType::kFloat, std::move(dims), values);
}

struct Case {
  std::string op;
  std::string text;
  AttrMap attrs;
  std::vector<Tensor> tensors;  // data inputs hold values too
  std::vector<bool> constant;
  TensorDesc output;
  Layout offered = Layout::kPlain;
  double flops = 0;
  std::string net;
  int count = 1;
};

// Best seconds of one run; negative when the kernel declines.
double measure(const KernelImpl& kernel, const Case& c, double seconds, Memory* flush) {
  std::vector<TensorDesc> descs;
  std::vector<const Tensor*> constants;
  for (size_t i = 0; i < c.tensors.size(); ++i) {
    const Layout offered = kernel.reads_bf16 ? c.offered : full_width(c.offered);
    descs.push_back(
        {c.tensors[i].dtype, c.tensors[i].dims, c.constant[i] ? Layout::kPlain : offered});
    constants.push_back(c.constant[i] ? &c.tensors[i] : nullptr);
  }
  const TensorDesc outputs[] = {c.output};
  const OpInstance op{c.op, &c.attrs, descs, constants, outputs};
  KernelPlan plan;
  if (!kernel.plan(op, PlanContext{1}, &plan).ok()) return -1;
  plan.input_layouts.resize(descs.size(), Layout::kPlain);
  plan.output_layouts.resize(1, Layout::kPlain);

  std::vector<std::unique_ptr<Memory>> memory;
  std::vector<const void*> inputs;
  std::mt19937 engine(2);
  std::uniform_real_distribution<float> uniform(-1.0f, 1.0f);
  for (size_t i = 0; i < descs.size(); ++i) {
    if (descs[i].absent()) {
      inputs.push_back(nullptr);
      continue;
    }
    TensorDesc desc = descs[i];
    desc.layout = plan.input_layouts[i];
    const size_t bytes = storage_bytes(desc);
    memory.push_back(std::make_unique<Memory>(bytes));
    if (is_bf16(desc.layout)) {
      auto* values = reinterpret_cast<uint16_t*>(memory.back()->data);
      for (size_t k = 0; k < bytes / sizeof(uint16_t); ++k) {
        values[k] = float_to_bfloat16(uniform(engine));
      }
    } else {
      auto* values = reinterpret_cast<float*>(memory.back()->data);
      for (size_t k = 0; k < bytes / sizeof(float); ++k) values[k] = uniform(engine);
    }
    inputs.push_back(memory.back()->data);
  }
  for (const auto& packed : plan.packed) {
    memory.push_back(std::make_unique<Memory>(packed.bytes));
    memory.back()->weights = true;
    kernel.pack(op, plan, packed.input, memory.back()->data);
    inputs[static_cast<size_t>(packed.input)] = memory.back()->data;
  }
  TensorDesc y = c.output;
  y.layout = plan.output_layouts[0];
  Memory output(storage_bytes(y));
  Memory scratch(plan.scratch_bytes);
  void* output_pointers[] = {output.data};
  SerialFor serial;
  const KernelArgs args{plan.params.data(), inputs.data(), output_pointers, scratch.data, &serial};

  double best = 1e30;
  const auto begin = Clock::now();
  for (int i = 0; i < 5 || Clock::now() - begin < std::chrono::duration<double>(seconds); ++i) {
    if (flush != nullptr) {
      flush->touch();
      for (const auto& m : memory) {
        if (!m->weights) m->touch();
      }
      output.touch();
    }
    const double start = thread_seconds();
    kernel.run(args);
    best = std::min(best, thread_seconds() - start);
  }
  return best;
}

Case conv_case(const ConvShape& s, int64_t batch) {
  Case c;
  c.op = "Conv2D";
  c.net = s.net;
  c.count = s.count;
  char text[128];
  std::snprintf(text, sizeof(text), "%4ldx%-3ld -> %4ld k%ld s%ld%s%s", static_cast<long>(s.c),
                static_cast<long>(s.h), static_cast<long>(s.o), static_cast<long>(s.k),
                static_cast<long>(s.s), s.groups > 1 ? " depthwise" : "",
                s.residual ? " +residual" : "");
  c.text = text;
  const int64_t pad = s.k / 2;
  c.attrs.set("strides", std::vector<int64_t>{1, 1, s.s, s.s});
  c.attrs.set("pads", std::vector<int64_t>{pad, pad, pad, pad});
  c.attrs.set("groups", s.groups);
  set_activation(c.attrs, {ActivationKind::kRelu, 0.0f, 0.0f});
  const Dims y = {batch, s.o, s.out(), s.out()};
  c.tensors = {random_tensor({batch, s.c, s.h, s.h}),
               random_tensor({s.o, s.c / s.groups, s.k, s.k}), random_tensor({s.o}),
               s.residual ? random_tensor(y) : Tensor{}};
  c.constant = {false, true, true, false};
  c.output = {DataType::kFloat, y};
  c.flops = s.flops(batch);
  return c;
}

Case matmul_case(const MatMulShape& s, int64_t rows) {
  Case c;
  c.op = "MatMulV2";
  c.net = s.net;
  c.text = std::to_string(rows) + "x" + std::to_string(s.k) + "x" + std::to_string(s.n);
  c.tensors = {random_tensor({rows, s.k}), random_tensor({s.k, s.n}), random_tensor({s.n})};
  c.constant = {false, true, true};
  c.output = {DataType::kFloat, {rows, s.n}};
  c.flops = 2.0 * static_cast<double>(rows * s.k * s.n);
  return c;
}

void let_use_bf16(Case* c) {
  c->attrs.set(std::string(kComputeTypeAttr), DataType::kBfloat16);
  const bool image = c->op == "Conv2D" && c->tensors[0].dims[1] <= 4;
  if (c->op == "Conv2D" && !image) c->offered = Layout::kBlocked16Bf16;
}

void report(const Options& options, const std::vector<Case>& cases) {
  double peaks[3];
  for (int isa = 0; isa <= static_cast<int>(detected_isa()); ++isa) {
    peaks[isa] = fma_peak(static_cast<Isa>(isa));
    std::printf("peak %-8s %.1f GFLOP/s\n", isa_name(static_cast<Isa>(isa)).data(), peaks[isa]);
  }
  std::map<std::string, double> totals;
  const auto flush = options.cold ? std::make_unique<Memory>(kFlushBytes) : nullptr;
  for (const Case& c : cases) {
    if (!options.net.empty() && c.net != options.net) continue;
    for (const KernelImpl* kernel : kernels_for(c.op)) {
      const std::string name = kernel->name;
      const bool reference = name.size() > 4 && name.compare(name.size() - 4, 4, ".ref") == 0;
      if (kernel->isa > active_isa() || reference) continue;
      if (name.find(options.kernel) == std::string::npos) continue;
      const double best = measure(*kernel, c, options.seconds, flush.get());
      if (best < 0) continue;
      const double rate = c.flops / best * 1e-9;
      std::printf("%-13s x%d %-36s %-26s %9.1f us %8.1f GFLOP/s %5.1f %%\n", c.net.c_str(), c.count,
                  c.text.c_str(), kernel->name, best * 1e6, rate,
                  100 * rate / peaks[static_cast<int>(kernel->isa)]);
      std::fflush(stdout);
      if (!options.all) {
        totals[c.net] += best * c.count;
        break;
      }
    }
  }
  for (const auto& [net, seconds] : totals) {
    std::printf("%-13s sum of layers %.3f ms\n", net.c_str(), seconds * 1e3);
  }
}

int run(const Options& options) {
  std::vector<Case> cases;
  if (options.matmul) {
    for (const MatMulShape& s : matmul_shapes()) {
      for (const int64_t rows : {int64_t{1}, int64_t{16}, int64_t{128}, int64_t{2048}}) {
        cases.push_back(matmul_case(s, rows));
      }
    }
  } else {
    for (const ConvShape& s : conv_shapes()) cases.push_back(conv_case(s, options.batch));
  }
  for (Case& c : cases) {
    if (options.bf16) let_use_bf16(&c);
  }
  report(options, cases);
  return 0;
}

}  // namespace
}  // namespace poacl::bench

int main(int argc, char** argv) {
  poacl::bench::Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string arg = argv[i];
    const auto value = [&](const char* name) -> const char* {
      const std::string prefix = std::string("--") + name + "=";
      return arg.rfind(prefix, 0) == 0 ? argv[i] + prefix.size() : nullptr;
    };
    if (const char* v = value("batch")) {
      options.batch = std::atol(v);
    } else if (const char* v1 = value("net")) {
      options.net = v1;
    } else if (const char* v2 = value("kernel")) {
      options.kernel = v2;
    } else if (const char* v3 = value("seconds")) {
      options.seconds = std::atof(v3);
    } else if (arg == "--all") {
      options.all = true;
    } else if (arg == "--cold") {
      options.cold = true;
    } else if (arg == "--bf16") {
      options.bf16 = true;
    } else if (arg == "--matmul") {
      options.matmul = true;
    } else {
      std::fprintf(stderr,
                   "usage: %s [--batch=N] [--net=NAME] [--kernel=SUBSTRING] [--all] [--matmul] "
                   "[--cold] [--bf16] [--seconds=S]\n",
                   argv[0]);
      return 2;
    }
  }
  if (options.batch < 1) {
    std::fprintf(stderr, "--batch must be at least 1\n");
    return 2;
  }
  return poacl::bench::run(options);
}
