// The eight-bit kernels against the references, bit for bit.
#include <algorithm>
#include <random>

#include "base/isa.h"
#include "kernels/families.h"
#include "kernels/kernel_test_util.h"

namespace poacl::kernel_test {
namespace {

enum class Result { kSums, kFloat, kInt8, kUint8 };
constexpr Result kResults[] = {Result::kSums, Result::kFloat, Result::kInt8, Result::kUint8};

Tensor random_bytes(DataType type, Dims dims, uint32_t seed) {
  std::mt19937 engine(seed);
  std::vector<uint8_t> bytes(static_cast<size_t>(element_count(dims)));
  for (uint8_t& byte : bytes) {
    // The ends come often: that is where arithmetic in too few bits goes wrong.
    const uint32_t draw = engine();
    byte = static_cast<uint8_t>(draw % 4 == 0   ? (type == DataType::kInt8 ? 0x80 : 0xff)
                                : draw % 4 == 1 ? (type == DataType::kInt8 ? 0x7f : 0x00)
                                                : draw >> 8);
  }
  return Tensor::from<uint8_t>(type, std::move(dims), bytes);
}

Tensor byte(DataType type, int32_t value) {
  const auto number = static_cast<uint8_t>(value);
  return Tensor::from<uint8_t>(type, {}, {&number, 1});
}

TestInput constant(Tensor tensor) {
  return {std::move(tensor), true, Layout::kPlain};
}

// Adds the operands behind x and weights: zero point of x, none of the weights, bias, scale,
// offset.
void add_operands(TestOp* op, DataType x_type, int32_t x_zero, int64_t channels, int64_t products,
                  bool per_channel, Result result) {
  std::vector<int32_t> bias;
  std::vector<float> scales;
  // So that results spread over the range, with some beyond its ends.
  const float unit = 0.02f / std::sqrt(static_cast<float>(products));
  for (int64_t c = 0; c < channels; ++c) {
    bias.push_back(static_cast<int32_t>((c * 7919) % 20011 - 10000));
    scales.push_back(unit * (1.0f + 0.01f * static_cast<float>(c % 17)));
  }
  if (!per_channel) scales.resize(1);
  op->inputs.push_back(constant(byte(x_type, x_zero)));
  op->inputs.push_back(TestInput::absent());
  op->inputs.push_back(constant(Tensor::from<int32_t>(DataType::kInt32, {channels}, bias)));
  op->outputs[0].dtype = DataType::kInt32;
  if (result == Result::kSums) return;
  op->inputs.push_back(constant(
      Tensor::from<float>(DataType::kFloat, per_channel ? Dims{channels} : Dims{}, scales)));
  op->outputs[0].dtype = DataType::kFloat;
  if (result == Result::kFloat) return;
  op->outputs[0].dtype = result == Result::kInt8 ? DataType::kInt8 : DataType::kUint8;
  op->inputs.push_back(constant(byte(op->outputs[0].dtype, result == Result::kInt8 ? -3 : 128)));
}

struct Conv {
  Dims x, w;
  int64_t groups = 1, stride = 1, pad = 0, dilation = 1;
};

TestOp conv_op(const Conv& c, DataType type, int32_t x_zero, Result result, bool per_channel) {
  const auto extent = [&](size_t d) {
    return (c.x[d] + 2 * c.pad - (c.w[d] - 1) * c.dilation - 1) / c.stride + 1;
  };
  TestOp op{"QuantConv2D", {}, {}, {{DataType::kInt32, {c.x[0], c.w[0], extent(2), extent(3)}}}};
  op.attrs.set("groups", c.groups);
  op.attrs.set("strides", std::vector<int64_t>{c.stride, c.stride});
  op.attrs.set("dilations", std::vector<int64_t>{c.dilation, c.dilation});
  op.attrs.set("pads", std::vector<int64_t>{c.pad, c.pad, c.pad, c.pad});
  op.inputs = {{random_bytes(type, c.x, 1)}, constant(random_bytes(DataType::kInt8, c.w, 2))};
  add_operands(&op, type, x_zero, c.w[0], c.w[1] * c.w[2] * c.w[3], per_channel, result);
  return op;
}

bool has(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Each instruction set of this CPU took the operator, or none did.
void expect_machines(const std::vector<std::string>& names, const std::string& kernel, bool takes) {
  const bool packs = kernel == "int8.conv" || kernel == "int8.rows";
  const std::string wide = packs ? kernel + "16" : kernel;
  EXPECT_EQ(has(names, wide + ".generic"), takes);
  EXPECT_EQ(has(names, wide + ".avx2"), takes && detected_isa() >= Isa::kAvx2);
  EXPECT_EQ(has(names, kernel + ".vnni"), takes && cpu_has_vnni());
}

TEST(Int8Conv, AwkwardShapes) {
  const Conv cases[] = {
      {{1, 16, 1, 1}, {16, 16, 1, 1}},
      {{1, 1, 5, 7}, {1, 1, 1, 1}},
      {{2, 3, 11, 13}, {7, 3, 3, 3}, 1, 2, 1},
      {{1, 3, 23, 17}, {33, 3, 7, 7}, 1, 2, 3},
      {{1, 4, 9, 40}, {16, 4, 3, 3}, 1, 1, 1},
      {{2, 2, 9, 8}, {20, 2, 5, 5}, 1, 3, 2, 2},
      {{1, 17, 6, 5}, {31, 17, 1, 1}},
      {{2, 24, 7, 7}, {48, 24, 1, 1}, 1, 2},
      {{1, 30, 8, 9}, {19, 30, 3, 3}, 1, 1, 1},
      {{1, 33, 10, 10}, {64, 33, 3, 3}, 1, 2, 1},
      {{1, 5, 12, 12}, {6, 5, 5, 5}, 1, 1, 2},
      {{1, 20, 13, 11}, {18, 20, 3, 3}, 1, 3, 2, 2},
      {{2, 32, 4, 7}, {64, 16, 3, 3}, 2, 1, 1},
      {{1, 48, 6, 6}, {96, 16, 1, 1}, 3},
      {{1, 130, 3, 3}, {40, 130, 3, 3}, 1, 1, 1},
      {{1, 6, 4, 4}, {6, 2, 3, 3}, 3, 1, 1},
  };
  for (const Conv& c : cases) {
    for (const DataType type : {DataType::kUint8, DataType::kInt8}) {
      for (const Result result : kResults) {
        SCOPED_TRACE(dims_to_string(c.x) + dims_to_string(c.w) + std::to_string(c.stride) +
                     std::string(data_type_name(type)));
        const int32_t zero = type == DataType::kInt8 ? -128 : 255;
        const auto fast = expect_all_match(
            qlinear_kernels(), conv_op(c, type, zero, result, result == Result::kUint8));
        const bool takes = c.groups == 1 || (c.w[1] % 16 == 0 && c.w[0] / c.groups % 16 == 0);
        expect_machines(fast, "int8.conv", takes);
      }
    }
  }
}

TEST(Int8Conv, ClipsAndZeroPoints) {
  for (const int32_t zero : {0, 1, 128, 255}) {
    TestOp op = conv_op({{1, 8, 6, 6}, {20, 8, 3, 3}, 1, 1, 1}, DataType::kUint8, zero,
                        Result::kUint8, true);
    op.attrs.set("clip_low", int64_t{128});
    op.attrs.set("clip_high", int64_t{200});
    const auto fast = expect_all_match(qlinear_kernels(), op);
    EXPECT_EQ(has(fast, "int8.conv.vnni"), cpu_has_vnni());
    const auto result = run_reference(qlinear_kernels(), op);
    ASSERT_TRUE(result.ok());
    const auto y = (*result)[0].as<uint8_t>();
    EXPECT_EQ(*std::min_element(y.begin(), y.end()), 128);
    EXPECT_EQ(*std::max_element(y.begin(), y.end()), 200);
  }
}

TEST(Int8Conv, ResidualsAreAddedToTheRoundedResult) {
  const Conv cases[] = {{{1, 16, 5, 9}, {40, 16, 1, 1}},
                        {{2, 8, 7, 7}, {17, 8, 3, 3}, 1, 1, 1},
                        {{1, 3, 9, 9}, {16, 3, 3, 3}, 1, 2, 1},
                        {{1, 20, 9, 5}, {33, 20, 3, 3}, 1, 2, 1}};
  for (const Conv& c : cases) {
    for (const bool first : {false, true}) {
      for (const Result result : {Result::kInt8, Result::kUint8}) {
        for (const DataType residual : {DataType::kInt8, DataType::kUint8}) {
          for (const DataType y : {DataType::kInt8, DataType::kUint8}) {
            TestOp op = conv_op(c, DataType::kUint8, 7, result, true);
            op.inputs.push_back({random_bytes(residual, op.outputs[0].dims, 11)});
            op.outputs[0].dtype = y;
            op.attrs.set("residual_first", first);
            op.attrs.set("sum_dtype", y);
            op.attrs.set("sum_x1_scale", 0.05f);
            op.attrs.set("sum_x1_offset", int64_t{first ? 3 : 128});
            op.attrs.set("sum_x2_scale", 0.031f);
            op.attrs.set("sum_x2_offset", int64_t{first ? 128 : 3});
            op.attrs.set("sum_y_scale", 0.06f);
            op.attrs.set("sum_y_offset", int64_t{11});
            op.attrs.set("sum_clip_low", int64_t{11});
            EXPECT_EQ(has(expect_all_match(qlinear_kernels(), op), "int8.conv.vnni"),
                      cpu_has_vnni());
          }
        }
      }
    }
  }
}

// Plain images of few channels: windows' rows as whole words, pixels without gaps.
TEST(Int8Conv, Stems) {
  const Conv cases[] = {
      {{1, 3, 23, 37}, {33, 3, 7, 7}, 1, 2, 3},
      {{2, 3, 9, 11}, {16, 3, 3, 4}, 1, 2, 1},
      {{1, 1, 8, 50}, {20, 1, 3, 3}, 1, 1, 1},
      {{3, 2, 7, 19}, {17, 2, 5, 5}, 1, 3, 2},
      {{1, 3, 5, 33}, {16, 3, 1, 6}},
      {{1, 1, 28, 28}, {6, 1, 5, 5}},
      {{1, 2, 4, 4}, {48, 2, 4, 4}},
      {{1, 3, 6, 5}, {16, 3, 2, 5}, 1, 1, 2},
  };
  for (const Conv& c : cases) {
    for (const DataType type : {DataType::kUint8, DataType::kInt8}) {
      for (const Result result : kResults) {
        SCOPED_TRACE(dims_to_string(c.x) + dims_to_string(c.w));
        const TestOp op = conv_op(c, type, type == DataType::kInt8 ? -5 : 140, result, true);
        EXPECT_EQ(has(expect_all_match(qlinear_kernels(), op), "int8.stem.vnni"), cpu_has_vnni());
      }
    }
  }
}

TEST(Int8Conv, SumsFarBeyondTheRangeSaturate) {
  for (const float scale : {1e9f, 3e38f, 1.0f, -2.0f, 0.999f, 1e-30f}) {
    TestOp op =
        conv_op({{1, 16, 4, 4}, {16, 16, 1, 1}}, DataType::kUint8, 100, Result::kInt8, false);
    op.inputs[5] = constant(float_tensor({}, {scale}));
    const bool small = scale > -1.0f && scale < 1.0f;
    EXPECT_EQ(has(expect_all_match(qlinear_kernels(), op), "int8.conv.vnni"),
              small && cpu_has_vnni());
  }
}

TEST(Int8Conv, ResidualsOfHugeScalesAreForOthers) {
  for (const float scale : {1e6f, 1e8f, 1e38f}) {
    TestOp op =
        conv_op({{1, 16, 4, 4}, {16, 16, 1, 1}}, DataType::kUint8, 100, Result::kUint8, false);
    op.inputs.push_back({random_bytes(DataType::kUint8, op.outputs[0].dims, 11)});
    op.attrs.set("sum_dtype", DataType::kUint8);
    op.attrs.set("sum_x1_scale", scale);
    op.attrs.set("sum_x2_scale", 1.0f);
    op.attrs.set("sum_x2_offset", int64_t{77});
    EXPECT_EQ(has(expect_all_match(qlinear_kernels(), op), "int8.conv.vnni"),
              scale < 2e6f && cpu_has_vnni());
  }
}

TEST(Int8Conv, OthersAreDeclined) {
  TestOp op = conv_op({{1, 16, 4, 4}, {16, 16, 1, 1}}, DataType::kUint8, 100, Result::kInt8, false);
  const auto takes = [&] { return has(expect_all_match(qlinear_kernels(), op), "int8.conv.vnni"); };
  ASSERT_EQ(takes(), cpu_has_vnni());
  for (const size_t input : {1u, 2u, 4u, 5u, 6u}) {
    op.inputs[input].constant = false;
    EXPECT_FALSE(takes()) << input;
    op.inputs[input].constant = true;
  }
  op.inputs[3] = constant(byte(DataType::kInt8, 1));
  EXPECT_FALSE(takes());
  op.inputs[3] = constant(byte(DataType::kInt8, 0));
  EXPECT_EQ(takes(), cpu_has_vnni());
  op.inputs[1] = constant(random_bytes(DataType::kUint8, {16, 16, 1, 1}, 3));
  op.inputs[3] = TestInput::absent();
  EXPECT_FALSE(takes());
}

TEST(Int8Depthwise, AwkwardShapes) {
  const Conv cases[] = {
      {{1, 16, 5, 4}, {16, 1, 3, 3}, 16, 1, 1},   {{2, 32, 9, 13}, {32, 1, 3, 3}, 32, 1, 1},
      {{1, 24, 11, 10}, {24, 1, 3, 3}, 24, 2, 1}, {{1, 7, 6, 21}, {7, 1, 3, 3}, 7, 1, 0},
      {{1, 20, 8, 7}, {20, 1, 5, 5}, 20, 1, 2},   {{1, 40, 15, 15}, {40, 1, 5, 5}, 40, 2, 2},
      {{1, 16, 9, 9}, {16, 1, 7, 7}, 16, 1, 3},   {{1, 2, 3, 1}, {2, 1, 1, 1}, 2},
      {{1, 17, 34, 70}, {17, 1, 3, 3}, 17, 1, 1}, {{1, 18, 37, 66}, {18, 1, 3, 3}, 18, 2, 1},
      {{1, 16, 4, 4}, {16, 1, 2, 2}, 16, 1, 1},   {{1, 33, 5, 5}, {33, 1, 9, 9}, 33, 1, 4},
  };
  for (const Conv& c : cases) {
    for (const DataType type : {DataType::kUint8, DataType::kInt8}) {
      for (const Result result : kResults) {
        SCOPED_TRACE(dims_to_string(c.x) + dims_to_string(c.w));
        const bool bytes = result == Result::kInt8 || result == Result::kUint8;
        const auto fast = expect_all_match(qlinear_kernels(), conv_op(c, type, 77, result, true));
        expect_machines(fast, "int8.depthwise", bytes);
      }
    }
  }
}

TEST(Int8Depthwise, DilatedAndWideStridesAreSlower) {
  const Conv dilated{{1, 16, 12, 12}, {16, 1, 3, 3}, 16, 1, 2, 2};
  expect_all_match(qlinear_kernels(), conv_op(dilated, DataType::kInt8, 1, Result::kInt8, true));
  const Conv wide{{1, 16, 12, 12}, {16, 1, 3, 3}, 16, 3, 1};
  expect_all_match(qlinear_kernels(), conv_op(wide, DataType::kInt8, 1, Result::kInt8, true));
}

// An operator between dequantised and quantised numbers, its inputs in blocks or not.
TestOp quant_op(std::string type, std::vector<Dims> inputs, Dims y, DataType x_type,
                DataType y_type, Layout layout) {
  TestOp op{std::move(type), {}, {}, {{y_type, std::move(y)}}};
  op.attrs.set("dtype", y_type);
  op.attrs.set("y_scale", 0.07f);
  op.attrs.set("y_offset", int64_t{y_type == DataType::kInt8 ? -100 : 13});
  for (size_t i = 0; i < inputs.size(); ++i) {
    op.inputs.push_back({random_bytes(x_type, inputs[i], 5 + static_cast<uint32_t>(i))});
    op.inputs.back().offered = layout;
  }
  return op;
}

TEST(Int8Add, TypesLayoutsAndClips) {
  for (const Dims& dims : {Dims{1}, Dims{3, 7}, Dims{1, 16, 3, 3}, Dims{2, 19, 5, 31}}) {
    for (const DataType x : {DataType::kInt8, DataType::kUint8}) {
      for (const DataType y : {DataType::kInt8, DataType::kUint8}) {
        for (const Layout layout : {Layout::kPlain, Layout::kBlocked16}) {
          if (layout != Layout::kPlain && dims.size() != 4) continue;
          TestOp op = quant_op("QuantAdd", {dims, dims}, dims, x, y, layout);
          op.attrs.set("x1_scale", 0.05f);
          op.attrs.set("x1_offset", int64_t{x == DataType::kInt8 ? -7 : 140});
          op.attrs.set("x2_scale", 0.031f);
          op.attrs.set("x2_offset", int64_t{100});
          EXPECT_EQ(has(expect_all_match(qlinear_kernels(), op), "int8.add.vnni"), cpu_has_vnni());
          op.attrs.set("clip_low", int64_t{13});
          op.attrs.set("clip_high", int64_t{90});
          expect_all_match(qlinear_kernels(), op);
        }
      }
    }
  }
}

TEST(Int8GlobalPool, TypesAndAreas) {
  for (const Dims& dims : {Dims{1, 16, 1, 1}, Dims{2, 19, 7, 7}, Dims{1, 33, 3, 10}}) {
    for (const DataType x : {DataType::kInt8, DataType::kUint8}) {
      for (const DataType y : {DataType::kInt8, DataType::kUint8}) {
        TestOp op = quant_op("QuantGlobalAveragePool", {dims}, {dims[0], dims[1], 1, 1}, x, y,
                             Layout::kBlocked16);
        op.attrs.set("x_scale", 0.08f);
        op.attrs.set("x_offset", int64_t{x == DataType::kInt8 ? -120 : 3});
        EXPECT_EQ(has(expect_all_match(qlinear_kernels(), op), "int8.global_pool.vnni"),
                  cpu_has_vnni());
      }
    }
  }
}

TEST(Int8MaxPool, WindowsAndPads) {
  for (const DataType type : {DataType::kInt8, DataType::kUint8}) {
    for (const int64_t pad : {0, 1}) {
      TestOp op{"MaxPoolV3", {}, {}, {{type, {2, 19, 5 + pad, 4 + pad}}}};
      op.attrs.set("ksize", std::vector<int64_t>{1, 1, 3, 2});
      op.attrs.set("strides", std::vector<int64_t>{1, 1, 2, 2});
      op.attrs.set("pads", std::vector<int64_t>{pad, pad, pad, pad});
      op.inputs = {{random_bytes(type, {2, 19, 11, 8}, 9), false, Layout::kBlocked16}};
      EXPECT_EQ(has(expect_all_match(pool_kernels(), op), "int8.max_pool.vnni"), cpu_has_vnni());
    }
  }
}

TEST(Int8Matmul, AwkwardShapes) {
  struct Case {
    Dims x;
    int64_t n;
  };
  const Case cases[] = {{{1, 1}, 1},    {{1, 64}, 1000},  {{7, 33}, 17},      {{6, 16}, 64},
                        {{13, 20}, 80}, {{2, 3, 30}, 65}, {{2, 2, 5, 8}, 48}, {{25, 127}, 31}};
  for (const Case& c : cases) {
    for (const DataType type : {DataType::kUint8, DataType::kInt8}) {
      for (const Result result : kResults) {
        Dims y = c.x;
        y.back() = c.n;
        TestOp op{"QuantBatchMatmul", {}, {}, {{DataType::kInt32, y}}};
        op.inputs = {{random_bytes(type, c.x, 1)},
                     constant(random_bytes(DataType::kInt8, {c.x.back(), c.n}, 2))};
        add_operands(&op, type, type == DataType::kInt8 ? 127 : 3, c.n, c.x.back(),
                     result == Result::kInt8, result);
        SCOPED_TRACE(dims_to_string(c.x));
        expect_machines(expect_all_match(qlinear_kernels(), op), "int8.rows", true);
      }
    }
  }
}

TEST(Int8Product, TwoTensorsMadeAtRunTime) {
  struct Case {
    Dims x1, x2, y;
  };
  const Case cases[] = {{{1, 1}, {1, 1}, {1, 1}},
                        {{7, 33}, {33, 17}, {7, 17}},
                        {{2, 3, 10, 16}, {2, 3, 16, 50}, {2, 3, 10, 50}},
                        {{2, 1, 5, 30}, {3, 30, 64}, {2, 3, 5, 64}},
                        {{200, 12}, {12, 49}, {200, 49}}};
  for (const Case& c : cases) {
    for (const DataType type1 : {DataType::kUint8, DataType::kInt8}) {
      for (const DataType type2 : {DataType::kUint8, DataType::kInt8}) {
        for (const Result result : kResults) {
          TestOp op{"QuantBatchMatmul", {}, {}, {{DataType::kInt32, c.y}}};
          op.inputs = {{random_bytes(type1, c.x1, 1)}, {random_bytes(type2, c.x2, 2)}};
          add_operands(&op, type1, type1 == DataType::kInt8 ? 127 : 3, c.y.back(), c.x1.back(),
                       result == Result::kInt8, result);
          op.inputs[3] = constant(byte(type2, type2 == DataType::kInt8 ? -128 : 200));
          op.inputs[4] = TestInput::absent();
          SCOPED_TRACE(dims_to_string(c.x1));
          expect_machines(expect_all_match(qlinear_kernels(), op), "int8.product", true);
        }
      }
    }
  }
}

}  // namespace
}  // namespace poacl::kernel_test
