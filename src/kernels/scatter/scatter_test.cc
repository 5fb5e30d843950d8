#include "kernels/families.h"
#include "kernels/kernel_test_util.h"

namespace poacl::kernel_test {
namespace {

TensorDesc plain(DataType type, Dims dims) {
  return {type, std::move(dims), Layout::kPlain};
}

Tensor run_one(const TestOp& op) {
  const auto result = run_reference(scatter_kernels(), op);
  EXPECT_TRUE(result.ok()) << result.status().message();
  return result.ok() ? (*result)[0] : Tensor();
}

TEST(GatherElements, PicksAlongTheAxis) {
  TestOp op{"GatherElements",
            {},
            {{float_tensor({2, 3}, {1, 2, 3, 4, 5, 6})}, {int64_tensor({2, 2}, {2, 0, -1, -99})}},
            {plain(DataType::kFloat, {2, 2})}};
  op.attrs.set("dim", int64_t{1});
  EXPECT_TRUE(tensors_match(run_one(op), float_tensor({2, 2}, {3, 1, 6, 4})));
  op.attrs.set("dim", int64_t{0});
  op.inputs[1].tensor = int64_tensor({1, 2}, {1, 0});
  op.outputs = {plain(DataType::kFloat, {1, 2})};
  EXPECT_TRUE(tensors_match(run_one(op), float_tensor({1, 2}, {4, 2})));
}

TEST(GatherElements, LinesMatchTheReference) {
  for (int64_t axis = 0; axis < 3; ++axis) {
    Dims dims = {3, 5, 4};
    dims[static_cast<size_t>(axis)] = 7;
    std::vector<int32_t> indices;
    for (int i = 0; i < element_count(dims); ++i) indices.push_back((i * 7) % 5 - 2);
    TestOp op{
        "GatherElements", {}, {{random_tensor({3, 5, 4}, 1)}}, {plain(DataType::kFloat, dims)}};
    op.inputs.push_back({Tensor::from<int32_t>(DataType::kInt32, dims, indices)});
    op.attrs.set("dim", axis);
    EXPECT_EQ(expect_all_match(scatter_kernels(), op, {0, 0}).size(), 1u);
  }
}

TEST(GatherNd, SlicesAndBatches) {
  TestOp op{"GatherNd",
            {},
            {{float_tensor({2, 2, 2}, {0, 1, 2, 3, 4, 5, 6, 7})}, {int64_tensor({2, 1}, {1, -2})}},
            {plain(DataType::kFloat, {2, 2, 2})}};
  op.attrs.set("batch_dims", int64_t{0});
  EXPECT_TRUE(tensors_match(run_one(op), float_tensor({2, 2, 2}, {4, 5, 6, 7, 0, 1, 2, 3})));
  op.attrs.set("batch_dims", int64_t{1});
  op.outputs = {plain(DataType::kFloat, {2, 2})};
  EXPECT_TRUE(tensors_match(run_one(op), float_tensor({2, 2}, {2, 3, 4, 5})));
  op.inputs[1].tensor = int64_tensor({1, 3}, {1, 99, 0});
  op.attrs.set("batch_dims", int64_t{0});
  op.outputs = {plain(DataType::kFloat, {1})};
  EXPECT_TRUE(tensors_match(run_one(op), float_tensor({1}, {6})));
}

template <typename T>
Tensor numbers(DataType type, Dims dims, const std::vector<int>& values) {
  const std::vector<T> typed(values.begin(), values.end());
  return Tensor::from<T>(type, std::move(dims), typed);
}

template <typename T>
void check_reductions(DataType type) {
  const struct {
    const char* reduction;
    std::vector<int> expected;
  } cases[] = {{"none", {9, 2, 5, 4}},
               {"add", {10, 2, 11, 4}},
               {"mul", {9, 2, 45, 4}},
               {"max", {9, 2, 5, 4}},
               {"min", {1, 2, 3, 4}}};
  for (const auto& c : cases) {
    TestOp op{"ScatterElements",
              {},
              {{numbers<T>(type, {4}, {1, 2, 3, 4})},
               {int64_tensor({4}, {0, 2, -2, 77})},
               {numbers<T>(type, {4}, {9, 3, 5, 8})}},
              {plain(type, {4})}};
    op.attrs.set("axis", int64_t{0});
    op.attrs.set("reduction", std::string(c.reduction));
    EXPECT_TRUE(tensors_match(run_one(op), numbers<T>(type, {4}, c.expected)))
        << c.reduction << ' ' << data_type_name(type);
    const char* const types[] = {"TensorScatterUpdate", "TensorScatterAdd", "TensorScatterMul",
                                 "TensorScatterMax", "TensorScatterMin"};
    op.type = types[&c - cases];
    op.inputs[1].tensor = int64_tensor({4, 1}, {0, 2, -2, 77});
    EXPECT_TRUE(tensors_match(run_one(op), numbers<T>(type, {4}, c.expected)))
        << op.type << ' ' << data_type_name(type);
    expect_all_match(scatter_kernels(), op);  // in place too
  }
}

TEST(Scatter, EveryReductionAndType) {
  check_reductions<float>(DataType::kFloat);
  check_reductions<double>(DataType::kDouble);
  check_reductions<int8_t>(DataType::kInt8);
  check_reductions<uint16_t>(DataType::kUint16);
  check_reductions<int64_t>(DataType::kInt64);
}

TEST(Scatter, NanStaysAndIntegersWrap) {
  TestOp op{"TensorScatterMax",
            {},
            {{float_tensor({2}, {NAN, 1})},
             {int64_tensor({2, 1}, {0, 1})},
             {float_tensor({2}, {5, NAN})}},
            {plain(DataType::kFloat, {2})}};
  EXPECT_TRUE(tensors_match(run_one(op), float_tensor({2}, {NAN, NAN})));
  TestOp wrap{
      "TensorScatterAdd",
      {},
      {{int64_tensor({1}, {INT64_MAX})}, {int64_tensor({1, 1}, {0})}, {int64_tensor({1}, {1})}},
      {plain(DataType::kInt64, {1})}};
  EXPECT_TRUE(tensors_match(run_one(wrap), int64_tensor({1}, {INT64_MIN})));
}

TEST(ReverseSequence, BothAxesAndWildLengths) {
  TestOp op{"ReverseSequence",
            {},
            {{float_tensor({2, 3}, {1, 2, 3, 4, 5, 6})}, {int64_tensor({2}, {2, 99})}},
            {plain(DataType::kFloat, {2, 3})}};
  op.attrs.set("seq_dim", int64_t{1});
  op.attrs.set("batch_dim", int64_t{0});
  EXPECT_TRUE(tensors_match(run_one(op), float_tensor({2, 3}, {2, 1, 3, 6, 5, 4})));
  op.attrs.set("seq_dim", int64_t{0});
  op.attrs.set("batch_dim", int64_t{1});
  op.inputs[1].tensor = int64_tensor({3}, {2, 1, -5});
  EXPECT_TRUE(tensors_match(run_one(op), float_tensor({2, 3}, {4, 2, 3, 1, 5, 6})));
}

}  // namespace
}  // namespace poacl::kernel_test
