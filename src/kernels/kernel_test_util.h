// For tests: plans, packs and runs any KernelImpl on plain tensors, converting layouts on the way
// in and out, and compares every kernel of an operator with its reference.
//
// Each run checks what kernel.h promises: nothing is written past an output or the scratch, every
// element is written, padding channels of blocked outputs are zero, the result does not depend on
// the order of chunks or on which worker takes them.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "base/half.h"
#include "base/isa.h"
#include "kernels/kernel.h"

namespace poacl::kernel_test {

struct TestInput {
  Tensor tensor;                    // plain values; dtype kUndefined = absent
  bool constant = false;            // plan() sees it as a constant
  Layout offered = Layout::kPlain;  // the order the producer would deliver

  static TestInput absent() { return {}; }
};

struct TestOp {
  std::string type;
  AttrMap attrs;
  std::vector<TestInput> inputs;
  std::vector<TensorDesc> outputs;
};

// Chunks in reverse order, workers in rotation: what a kernel may rely on, and no more.
class ScrambledFor final : public ParallelFor {
 public:
  explicit ScrambledFor(int width) : width_(width) {}
  int width() const noexcept override { return width_; }
  void run(int64_t chunks, void (*fn)(void*, int64_t, int), void* ctx) override {
    for (int64_t i = chunks - 1; i >= 0; --i) fn(ctx, i, static_cast<int>((i * 7) % width_));
  }

 private:
  int width_;
};

inline Tensor random_tensor(Dims dims, uint32_t seed, float low = -1.0f, float high = 1.0f) {
  std::mt19937 engine(seed);
  std::uniform_real_distribution<float> uniform(low, high);
  const int64_t count = element_count(dims);
  std::vector<float> values(static_cast<size_t>(count));
  for (float& v : values) v = uniform(engine);
  return Tensor::from<float>(DataType::kFloat, std::move(dims), values);
}

inline Tensor float_tensor(Dims dims, const std::vector<float>& values) {
  return Tensor::from<float>(DataType::kFloat, std::move(dims), values);
}

inline Tensor int64_tensor(Dims dims, const std::vector<int64_t>& values) {
  return Tensor::from<int64_t>(DataType::kInt64, std::move(dims), values);
}

// Memory with guard bytes on both sides, filled with 0xff (NaN as float); `shift` moves the start
// off the 64-byte boundary, as user buffers are.
class GuardedBuffer {
 public:
  explicit GuardedBuffer(size_t size, size_t shift = 0)
      : size_(size), start_(kGuard + shift), total_(kGuard + shift + size + kGuard) {
    memory_.reset(static_cast<uint8_t*>(std::aligned_alloc(64, (total_ + 63) / 64 * 64)));
    std::memset(memory_.get(), kPattern, total_);
    std::memset(data(), 0xff, size);
  }
  uint8_t* data() { return memory_.get() + start_; }
  const uint8_t* data() const { return memory_.get() + start_; }
  size_t size() const { return size_; }
  bool intact() const {
    for (size_t i = 0; i < start_; ++i) {
      if (memory_[i] != kPattern) return false;
    }
    for (size_t i = start_ + size_; i < total_; ++i) {
      if (memory_[i] != kPattern) return false;
    }
    return true;
  }

 private:
  struct Free {
    void operator()(uint8_t* p) const { std::free(p); }
  };
  static constexpr size_t kGuard = 256;
  static constexpr uint8_t kPattern = 0xa5;
  size_t size_;
  size_t start_;
  size_t total_;
  std::unique_ptr<uint8_t[], Free> memory_;
};

// Position of plain element `index` in a tensor of `layout`.
inline size_t element_position(const Dims& dims, Layout layout, int64_t index) {
  const int block = block_of(layout);
  if (block == 1 || dims.size() < 2) return static_cast<size_t>(index);
  int64_t inner = 1;
  for (size_t d = 2; d < dims.size(); ++d) inner *= dims[d];
  const int64_t channels = dims[1];
  const int64_t blocks = (channels + block - 1) / block;
  const int64_t pos = index % inner;
  const int64_t c = index / inner % channels;
  const int64_t n = index / inner / channels;
  return static_cast<size_t>(((n * blocks + c / block) * inner + pos) * block + c % block);
}

inline void fill_from_plain(const Tensor& tensor, Layout layout, GuardedBuffer* buffer) {
  const size_t size = data_type_size(tensor.dtype);
  if (layout == Layout::kPlain) {
    std::memcpy(buffer->data(), tensor.buffer.data(), buffer->size());
    return;
  }
  std::memset(buffer->data(), 0, buffer->size());
  if (is_bf16(layout)) {
    for (int64_t i = 0; i < tensor.count(); ++i) {
      const uint16_t bits = float_to_bfloat16(tensor.as<float>()[static_cast<size_t>(i)]);
      std::memcpy(buffer->data() + element_position(tensor.dims, layout, i) * sizeof(bits), &bits,
                  sizeof(bits));
    }
    return;
  }
  for (int64_t i = 0; i < tensor.count(); ++i) {
    std::memcpy(buffer->data() + element_position(tensor.dims, layout, i) * size,
                tensor.buffer.data() + static_cast<size_t>(i) * size, size);
  }
}

// The plain tensor in `buffer`; *padding_is_zero tells whether every other byte is zero.
inline Tensor read_to_plain(const TensorDesc& desc, const GuardedBuffer& buffer,
                            bool* padding_is_zero) {
  const bool bf16 = is_bf16(desc.layout);
  const size_t size = bf16 ? sizeof(uint16_t) : data_type_size(desc.dtype);
  const int64_t count = element_count(desc.dims);
  void* writable = nullptr;
  Tensor tensor{
      desc.dtype, desc.dims,
      ConstBuffer::allocate(static_cast<size_t>(count) * data_type_size(desc.dtype), &writable)};
  std::vector<bool> used(size == 0 ? 0 : buffer.size() / size, false);
  for (int64_t i = 0; i < count; ++i) {
    const size_t position = element_position(desc.dims, desc.layout, i);
    used[position] = true;
    if (bf16) {
      uint16_t bits;
      std::memcpy(&bits, buffer.data() + position * size, size);
      static_cast<float*>(writable)[i] = bfloat16_to_float(bits);
      continue;
    }
    std::memcpy(static_cast<uint8_t*>(writable) + static_cast<size_t>(i) * size,
                buffer.data() + position * size, size);
  }
  *padding_is_zero = true;
  for (size_t p = 0; p < used.size(); ++p) {
    if (used[p]) continue;
    // -0.0f is zero too.
    for (size_t b = 0; b < size; ++b) {
      const uint8_t byte = buffer.data()[p * size + b];
      if (byte != 0 && !(desc.dtype == DataType::kFloat && b == size - 1 && byte == 0x80)) {
        *padding_is_zero = false;
      }
    }
  }
  return tensor;
}

struct RunOptions {
  int workers = 3;
  bool misaligned = false;  // plain tensors start one element off the 64-byte boundary
  bool in_place = false;    // give the buffer of in_place_input as outputs[0] where the plan allows
};

// Outputs in plain order. Fails with the plan's own Status when the kernel declines; every broken
// promise is a test failure.
inline Result<std::vector<Tensor>> run_kernel(const KernelImpl& kernel, const TestOp& op,
                                              const RunOptions& options = {}) {
  std::vector<TensorDesc> descs;
  std::vector<const Tensor*> constants;
  for (const TestInput& input : op.inputs) {
    const Layout offered = kernel.reads_bf16 ? input.offered : full_width(input.offered);
    descs.push_back(TensorDesc{input.tensor.dtype, input.tensor.dims,
                               input.constant ? Layout::kPlain : offered});
    const bool present = input.tensor.dtype != DataType::kUndefined;
    constants.push_back(present && input.constant ? &input.tensor : nullptr);
  }
  const OpInstance instance{op.type, &op.attrs, descs, constants, op.outputs};
  KernelPlan plan;
  POACL_RETURN_IF_ERROR(kernel.plan(instance, PlanContext{options.workers}, &plan));
  plan.input_layouts.resize(op.inputs.size(), Layout::kPlain);
  plan.output_layouts.resize(op.outputs.size(), Layout::kPlain);

  std::vector<std::unique_ptr<GuardedBuffer>> inputs(op.inputs.size());
  std::vector<const void*> input_pointers(op.inputs.size(), nullptr);
  for (size_t i = 0; i < op.inputs.size(); ++i) {
    if (descs[i].absent()) continue;
    TensorDesc desc = descs[i];
    desc.layout = plan.input_layouts[i];
    const bool shift = options.misaligned && desc.layout == Layout::kPlain;
    inputs[i] = std::make_unique<GuardedBuffer>(storage_bytes(desc),
                                                shift ? data_type_size(desc.dtype) : 0);
    fill_from_plain(op.inputs[i].tensor, desc.layout, inputs[i].get());
    input_pointers[i] = inputs[i]->data();
  }
  for (const KernelPlan::Packed& packed : plan.packed) {
    const size_t i = static_cast<size_t>(packed.input);
    inputs[i] = std::make_unique<GuardedBuffer>(packed.bytes);
    std::memset(inputs[i]->data(), 0, packed.bytes);
    kernel.pack(instance, plan, packed.input, inputs[i]->data());
    EXPECT_TRUE(inputs[i]->intact()) << kernel.name << " packs past its bytes";
    input_pointers[i] = inputs[i]->data();
  }

  const size_t shared = static_cast<size_t>(plan.in_place_input);
  const bool in_place = options.in_place && plan.in_place;
  std::vector<std::unique_ptr<GuardedBuffer>> outputs(op.outputs.size());
  std::vector<void*> output_pointers(op.outputs.size(), nullptr);
  for (size_t i = 0; i < op.outputs.size(); ++i) {
    TensorDesc desc = op.outputs[i];
    desc.layout = plan.output_layouts[i];
    if (i == 0 && in_place) {
      EXPECT_EQ(storage_bytes(desc), inputs[shared]->size())
          << kernel.name << " claims in place for buffers of different sizes";
      output_pointers[0] = inputs[shared]->data();
      continue;
    }
    const bool shift = options.misaligned && desc.layout == Layout::kPlain;
    outputs[i] = std::make_unique<GuardedBuffer>(storage_bytes(desc),
                                                 shift ? data_type_size(desc.dtype) : 0);
    output_pointers[i] = outputs[i]->data();
  }
  GuardedBuffer scratch(plan.scratch_bytes);
  ScrambledFor parallel(options.workers);
  const KernelArgs args{plan.params.data(), input_pointers.data(), output_pointers.data(),
                        reinterpret_cast<std::byte*>(scratch.data()), &parallel};
  kernel.run(args);

  EXPECT_TRUE(scratch.intact()) << kernel.name << " writes past its scratch";
  for (const auto& input : inputs) {
    EXPECT_TRUE(!input || input->intact()) << kernel.name << " writes past an input";
  }
  std::vector<Tensor> results;
  for (size_t i = 0; i < op.outputs.size(); ++i) {
    TensorDesc desc = op.outputs[i];
    desc.layout = plan.output_layouts[i];
    const GuardedBuffer& buffer = i == 0 && in_place ? *inputs[shared] : *outputs[i];
    EXPECT_TRUE(buffer.intact()) << kernel.name << " writes past output " << i;
    bool padding_is_zero = true;
    results.push_back(read_to_plain(desc, buffer, &padding_is_zero));
    EXPECT_TRUE(padding_is_zero) << kernel.name << " leaves padding channels of output " << i
                                 << " other than zero";
  }
  return results;
}

struct Tolerance {
  double relative = 1e-5;
  double absolute = 1e-5;
};

// Every element of two tensors: floats within the tolerance (NaN equals NaN), others equal.
inline ::testing::AssertionResult tensors_match(const Tensor& actual, const Tensor& expected,
                                                const Tolerance& tolerance = {}) {
  if (actual.dtype != expected.dtype || actual.dims != expected.dims) {
    return ::testing::AssertionFailure()
           << data_type_name(actual.dtype) << dims_to_string(actual.dims) << " instead of "
           << data_type_name(expected.dtype) << dims_to_string(expected.dims);
  }
  const auto differ = [&](int64_t i, double a, double b) {
    return ::testing::AssertionFailure() << "element " << i << " of " << dims_to_string(actual.dims)
                                         << ": " << a << " instead of " << b;
  };
  const auto close = [&](double a, double b) {
    if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
    if (std::isinf(a) || std::isinf(b)) return a == b;
    return std::fabs(a - b) <= tolerance.absolute + tolerance.relative * std::fabs(b);
  };
  for (int64_t i = 0; i < actual.count(); ++i) {
    const size_t at = static_cast<size_t>(i);
    if (actual.dtype == DataType::kFloat) {
      const float a = actual.as<float>()[at];
      const float b = expected.as<float>()[at];
      if (!close(a, b)) return differ(i, a, b);
    } else if (actual.dtype == DataType::kDouble) {
      const double a = actual.as<double>()[at];
      const double b = expected.as<double>()[at];
      if (!close(a, b)) return differ(i, a, b);
    } else {
      const size_t size = data_type_size(actual.dtype);
      if (std::memcmp(actual.buffer.data() + at * size, expected.buffer.data() + at * size, size) !=
          0) {
        return ::testing::AssertionFailure() << "element " << i << " differs";
      }
    }
  }
  return ::testing::AssertionSuccess();
}

// The reference's outputs, from the last kernel of op.type in `family`.
inline Result<std::vector<Tensor>> run_reference(std::span<const KernelImpl* const> family,
                                                 const TestOp& op) {
  const KernelImpl* reference = nullptr;
  for (const KernelImpl* kernel : family) {
    if (op.type == kernel->op) reference = kernel;
  }
  if (reference == nullptr) return Status(kDeclined, "no kernel for " + op.type);
  return run_kernel(*reference, op, RunOptions{.workers = 1});
}

// Runs every kernel of op.type in `family` that this CPU can run and that accepts, with 1 and 3
// workers, off alignment and in place, against the reference (the last one). Returns the names of
// the fast kernels that accepted, for tests that demand one.
inline std::vector<std::string> expect_all_match(std::span<const KernelImpl* const> family,
                                                 const TestOp& op,
                                                 const Tolerance& tolerance = {}) {
  std::vector<std::string> accepted;
  const auto expected = run_reference(family, op);
  if (!expected.ok()) {
    ADD_FAILURE() << "reference of " << op.type << ": " << expected.status().message();
    return accepted;
  }
  std::vector<const KernelImpl*> kernels;
  for (const KernelImpl* kernel : family) {
    if (op.type == kernel->op && kernel->isa <= detected_isa()) kernels.push_back(kernel);
  }
  const RunOptions variants[] = {{.workers = 1},
                                 {.workers = 3},
                                 {.workers = 3, .misaligned = true},
                                 {.workers = 2, .in_place = true}};
  for (const KernelImpl* kernel : kernels) {
    bool accepts = true;
    for (const RunOptions& options : variants) {
      const auto actual = run_kernel(*kernel, op, options);
      if (!actual.ok()) {
        EXPECT_EQ(actual.status().code(), kDeclined) << actual.status().message();
        accepts = false;
        break;
      }
      for (size_t i = 0; i < op.outputs.size(); ++i) {
        EXPECT_TRUE(tensors_match((*actual)[i], (*expected)[i], tolerance))
            << kernel->name << " output " << i << " workers " << options.workers
            << (options.misaligned ? " misaligned" : "") << (options.in_place ? " in place" : "");
      }
    }
    if (accepts && kernel != kernels.back()) accepted.emplace_back(kernel->name);
  }
  return accepted;
}

}  // namespace poacl::kernel_test
