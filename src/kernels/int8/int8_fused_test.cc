// QuantLinear, QuantAttention and LayerNormQuant against their references. Sums of floats and GELU
// come out in other last bits, so that few of the rounded results may differ by a step.
#include <algorithm>
#include <random>

#include "base/isa.h"
#include "kernels/families.h"
#include "kernels/kernel_test_util.h"

namespace poacl::kernel_test {
namespace {

Tensor random_bytes(DataType type, Dims dims, uint32_t seed) {
  std::mt19937 engine(seed);
  std::vector<uint8_t> bytes(static_cast<size_t>(element_count(dims)));
  for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(engine() >> 8);
  return Tensor::from<uint8_t>(type, std::move(dims), bytes);
}

Tensor byte(DataType type, int32_t value) {
  const auto number = static_cast<uint8_t>(value);
  return Tensor::from<uint8_t>(type, {}, {&number, 1});
}

TestInput constant(Tensor tensor) {
  return {std::move(tensor), true, Layout::kPlain};
}

int number_at(const Tensor& tensor, size_t i) {
  return tensor.dtype == DataType::kInt8 ? tensor.as<int8_t>()[i] : tensor.as<uint8_t>()[i];
}

// Bytes at most `most` apart and few of them at all; floats within a small tolerance.
void expect_close(const Tensor& actual, const Tensor& expected, int most, const char* kernel) {
  if (actual.dtype == DataType::kFloat) {
    EXPECT_TRUE(tensors_match(actual, expected, {1e-5, 2e-4})) << kernel;
    return;
  }
  ASSERT_EQ(actual.dims, expected.dims);
  int64_t different = 0;
  for (int64_t i = 0; i < actual.count(); ++i) {
    const auto at = static_cast<size_t>(i);
    const int distance = std::abs(number_at(actual, at) - number_at(expected, at));
    ASSERT_LE(distance, most) << kernel << " element " << i;
    different += distance != 0;
  }
  EXPECT_LE(different, 2 + actual.count() / 50) << kernel;
}

// Every kernel this CPU has, on aligned and other memory, by one and several workers.
void expect_kernels(const TestOp& op, int most, const std::string& prefix, bool vnni = true) {
  const auto expected = run_reference(qlinear_kernels(), op);
  ASSERT_TRUE(expected.ok()) << expected.status().message();
  // The reference has to spread over the range, or the comparison says little.
  if (expected->front().dtype != DataType::kFloat && expected->front().count() > 64) {
    const auto bytes = expected->front().as<uint8_t>();
    EXPECT_NE(*std::min_element(bytes.begin(), bytes.end()),
              *std::max_element(bytes.begin(), bytes.end()));
  }
  std::vector<std::string> taken;
  for (const KernelImpl* kernel : qlinear_kernels()) {
    if (op.type != kernel->op || kernel->isa > detected_isa()) continue;
    for (const RunOptions& options : {RunOptions{.workers = 1}, RunOptions{.workers = 3},
                                      RunOptions{.workers = 3, .misaligned = true}}) {
      const auto actual = run_kernel(*kernel, op, options);
      if (!actual.ok()) {
        EXPECT_EQ(actual.status().code(), kDeclined) << actual.status().message();
        break;
      }
      if (options.workers == 1) taken.emplace_back(kernel->name);
      expect_close(actual->front(), expected->front(), most, kernel->name);
    }
  }
  const auto has = [&taken](const std::string& name) {
    return std::find(taken.begin(), taken.end(), name) != taken.end();
  };
  const std::string wide = prefix == "int8.linear" ? prefix + "16" : prefix;
  EXPECT_TRUE(has(wide + ".generic"));
  EXPECT_EQ(has(wide + ".avx2"), detected_isa() >= Isa::kAvx2);
  if (vnni) {
    EXPECT_EQ(has(prefix + ".vnni"), cpu_has_vnni());
  } else {
    EXPECT_EQ(has(prefix + ".avx512"), detected_isa() >= Isa::kAvx512);
  }
}

struct Linear {
  Dims x;
  int64_t n;
  DataType x_type = DataType::kUint8, rounded = DataType::kUint8, y = DataType::kUint8;
  bool int_bias = false, real_bias = true, gelu = false;
  DataType addend = DataType::kUndefined;
};

TestOp linear_op(const Linear& c) {
  Dims y = c.x;
  y.back() = c.n;
  const int64_t k = c.x.back();
  TestOp op{"QuantLinear", {}, {}, {{c.y, y}}};
  op.inputs = {{random_bytes(c.x_type, c.x, 1)},
               constant(random_bytes(DataType::kInt8, {k, c.n}, 2)),
               constant(byte(c.x_type, c.x_type == DataType::kInt8 ? -5 : 120)),
               TestInput::absent()};
  std::vector<int32_t> bias;
  std::vector<float> scales;
  const float unit = 0.015f / std::sqrt(static_cast<float>(k));
  for (int64_t i = 0; i < c.n; ++i) {
    bias.push_back(static_cast<int32_t>((i * 7919) % 2011 - 1000));
    scales.push_back(unit * (1.0f + 0.02f * static_cast<float>(i % 11)));
  }
  op.inputs.push_back(c.int_bias ? constant(Tensor::from<int32_t>(DataType::kInt32, {c.n}, bias))
                                 : TestInput::absent());
  const bool rounds = c.rounded != DataType::kFloat;
  if (!rounds) {
    for (float& scale : scales) scale *= 0.03f;
  }
  op.inputs.push_back(constant(float_tensor({c.n}, scales)));
  op.inputs.push_back(rounds ? constant(byte(c.rounded, c.rounded == DataType::kInt8 ? 3 : 128))
                             : TestInput::absent());
  op.inputs.push_back(c.real_bias ? constant(random_tensor({c.n}, 5)) : TestInput::absent());
  if (c.addend == DataType::kFloat) {
    op.inputs.push_back({random_tensor(y, 6, -2, 2)});
  } else if (c.addend != DataType::kUndefined) {
    op.inputs.push_back({random_bytes(c.addend, y, 6)});
  }
  op.attrs.set("real_scale", 0.03f);
  op.attrs.set("gelu", c.gelu);
  op.attrs.set("addend_scale", 0.011f);
  op.attrs.set("addend_offset", int64_t{c.addend == DataType::kInt8 ? -9 : 99});
  op.attrs.set("dtype", c.y);
  op.attrs.set("y_scale", 0.025f);
  op.attrs.set("y_zero", int64_t{c.y == DataType::kInt8 ? -20 : 77});
  return op;
}

TEST(QuantLinear, AwkwardShapes) {
  for (const Dims& x : {Dims{1, 1}, Dims{1, 64}, Dims{7, 33}, Dims{10, 16}, Dims{19, 20},
                        Dims{2, 3, 30}, Dims{2, 2, 5, 8}, Dims{56, 127}}) {
    for (const int64_t n : {1, 17, 47, 48, 96, 115}) {
      SCOPED_TRACE(dims_to_string(x) + std::to_string(n));
      expect_kernels(linear_op({x, n}), 1, "int8.linear");
    }
  }
}

TEST(QuantLinear, WhatFollowsTheProduct) {
  constexpr DataType kFloat = DataType::kFloat, kInt8 = DataType::kInt8, kUint8 = DataType::kUint8;
  for (const DataType x : {kInt8, kUint8}) {
    for (const DataType rounded : {kFloat, kInt8, kUint8}) {
      for (const DataType y : {kFloat, kInt8, kUint8}) {
        for (const DataType addend : {DataType::kUndefined, kFloat, kInt8, kUint8}) {
          for (const bool on : {false, true}) {
            expect_kernels(linear_op({{11, 40}, 70, x, rounded, y, on, on, on, addend}), 1,
                           "int8.linear");
          }
        }
      }
    }
  }
}

TEST(QuantLinear, ConstantsAreWanted) {
  for (const size_t input : {1u, 2u, 5u, 6u, 7u}) {
    TestOp op = linear_op({{4, 16}, 16});
    op.inputs[input].constant = false;
    for (const KernelImpl* kernel : qlinear_kernels()) {
      if (op.type != kernel->op || kernel->isa > detected_isa()) continue;
      const auto result = run_kernel(*kernel, op);
      EXPECT_EQ(result.ok(), std::string_view(kernel->name).ends_with(".ref")) << kernel->name;
    }
  }
}

struct Attention {
  int64_t batch, heads, queries, keys, depth, value_depth;
  bool rows = false;
  Dims mask = {};
  DataType type = DataType::kUint8;
};

TestOp attention_op(const Attention& c) {
  const auto dims = [&c](int64_t length, int64_t width) {
    return c.rows ? Dims{c.batch, length, c.heads, width} : Dims{c.batch, c.heads, length, width};
  };
  TestOp op{"QuantAttention", {}, {}, {{c.type, dims(c.queries, c.value_depth)}}};
  op.inputs = {{random_bytes(c.type, dims(c.queries, c.depth), 1)},
               {random_bytes(c.type, dims(c.keys, c.depth), 2)},
               {random_bytes(c.type, dims(c.keys, c.value_depth), 3)}};
  if (!c.mask.empty()) op.inputs.push_back({random_tensor(c.mask, 4, -2, 2)});
  const bool is_signed = c.type == DataType::kInt8;
  op.attrs.set("layout", std::string(c.rows ? "BSND" : "BNSD"));
  op.attrs.set("scale_value", 1.0f / std::sqrt(static_cast<float>(c.depth)));
  op.attrs.set("query_scale", 0.02f);
  op.attrs.set("query_offset", int64_t{is_signed ? 7 : 120});
  op.attrs.set("key_scale", 0.018f);
  op.attrs.set("key_offset", int64_t{is_signed ? -3 : 131});
  op.attrs.set("value_scale", 0.03f);
  op.attrs.set("value_offset", int64_t{is_signed ? 11 : 100});
  op.attrs.set("score_scale", 0.2f);
  op.attrs.set("score_offset", int64_t{is_signed ? 1 : 127});
  op.attrs.set("share_scale", 0.004f);
  op.attrs.set("share_offset", int64_t{is_signed ? -128 : 0});
  op.attrs.set("y_scale", 0.02f);
  op.attrs.set("y_offset", int64_t{is_signed ? -2 : 125});
  for (const char* name : {"score_dtype", "share_dtype", "y_dtype"}) op.attrs.set(name, c.type);
  return op;
}

TEST(QuantAttention, AwkwardShapes) {
  const Attention cases[] = {
      {1, 1, 1, 1, 4, 1}, {1, 2, 9, 16, 64, 64},  {2, 3, 10, 17, 32, 20},  {1, 1, 37, 129, 64, 64},
      {2, 2, 5, 3, 8, 7}, {1, 4, 33, 48, 16, 33}, {1, 1, 20, 100, 12, 50}, {3, 1, 8, 31, 128, 96},
  };
  for (Attention c : cases) {
    for (const bool rows : {false, true}) {
      for (const DataType type : {DataType::kUint8, DataType::kInt8}) {
        c.rows = rows;
        c.type = type;
        SCOPED_TRACE(std::to_string(c.queries) + "," + std::to_string(c.keys));
        expect_kernels(attention_op(c), 2, "int8.attention");
      }
    }
  }
}

TEST(QuantAttention, Masks) {
  for (const Dims& mask : {Dims{1, 1, 1, 30}, Dims{2, 1, 1, 30}, Dims{2, 3, 11, 30}, Dims{30},
                           Dims{11, 1}, Dims{1}, Dims{3, 11, 30}}) {
    SCOPED_TRACE(dims_to_string(mask));
    expect_kernels(attention_op({2, 3, 11, 30, 16, 16, false, mask}), 2, "int8.attention");
  }
  // Keys that a large negative number keeps out have no share at all.
  TestOp op = attention_op({1, 1, 4, 20, 16, 16, false, {1, 1, 1, 20}});
  std::vector<float> numbers(20, 0.0f);
  for (size_t i = 5; i < 20; ++i) numbers[i] = -10000.0f;
  op.inputs[3] = {float_tensor({1, 1, 1, 20}, numbers)};
  expect_kernels(op, 2, "int8.attention");
  const auto with = run_reference(qlinear_kernels(), op);
  std::vector<uint8_t> values(op.inputs[2].tensor.as<uint8_t>().begin(),
                              op.inputs[2].tensor.as<uint8_t>().end());
  std::fill(values.begin() + 5 * 16, values.end(), uint8_t{255});
  op.inputs[2] = {Tensor::from<uint8_t>(DataType::kUint8, {1, 1, 20, 16}, values)};
  const auto other = run_reference(qlinear_kernels(), op);
  ASSERT_TRUE(with.ok() && other.ok());
  EXPECT_TRUE(tensors_match((*with)[0], (*other)[0]));
}

TEST(LayerNormQuant, LengthsAndTypes) {
  for (const Dims& x : {Dims{1, 1}, Dims{3, 7}, Dims{2, 5, 48}, Dims{4, 100}, Dims{2, 5000}}) {
    for (const DataType type : {DataType::kInt8, DataType::kUint8}) {
      for (const bool affine : {false, true}) {
        TestOp op{"LayerNormQuant", {}, {}, {{type, x}}};
        op.inputs.push_back({random_tensor(x, 1, -3, 8)});
        if (affine) {
          op.inputs.push_back({random_tensor({x.back()}, 2, 0.5f, 1.5f)});
          op.inputs.push_back({random_tensor({x.back()}, 3)});
        }
        op.attrs.set("dtype", type);
        op.attrs.set("y_scale", 0.025f);
        op.attrs.set("y_offset", int64_t{type == DataType::kInt8 ? -4 : 117});
        SCOPED_TRACE(dims_to_string(x));
        expect_kernels(op, 1, "int8.norm", false);
      }
    }
  }
}

}  // namespace
}  // namespace poacl::kernel_test
