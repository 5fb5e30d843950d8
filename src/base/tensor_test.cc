#include "base/tensor.h"

#include <limits>
#include <new>

#include <gtest/gtest.h>

namespace poacl {
namespace {

TEST(Dims, CountKnowsScalarsUnknownsZerosAndOverflow) {
  EXPECT_EQ(element_count(Dims{}), 1);
  EXPECT_EQ(element_count(Dims{2, 3, 4}), 24);
  EXPECT_EQ(element_count(Dims{2, -1}), -1);
  EXPECT_EQ(element_count(Dims{0, 5}), 0);
  EXPECT_EQ(element_count(Dims{0, -1}), -1);
  EXPECT_EQ(element_count(Dims{std::numeric_limits<int64_t>::max(), 2}), -1);
  EXPECT_EQ(dims_to_string(Dims{1, -1, 3}), "[1,-1,3]");
}

TEST(TensorDesc, BlockedStorageIsPaddedToWholeBlocks) {
  const Dims dims{2, 17, 3, 5};
  EXPECT_EQ(storage_bytes({DataType::kFloat, dims, Layout::kPlain}), 2u * 17 * 15 * 4);
  EXPECT_EQ(storage_bytes({DataType::kFloat, dims, Layout::kBlocked16}), 2u * 32 * 15 * 4);
  EXPECT_EQ(storage_bytes({DataType::kFloat, dims, Layout::kBlocked8}), 2u * 24 * 15 * 4);
  EXPECT_EQ(storage_bytes({DataType::kFloat, {4, -1}, Layout::kPlain}), 0u);
}

TEST(TensorDesc, StorageThatNoNumberHoldsIsZero) {
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  EXPECT_EQ(storage_bytes({DataType::kDouble, {int64_t{1} << 61}, Layout::kPlain}), 0u);
  EXPECT_EQ(storage_bytes({DataType::kDouble, {(int64_t{1} << 61) + 1}, Layout::kPlain}), 0u);
  EXPECT_EQ(storage_bytes({DataType::kFloat, {1, kMax - 3}, Layout::kBlocked16}), 0u);
  EXPECT_EQ(storage_bytes({DataType::kInt8, {1, kMax - 15}, Layout::kBlocked16}),
            static_cast<size_t>(kMax - 15));
  EXPECT_EQ(storage_bytes({DataType::kFloat, {4, -1, 3}, Layout::kBlocked16}), 0u);
  EXPECT_EQ(storage_bytes({DataType::kFloat, {-3, -40}, Layout::kBlocked8}), 0u);
  EXPECT_EQ(storage_bytes({DataType::kFloat, {0, 3}, Layout::kBlocked8}), 0u);
  EXPECT_EQ(storage_bytes({DataType::kFloat, {}, Layout::kBlocked8}), 4u);
}

TEST(ConstBuffer, ASizeThatNoMemoryHoldsThrows) {
  void* writable = nullptr;
  for (const size_t size : {~size_t{0}, ~size_t{0} - 62, ~size_t{0} / 2}) {
    EXPECT_THROW(ConstBuffer::allocate(size, &writable), std::bad_alloc) << size;
  }
  EXPECT_EQ(writable, nullptr);
}

TEST(ConstBuffer, CopiesAreAlignedAndShared) {
  const char text[] = "weights";
  const ConstBuffer buffer = ConstBuffer::copy_of(text, sizeof(text));
  const ConstBuffer shared = buffer;
  EXPECT_EQ(reinterpret_cast<uintptr_t>(buffer.data()) % 64, 0u);
  EXPECT_EQ(shared.data(), buffer.data());
  EXPECT_STREQ(reinterpret_cast<const char*>(shared.data()), "weights");
  EXPECT_EQ(ConstBuffer::copy_of(nullptr, 0).size(), 0u);
}

TEST(AttrMap, AnswersTheFallbackForAbsentNamesAndOtherKinds) {
  AttrMap attrs;
  attrs.set("axis", int64_t{3});
  attrs.set("mode", std::string("edge"));
  EXPECT_EQ(attrs.get_int("axis", 7), 3);
  EXPECT_EQ(attrs.get_int("mode", 7), 7);
  EXPECT_EQ(attrs.get_float("axis", 0.5f), 0.5f);
  EXPECT_EQ(attrs.get_string("mode", "constant"), "edge");
  EXPECT_EQ(attrs.get_ints("pads", {1, 2}), (std::vector<int64_t>{1, 2}));
  attrs.erase("axis");
  attrs.erase("never there");
  EXPECT_FALSE(attrs.has("axis"));
}

TEST(DataType, NamesAndSizesGoBothWays) {
  for (const DataType type : {DataType::kFloat, DataType::kFloat16, DataType::kInt64,
                              DataType::kBool, DataType::kBfloat16, DataType::kComplex128}) {
    EXPECT_EQ(data_type_from_name(data_type_name(type)), type);
    EXPECT_GT(data_type_size(type), 0u);
  }
  EXPECT_EQ(data_type_from_name("FP16"), DataType::kFloat16);
  EXPECT_EQ(data_type_from_name("fp33"), std::nullopt);
  EXPECT_EQ(data_type_size(DataType::kString), 0u);
  EXPECT_EQ(data_type_name(DataType::kUndefined), "undefined");
}

}  // namespace
}  // namespace poacl
