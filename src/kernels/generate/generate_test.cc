#include "kernels/families.h"
#include "kernels/kernel_test_util.h"

namespace poacl::kernel_test {
namespace {

Tensor result_of(const TestOp& op, std::span<const KernelImpl* const> family = generate_kernels()) {
  auto result = run_reference(family, op);
  EXPECT_TRUE(result.ok()) << result.status().message();
  if (!result.ok()) return {};
  expect_all_match(family, op);
  return (*result)[0];
}

TEST(OneHot, NegativeIndicesCountFromTheEndAndOthersNameNothing) {
  TestOp op{"OneHot", {}, {}, {{DataType::kFloat, {4, 3}, Layout::kPlain}}};
  op.inputs = {{int64_tensor({4}, {0, -1, 3, -4})},
               {int64_tensor({}, {3}), true},
               {float_tensor({}, {5})},
               {float_tensor({}, {2})}};
  EXPECT_TRUE(
      tensors_match(result_of(op), float_tensor({4, 3}, {5, 2, 2, 2, 2, 5, 2, 2, 2, 2, 2, 2})));
  op.attrs.set("axis", int64_t{0});
  op.outputs[0].dims = {3, 4};
  EXPECT_TRUE(
      tensors_match(result_of(op), float_tensor({3, 4}, {5, 2, 2, 2, 2, 2, 2, 2, 2, 5, 2, 2})));
}

TEST(OneHot, SmallIndexTypesAndRealOnes) {
  const int8_t small[] = {-3, 100};
  TestOp op{"OneHot", {}, {}, {{DataType::kInt32, {2, 200}, Layout::kPlain}}};
  op.inputs = {{Tensor::from<int8_t>(DataType::kInt8, {2}, small)},
               {int64_tensor({}, {200}), true},
               {Tensor::from<int32_t>(DataType::kInt32, {}, {{1}})},
               {Tensor::from<int32_t>(DataType::kInt32, {}, {{0}})}};
  const Tensor result = result_of(op);
  for (size_t i = 0; i < 400; ++i) {
    ASSERT_EQ(result.as<int32_t>()[i], i == 197 || i == 300 ? 1 : 0) << i;
  }
  op.inputs[0] = {float_tensor({2}, {-3, 100})};
  EXPECT_TRUE(tensors_match(result_of(op), result));
}

TEST(EyeLike, DiagonalsOfAnyMatrix) {
  for (const int64_t k : {-5, -1, 0, 2, 9}) {
    TestOp op{"EyeLike", {}, {}, {{DataType::kInt64, {3, 4}, Layout::kPlain}}};
    op.attrs.set("k", k);
    op.inputs.push_back({random_tensor({3, 4}, 1)});
    const Tensor result = result_of(op);
    for (int64_t r = 0; r < 3; ++r) {
      for (int64_t c = 0; c < 4; ++c) {
        EXPECT_EQ(result.as<int64_t>()[static_cast<size_t>(r * 4 + c)], c == r + k ? 1 : 0);
      }
    }
  }
}

TEST(Window, KnownValues) {
  const auto window = [](const char* type, int64_t count, bool periodic) {
    TestOp op{type, {}, {}, {{DataType::kFloat, {count}, Layout::kPlain}}};
    op.attrs.set("periodic", periodic);
    op.inputs.push_back({int64_tensor({}, {count}), true});
    return result_of(op);
  };
  EXPECT_TRUE(tensors_match(window("HannWindow", 4, true), float_tensor({4}, {0, 0.5f, 1, 0.5f})));
  EXPECT_TRUE(tensors_match(window("HannWindow", 3, false), float_tensor({3}, {0, 1, 0})));
  EXPECT_TRUE(tensors_match(window("BlackmanWindow", 3, false), float_tensor({3}, {0, 1, 0})));
  EXPECT_TRUE(tensors_match(window("HammingWindow", 3, false),
                            float_tensor({3}, {0.08695652f, 1, 0.08695652f})));
  EXPECT_TRUE(tensors_match(window("HannWindow", 1, false), float_tensor({1}, {1})));
  EXPECT_EQ(window("HannWindow", 0, false).count(), 0);
}

TEST(Determinant, PivotsAndSingularMatrices) {
  TestOp op{"MatrixDeterminant", {}, {}, {{DataType::kFloat, {3}, Layout::kPlain}}};
  op.inputs.push_back({float_tensor({3, 2, 2}, {0, 2, 3, 4, 1, 2, 2, 4, 5, 1, 1, 5})});
  EXPECT_TRUE(tensors_match(result_of(op), float_tensor({3}, {-6, 0, 24})));
  op.inputs[0] = {float_tensor({1, 3, 3}, {2, 0, 1, 1, 3, 2, 1, 1, 1})};
  op.outputs[0].dims = {1};
  EXPECT_TRUE(tensors_match(result_of(op), float_tensor({1}, {0})));
}

TEST(TfIdf, CountsGramsWithSkips) {
  // Pool: 1-grams 2, 3; 2-grams (5,6), (7,8).
  TestOp op{"TfIdfVectorizer", {}, {}, {{DataType::kFloat, {4}, Layout::kPlain}}};
  op.attrs.set("mode", std::string("TF"));
  op.attrs.set("min_gram_length", int64_t{1});
  op.attrs.set("max_gram_length", int64_t{2});
  op.attrs.set("max_skip_count", int64_t{1});
  op.inputs = {{int64_tensor({7}, {2, 5, 6, 2, 7, 3, 8})},
               {int64_tensor({6}, {2, 3, 5, 6, 7, 8}), true},
               {int64_tensor({2}, {0, 2}), true},
               {int64_tensor({4}, {3, 2, 1, 0}), true}};
  EXPECT_TRUE(tensors_match(result_of(op), float_tensor({4}, {1, 1, 1, 2})));
  op.attrs.set("max_skip_count", int64_t{0});
  EXPECT_TRUE(tensors_match(result_of(op), float_tensor({4}, {0, 1, 1, 2})));
  op.attrs.set("mode", std::string("TFIDF"));
  op.inputs.push_back({float_tensor({4}, {0.5f, 10, 100, 1000}), true});
  EXPECT_TRUE(tensors_match(result_of(op), float_tensor({4}, {0, 100, 10, 1})));
}

TEST(Cumulative, EveryFormAlongEveryAxis) {
  const auto cumulate = [](const char* type, int64_t axis, bool exclusive, bool reverse) {
    TestOp op{type, {}, {}, {{DataType::kFloat, {2, 3}, Layout::kPlain}}};
    op.attrs.set("exclusive", exclusive);
    op.attrs.set("reverse", reverse);
    op.inputs = {{float_tensor({2, 3}, {1, 2, 3, 4, 5, 6})}, {int64_tensor({}, {axis})}};
    return result_of(op, cumulative_kernels());
  };
  EXPECT_TRUE(tensors_match(cumulate("Cumsum", 1, false, false),
                            float_tensor({2, 3}, {1, 3, 6, 4, 9, 15})));
  EXPECT_TRUE(
      tensors_match(cumulate("Cumsum", -1, true, true), float_tensor({2, 3}, {5, 3, 0, 11, 6, 0})));
  EXPECT_TRUE(
      tensors_match(cumulate("Cumsum", 0, true, false), float_tensor({2, 3}, {0, 0, 0, 1, 2, 3})));
  EXPECT_TRUE(tensors_match(cumulate("Cumprod", 0, false, true),
                            float_tensor({2, 3}, {4, 10, 18, 4, 5, 6})));
  EXPECT_TRUE(tensors_match(cumulate("Cumprod", 1, true, false),
                            float_tensor({2, 3}, {1, 1, 2, 1, 4, 20})));
}

}  // namespace
}  // namespace poacl::kernel_test
