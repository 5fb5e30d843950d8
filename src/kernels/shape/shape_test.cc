#include <algorithm>

#include "kernels/families.h"
#include "kernels/kernel_test_util.h"
#include "kernels/shape/slice_range.h"

namespace poacl::kernel_test {
namespace {

TensorDesc plain(DataType type, Dims dims) {
  return {type, std::move(dims), Layout::kPlain};
}

void expect_fast(const TestOp& op) {
  EXPECT_FALSE(expect_all_match(shape_kernels(), op, {0, 0}).empty()) << op.type;
}

TEST(Concat, EveryAxisAndLayout) {
  for (const Layout layout : {Layout::kPlain, Layout::kBlocked8, Layout::kBlocked16}) {
    for (const int64_t axis : {0, 1, 2, 3, -1}) {
      const size_t at = static_cast<size_t>(axis < 0 ? axis + 4 : axis);
      for (const auto& sizes :
           {std::vector<int64_t>{16, 32, 16}, {5, 3}, {16, 7}, {8, 1, 0, 3}, {9}}) {
        TestOp op{"ConcatD", {}, {}, {}};
        op.attrs.set("concat_dim", axis);
        Dims out = {2, 16, 3, 5};
        out[at] = 0;
        uint32_t seed = 0;
        for (const int64_t size : sizes) {
          Dims dims = out;
          dims[at] = size;
          op.inputs.push_back({random_tensor(dims, ++seed), false, layout});
        }
        for (const int64_t size : sizes) out[at] += size;
        op.outputs.push_back(plain(DataType::kFloat, out));
        expect_fast(op);
      }
    }
  }
}

TEST(Concat, MixedLayoutsConstantsAndBytes) {
  TestOp op{"ConcatD", {}, {}, {plain(DataType::kFloat, {1, 48, 4, 4})}};
  op.attrs.set("concat_dim", int64_t{1});
  op.inputs.push_back({random_tensor({1, 16, 4, 4}, 1), false, Layout::kBlocked16});
  op.inputs.push_back({random_tensor({1, 32, 4, 4}, 2), true, Layout::kPlain});
  expect_fast(op);
  const std::vector<uint8_t> bytes = {1, 2, 3};
  TestOp small{"ConcatD", {}, {}, {plain(DataType::kUint8, {6})}};
  small.attrs.set("concat_dim", int64_t{0});
  small.inputs.assign(2, {Tensor::from<uint8_t>(DataType::kUint8, {3}, bytes)});
  expect_fast(small);
}

TEST(Split, PartsOfEverySize) {
  for (const Layout layout : {Layout::kPlain, Layout::kBlocked8, Layout::kBlocked16}) {
    for (const auto& sizes : {std::vector<int64_t>{16, 32}, {8, 40}, {1, 47}, {0, 48}}) {
      TestOp op{"SplitVD", {}, {{random_tensor({2, 48, 3, 3}, 4), false, layout}}, {}};
      op.attrs.set("split_dim", int64_t{1});
      op.attrs.set("size_splits", sizes);
      for (const int64_t size : sizes) {
        op.outputs.push_back(plain(DataType::kFloat, {2, size, 3, 3}));
      }
      expect_fast(op);
    }
  }
}

TEST(Transpose, EveryPermutationOfFour) {
  std::vector<int64_t> perm = {0, 1, 2, 3};
  const Dims in = {3, 35, 2, 67};
  do {
    Dims out;
    for (const int64_t p : perm) out.push_back(in[static_cast<size_t>(p)]);
    TestOp op{"TransposeD", {}, {{random_tensor(in, 5)}}, {plain(DataType::kFloat, out)}};
    op.attrs.set("perm", perm);
    expect_fast(op);
  } while (std::next_permutation(perm.begin(), perm.end()));
}

TEST(Transpose, OtherElementSizesAndScalars) {
  TestOp op{"TransposeD",
            {},
            {{int64_tensor({2, 3}, {1, 2, 3, 4, 5, 6})}},
            {plain(DataType::kInt64, {3, 2})}};
  op.attrs.set("perm", std::vector<int64_t>{1, 0});
  expect_fast(op);
  const auto result = run_reference(shape_kernels(), op);
  ASSERT_TRUE(result.ok());
  EXPECT_TRUE(tensors_match((*result)[0], int64_tensor({3, 2}, {1, 4, 2, 5, 3, 6})));
  TestOp scalar{"TransposeD", {}, {{random_tensor({}, 1)}}, {plain(DataType::kFloat, {})}};
  scalar.attrs.set("perm", std::vector<int64_t>{});
  expect_fast(scalar);
}

TestOp pad(const Dims& in, const std::vector<int64_t>& pads, const std::string& mode,
           Layout layout = Layout::kPlain) {
  Dims out = in;
  for (size_t d = 0; d < in.size(); ++d) out[d] += pads[2 * d] + pads[2 * d + 1];
  TestOp op{"PadV3", {}, {{random_tensor(in, 6), false, layout}}, {plain(DataType::kFloat, out)}};
  op.attrs.set("mode", mode);
  op.inputs.push_back({int64_tensor({static_cast<int64_t>(in.size()), 2}, pads), true});
  return op;
}

TEST(Pad, ConstantInEveryLayout) {
  for (const Layout layout : {Layout::kPlain, Layout::kBlocked8, Layout::kBlocked16}) {
    for (const int64_t c : {3, 16, 20}) {
      TestOp op = pad({2, c, 4, 5}, {0, 0, 0, 0, 1, 2, 3, 0}, "constant", layout);
      expect_fast(op);
      op.inputs.push_back({float_tensor({}, {1.5f}), true});
      expect_fast(op);
      op.inputs[2].constant = false;
      expect_fast(op);
      expect_fast(pad({2, c, 4, 5}, {1, 0, 2, 1, 0, 0, 0, 3}, "constant", layout));
    }
  }
  expect_fast(pad({0, 3}, {1, 1, 0, 0}, "constant"));
}

TEST(Pad, OtherModesAndCropping) {
  TestOp op = pad({4}, {2, 3}, "reflect");
  op.inputs[0].tensor = float_tensor({4}, {1, 2, 3, 4});
  auto result = run_reference(shape_kernels(), op);
  ASSERT_TRUE(result.ok());
  EXPECT_TRUE(tensors_match((*result)[0], float_tensor({9}, {3, 2, 1, 2, 3, 4, 3, 2, 1})));
  op.attrs.set("mode", std::string("edge"));
  result = run_reference(shape_kernels(), op);
  ASSERT_TRUE(result.ok());
  EXPECT_TRUE(tensors_match((*result)[0], float_tensor({9}, {1, 1, 1, 2, 3, 4, 4, 4, 4})));
  op = pad({4}, {-1, 1}, "constant");
  op.inputs[0].tensor = float_tensor({4}, {1, 2, 3, 4});
  result = run_reference(shape_kernels(), op);
  ASSERT_TRUE(result.ok());
  EXPECT_TRUE(tensors_match((*result)[0], float_tensor({4}, {2, 3, 4, 0})));
}

TEST(Pad, WrapsReflectsAgainAndCropsFirst) {
  const Tensor x = float_tensor({4}, {1, 2, 3, 4});
  const struct {
    const char* mode;
    std::vector<int64_t> pads;
    std::vector<float> expected;
  } cases[] = {
      {"wrap", {2, 3}, {3, 4, 1, 2, 3, 4, 1, 2, 3}},
      {"wrap", {5, 0}, {4, 1, 2, 3, 4, 1, 2, 3, 4}},
      {"reflect", {0, 7}, {1, 2, 3, 4, 3, 2, 1, 2, 3, 4, 3}},
      {"reflect", {-1, 2}, {2, 3, 4, 3, 2}},
      {"edge", {2, -2}, {1, 1, 1, 2}},
      {"constant", {-2, -1}, {3}},
  };
  for (const auto& c : cases) {
    TestOp op = pad({4}, c.pads, c.mode);
    op.inputs[0].tensor = x;
    const auto result = run_reference(shape_kernels(), op);
    ASSERT_TRUE(result.ok());
    const int64_t count = static_cast<int64_t>(c.expected.size());
    EXPECT_TRUE(tensors_match((*result)[0], float_tensor({count}, c.expected))) << c.mode;
    expect_fast(op);
  }
}

TEST(Pad, RowsInEveryModeAndBothOrders) {
  for (const char* mode : {"constant", "reflect", "edge", "wrap"}) {
    TestOp op = pad({2, 3, 5}, {1, 0, 2, -1, 3, 4}, mode);
    expect_fast(op);
    op.attrs.set("paddings_contiguous", false);
    op.inputs[1].tensor = int64_tensor({6}, {1, 2, 3, 0, -1, 4});
    expect_fast(op);
  }
}

TEST(Split, SizesAndAxisAsInputs) {
  TestOp op{"SplitV",
            {},
            {{random_tensor({3, 7, 2}, 4)},
             {int64_tensor({3}, {4, 0, 3}), true},
             {int64_tensor({}, {-2}), true}},
            {plain(DataType::kFloat, {3, 4, 2}), plain(DataType::kFloat, {3, 0, 2}),
             plain(DataType::kFloat, {3, 3, 2})}};
  expect_fast(op);
}

TEST(Gather, RowsMatchTheReference) {
  for (const int64_t axis : {0, 1}) {
    Dims out = {3, 5, 8};
    out[static_cast<size_t>(axis)] = 4;
    TestOp op{"GatherV2", {}, {{random_tensor({3, 5, 8}, 2)}}, {plain(DataType::kFloat, out)}};
    op.inputs.push_back({int64_tensor({4}, {-1, 0, 99, -99})});
    op.inputs.push_back({int64_tensor({}, {axis}), true});
    expect_fast(op);
  }
}

TEST(Slice, RangesClampAsNumpyDoes) {
  const struct {
    int64_t begin, end, step, dim, first, count;
  } cases[] = {
      {0, INT64_MAX, 1, 5, 0, 5},         {-2, INT64_MAX, 1, 5, 3, 2},         {10, 20, 1, 5, 5, 0},
      {-1, INT64_MIN, -1, 5, 4, 5},       {INT64_MAX, INT64_MIN, -2, 5, 4, 3}, {3, 1, -1, 5, 3, 2},
      {0, 5, INT64_MAX, 5, 0, 1},         {4, INT64_MIN, INT64_MIN, 5, 4, 1},  {1, 2, 1, 0, 0, 0},
      {INT64_MIN, INT64_MAX, 2, 5, 0, 3},
  };
  for (const auto& c : cases) {
    const SliceRange range = slice_range(c.begin, c.end, c.step, c.dim);
    EXPECT_EQ(range.begin, c.first) << c.begin << ':' << c.end << ':' << c.step;
    EXPECT_EQ(range.count, c.count) << c.begin << ':' << c.end << ':' << c.step;
  }
}

TEST(Slice, StepsAndLayouts) {
  for (const Layout layout : {Layout::kPlain, Layout::kBlocked8, Layout::kBlocked16}) {
    const struct {
      std::vector<int64_t> begin, end, axes, steps;
    } cases[] = {
        {{1, 0}, {4, 3}, {2, 3}, {1, 2}},
        {{16}, {32}, {1}, {1}},
        {{16}, {99}, {-3}, {1}},
        {{3}, {19}, {1}, {1}},
        {{-1}, {-9}, {3}, {-1}},
        {{0}, {40}, {1}, {3}},
        {{2}, {2}, {2}, {1}},
        {{5}, {-100}, {2}, {-INT64_MAX}},
    };
    for (const auto& c : cases) {
      const Dims in = {2, 40, 6, 7};
      Dims out = in;
      for (size_t i = 0; i < c.axes.size(); ++i) {
        const size_t axis = static_cast<size_t>(c.axes[i] < 0 ? c.axes[i] + 4 : c.axes[i]);
        out[axis] = slice_range(c.begin[i], c.end[i], c.steps[i], in[axis]).count;
      }
      TestOp op{"StridedSliceV2",
                {},
                {{random_tensor(in, 8), false, layout}},
                {plain(DataType::kFloat, out)}};
      const Dims length = {static_cast<int64_t>(c.axes.size())};
      for (const auto& list : {c.begin, c.end, c.axes, c.steps}) {
        op.inputs.push_back({int64_tensor(length, list), true});
      }
      expect_fast(op);
    }
  }
}

TEST(TileAndExpand, MatchTheReference) {
  for (const auto& times : {Dims{1, 1, 1}, Dims{2, 1, 3}, Dims{3, 2, 2}, Dims{0, 1, 1}}) {
    TestOp op{"Tile",
              {},
              {{random_tensor({2, 3, 5}, 1)}, {int64_tensor({3}, times), true}},
              {plain(DataType::kFloat, {2 * times[0], 3 * times[1], 5 * times[2]})}};
    expect_fast(op);
  }
  for (const auto& in : {Dims{}, Dims{5}, Dims{3, 1}, Dims{2, 3, 5}, Dims{2, 1, 1}}) {
    TestOp op{"Expand",
              {},
              {{random_tensor(in, 1)}, {int64_tensor({3}, {2, 3, 5}), true}},
              {plain(DataType::kFloat, {2, 3, 5})}};
    expect_fast(op);
  }
}

TEST(Gather, NegativeAndWildIndices) {
  TestOp op{"GatherV2",
            {},
            {{float_tensor({3, 2}, {1, 2, 3, 4, 5, 6})}},
            {plain(DataType::kFloat, {4, 2})}};
  op.inputs.push_back({int64_tensor({4}, {-1, 0, 99, -99})});
  op.inputs.push_back({int64_tensor({}, {0}), true});
  const auto result = run_reference(shape_kernels(), op);
  ASSERT_TRUE(result.ok());
  EXPECT_TRUE(tensors_match((*result)[0], float_tensor({4, 2}, {5, 6, 1, 2, 5, 6, 1, 2})));
}

TEST(FillAndRange, MakeTheirValues) {
  TestOp fill{"Fill",
              {},
              {{int64_tensor({2}, {2, 2}), true}, {float_tensor({}, {7}), true}},
              {plain(DataType::kFloat, {2, 2})}};
  auto result = run_reference(shape_kernels(), fill);
  ASSERT_TRUE(result.ok());
  EXPECT_TRUE(tensors_match((*result)[0], float_tensor({2, 2}, {7, 7, 7, 7})));
  TestOp range{"Range", {}, {}, {plain(DataType::kInt64, {3})}};
  for (const int64_t v : {10, 4, -2}) range.inputs.push_back({int64_tensor({}, {v}), true});
  result = run_reference(shape_kernels(), range);
  ASSERT_TRUE(result.ok());
  EXPECT_TRUE(tensors_match((*result)[0], int64_tensor({3}, {10, 8, 6})));
}

}  // namespace
}  // namespace poacl::kernel_test
