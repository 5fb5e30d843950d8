// Elementwise operators on bfloat16 tensors against the references.
#include "kernels/bf16/bf16_test_util.h"
#include "kernels/families.h"

namespace poacl {
namespace {

using namespace bf16_test;
using kernel_test::TestInput;
using kernel_test::TestOp;

const Dims kShapes[] = {{1, 16, 7, 7}, {2, 20, 5, 3}, {3, 33, 1, 1}, {1, 64, 40, 30}, {2, 5}};

TestOp make_unary(const char* type, const Dims& dims, Layout layout) {
  TestOp op;
  op.type = type;
  op.inputs.push_back({rounded(kernel_test::random_tensor(dims, 1, -4.0f, 4.0f)), false, layout});
  op.outputs.push_back({DataType::kFloat, dims});
  return op;
}

TEST(Bf16Eltwise, Unary) {
  POACL_NEEDS_BF16();
  const std::pair<const char*, const char*> kernels[] = {
      {"Relu", "relu.bf16"},       {"Relu6", "relu6.bf16"},
      {"Sigmoid", "sigmoid.bf16"}, {"HardSwish", "hard_swish.bf16"},
      {"Swish", "swish.bf16"},     {"Gelu", "gelu.bf16"},
      {"Mish", "mish.bf16"},       {"HardSigmoid", "hard_sigmoid.bf16"}};
  for (const auto& [type, name] : kernels) {
    for (const Dims& dims : kShapes) {
      for (const Layout layout : {Layout::kPlainBf16, Layout::kBlocked16Bf16}) {
        SCOPED_TRACE(dims_to_string(dims));
        expect_matches(name, eltwise_kernels(), make_unary(type, dims, layout));
      }
    }
  }
  EXPECT_EQ(reason("relu.bf16", make_unary("Relu", {1, 16, 2, 2}, Layout::kBlocked16)),
            "x does not come in bfloat16");
}

TEST(Bf16Eltwise, ClipWithBoundsAtRun) {
  POACL_NEEDS_BF16();
  for (const bool constant : {true, false}) {
    for (const Dims& dims : kShapes) {
      TestOp op = make_unary("ClipByValue", dims, Layout::kBlocked16Bf16);
      op.inputs.push_back({kernel_test::float_tensor({}, {0.25f}), constant});
      op.inputs.push_back({kernel_test::float_tensor({}, {2.5f}), constant});
      expect_matches("clip_by_value.bf16", eltwise_kernels(), op);
    }
  }
}

TestOp make_binary(const char* type, TestInput a, TestInput b, const Dims& out) {
  TestOp op;
  op.type = type;
  op.inputs = {std::move(a), std::move(b)};
  op.outputs.push_back({DataType::kFloat, out});
  return op;
}

const std::pair<const char*, const char*> kBinary[] = {
    {"Add", "add.bf16"},          {"Sub", "sub.bf16"},         {"Mul", "mul.bf16"},
    {"RealDiv", "real_div.bf16"}, {"Maximum", "maximum.bf16"}, {"Minimum", "minimum.bf16"}};

TEST(Bf16Eltwise, SameShapes) {
  POACL_NEEDS_BF16();
  for (const auto& [type, name] : kBinary) {
    for (const Dims& dims : kShapes) {
      for (const Layout layout : {Layout::kPlainBf16, Layout::kBlocked16Bf16}) {
        TestOp op =
            make_binary(type, {random_bf16(dims, 1), false, layout},
                        {rounded(kernel_test::random_tensor(dims, 2, 1, 3)), false, layout}, dims);
        expect_matches(name, eltwise_kernels(), op);
        if (op.type == "RealDiv" || op.type == "Maximum" || op.type == "Minimum") continue;
        set_activation(op.attrs, {ActivationKind::kHardSigmoid, 0.2f, 0.5f});
        expect_matches(name, eltwise_kernels(), op);
      }
    }
  }
}

TEST(Bf16Eltwise, OneNumberPerChannel) {
  POACL_NEEDS_BF16();
  for (const auto& [type, name] : kBinary) {
    for (const Dims& dims : kShapes) {
      if (dims.size() < 4) continue;
      for (const int64_t batch : {int64_t{1}, dims[0]}) {
        const Dims channel = {batch, dims[1], 1, 1};
        if (channel == dims) continue;
        const TestInput whole = {rounded(kernel_test::random_tensor(dims, 1, 1, 3)), false,
                                 Layout::kBlocked16Bf16};
        const TestInput gate = {kernel_test::random_tensor(channel, 2, 1, 3)};
        expect_matches(name, eltwise_kernels(), make_binary(type, whole, gate, dims));
        expect_matches(name, eltwise_kernels(), make_binary(type, gate, whole, dims));
      }
    }
  }
}

TEST(Bf16Eltwise, OneConstant) {
  POACL_NEEDS_BF16();
  for (const auto& [type, name] : kBinary) {
    for (const Layout layout : {Layout::kPlainBf16, Layout::kBlocked16Bf16}) {
      const Dims dims = {2, 20, 50, 3};
      const TestInput whole = {rounded(kernel_test::random_tensor(dims, 1, 1, 3)), false, layout};
      const TestInput number = {kernel_test::float_tensor({}, {1.7f}), true};
      expect_matches(name, eltwise_kernels(), make_binary(type, whole, number, dims));
      expect_matches(name, eltwise_kernels(), make_binary(type, number, whole, dims));
    }
  }
}

TEST(Bf16Eltwise, OneConstantPerChannel) {
  POACL_NEEDS_BF16();
  for (const auto& [type, name] : kBinary) {
    for (const Dims& shape : {Dims{20, 1, 1}, Dims{1, 20, 1, 1}}) {
      const Dims dims = {2, 20, 50, 3};
      const TestInput whole = {rounded(kernel_test::random_tensor(dims, 1, 1, 3)), false,
                               Layout::kBlocked16Bf16};
      const TestInput numbers = {kernel_test::random_tensor(shape, 2, 1, 3), true};
      expect_matches(name, eltwise_kernels(), make_binary(type, whole, numbers, dims));
    }
  }
  const Dims dims = {2, 20, 5, 3};
  TestOp op = make_binary("PRelu", {random_bf16(dims, 1), false, Layout::kBlocked16Bf16},
                          {kernel_test::random_tensor({20, 1, 1}, 2), true}, dims);
  expect_matches("prelu.bf16", eltwise_kernels(), op);
  op.inputs[1].tensor = kernel_test::random_tensor({5, 3}, 2);
  EXPECT_EQ(reason("prelu.bf16", op), "a constant [5,3] for y [2,20,5,3]");
}

// A float stays float: only operands that are bfloat16 already are taken.
TEST(Bf16Eltwise, BothInBfloat16) {
  POACL_NEEDS_BF16();
  const Dims dims = {1, 16, 2, 2};
  const TestOp op = make_binary("Add", {random_bf16(dims, 1), false, Layout::kBlocked16Bf16},
                                {random_bf16(dims, 2), false, Layout::kBlocked16}, dims);
  EXPECT_EQ(reason("add.bf16", op), "one of the inputs does not come in bfloat16");
}

TEST(Bf16Eltwise, Concat) {
  for (const Layout layout : {Layout::kPlainBf16, Layout::kBlocked16Bf16}) {
    for (const int64_t first : {32, 20}) {
      TestOp op;
      op.type = "ConcatD";
      op.attrs.set("concat_dim", int64_t{1});
      op.inputs.push_back({random_bf16({2, first, 5, 3}, 1), false, layout});
      op.inputs.push_back({random_bf16({2, 17, 5, 3}, 2), false, layout});
      op.outputs.push_back({DataType::kFloat, {2, first + 17, 5, 3}});
      expect_matches("concat.copy", shape_kernels(), op, {0, 0});
      op.inputs[1].offered = full_width(layout);
      expect_matches("concat.copy", shape_kernels(), op, {0, 0});
    }
  }
}

}  // namespace
}  // namespace poacl
