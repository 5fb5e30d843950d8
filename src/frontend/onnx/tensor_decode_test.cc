#include "frontend/onnx/tensor_decode.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace poacl::onnx_frontend {
namespace {

poacl::onnx::Tensor tensor(int32_t type, const std::vector<int64_t>& dims) {
  poacl::onnx::Tensor result;
  result.set_name("w");
  result.set_data_type(type);
  for (const int64_t dim : dims) result.add_dims(dim);
  return result;
}

void external(poacl::onnx::Tensor& target, const std::string& key, const std::string& value) {
  target.set_data_location(1);
  auto* entry = target.add_external_data();
  entry->set_key(key);
  entry->set_value(value);
}

std::string error_of(poacl::onnx::Tensor& source, const std::string& directory = {}) {
  const Result<Tensor> decoded = decode_tensor(source, directory);
  if (decoded.ok()) return "no error";
  EXPECT_NE(decoded.status().message().find("\"w\""), std::string::npos)
      << decoded.status().message();
  return std::string(decoded.status().tag());
}

TEST(TensorDecode, RawData) {
  auto source = tensor(1, {2});
  const float values[] = {1.5f, -2};
  source.set_raw_data(values, sizeof(values));
  const Result<Tensor> decoded = decode_tensor(source, {});
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(decoded->dtype, DataType::kFloat);
  EXPECT_EQ(decoded->dims, Dims{2});
  EXPECT_EQ(decoded->as<float>()[1], -2);
}

TEST(TensorDecode, TypedFields) {
  auto ints = tensor(7, {2});
  ints.add_int64_data(-5);
  ints.add_int64_data(6);
  EXPECT_EQ(decode_tensor(ints, {})->as<int64_t>()[0], -5);

  auto half = tensor(10, {1});
  half.add_int32_data(0x3c00);
  EXPECT_EQ(decode_tensor(half, {})->as<uint16_t>()[0], 0x3c00);

  auto narrow = tensor(3, {1});
  narrow.add_int32_data(-7);
  EXPECT_EQ(decode_tensor(narrow, {})->as<int8_t>()[0], -7);

  auto flag = tensor(9, {1});
  flag.add_int32_data(1);
  EXPECT_EQ(decode_tensor(flag, {})->dtype, DataType::kBool);

  auto wide = tensor(11, {1});
  wide.add_double_data(0.25);
  EXPECT_EQ(decode_tensor(wide, {})->as<double>()[0], 0.25);

  auto natural = tensor(12, {1});
  natural.add_uint64_data(4000000000u);
  EXPECT_EQ(decode_tensor(natural, {})->as<uint32_t>()[0], 4000000000u);
}

TEST(TensorDecode, ScalarAndEmpty) {
  auto scalar = tensor(1, {});
  scalar.add_float_data(3);
  EXPECT_EQ(decode_tensor(scalar, {})->as<float>()[0], 3);
  auto empty = tensor(1, {0, 5});
  const Result<Tensor> decoded = decode_tensor(empty, {});
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(decoded->count(), 0);
}

TEST(TensorDecode, WrongAmounts) {
  auto little = tensor(1, {4});
  little.set_raw_data("12345678");
  EXPECT_EQ(error_of(little), "E16001");
  auto much = tensor(1, {1});
  much.set_raw_data("12345678");
  EXPECT_EQ(error_of(much), "E16001");
  auto none = tensor(1, {4});
  EXPECT_EQ(error_of(none), "E16001");
  auto negative = tensor(1, {-1});
  EXPECT_EQ(error_of(negative), "E16001");
  auto huge = tensor(1, {int64_t{1} << 40, int64_t{1} << 40});
  EXPECT_EQ(error_of(huge), "E16001");
  auto wide = tensor(11, {int64_t{1} << 62});
  EXPECT_EQ(error_of(wide), "E16001");
}

TEST(TensorDecode, TypesWithoutConstants) {
  for (const int32_t type : {0, 8, 14, 17, 22, 99, -3}) {
    auto odd = tensor(type, {1});
    EXPECT_EQ(error_of(odd), "E16001") << type;
  }
}

class ExternalData : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/poacl_external_XXXXXX";
    ASSERT_NE(::mkdtemp(name), nullptr);
    outside_ = name;
    folder_ = outside_ + "/model";
    std::filesystem::create_directories(folder_ + "/sub");
    write(folder_ + "/weights.bin");
    write(folder_ + "/sub/weights.bin");
    write(outside_ + "/secret.bin");
  }
  void TearDown() override { std::filesystem::remove_all(outside_); }

  static void write(const std::string& path) {
    const float values[] = {0, 1, 2, 3, 4, 5, 6, 7};
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(values), sizeof(values));
  }

  std::string outside_;
  std::string folder_;
};

TEST_F(ExternalData, IsReadBesideTheModel) {
  for (const char* place : {"weights.bin", "sub/weights.bin", "./weights.bin"}) {
    for (const char* offset : {"4", "16"}) {
      auto source = tensor(1, {2});
      external(source, "location", place);
      external(source, "offset", offset);
      external(source, "length", "8");
      const Result<Tensor> decoded = decode_tensor(source, folder_);
      ASSERT_TRUE(decoded.ok()) << decoded.status().message();
      EXPECT_EQ(decoded->as<float>()[0], static_cast<float>(std::atoi(offset)) / 4);
    }
  }
}

TEST_F(ExternalData, NeverLeavesTheFolder) {
  for (const std::string& place :
       {std::string("../secret.bin"), std::string("sub/../../secret.bin"), outside_ + "/secret.bin",
        std::string(""), std::string("..\\secret.bin")}) {
    auto source = tensor(1, {2});
    external(source, "location", place);
    EXPECT_EQ(error_of(source, folder_), "E13001") << place;
  }
}

TEST_F(ExternalData, Faults) {
  auto missing = tensor(1, {2});
  external(missing, "location", "none.bin");
  EXPECT_EQ(error_of(missing, folder_), "E13001");
  auto directory = tensor(1, {2});
  external(directory, "location", "sub");
  EXPECT_EQ(error_of(directory, folder_), "E13001");
  auto in_memory = tensor(1, {2});
  external(in_memory, "location", "weights.bin");
  EXPECT_EQ(error_of(in_memory), "E13001");
  auto short_file = tensor(1, {9});
  external(short_file, "location", "weights.bin");
  EXPECT_EQ(error_of(short_file, folder_), "E13003");
  auto far = tensor(1, {2});
  external(far, "location", "weights.bin");
  external(far, "offset", "18446744073709551615");
  EXPECT_EQ(error_of(far, folder_), "E13003");
  auto text = tensor(1, {2});
  external(text, "location", "weights.bin");
  external(text, "offset", "-4");
  EXPECT_EQ(error_of(text, folder_), "E16001");
  auto length = tensor(1, {2});
  external(length, "location", "weights.bin");
  external(length, "length", "12");
  EXPECT_EQ(error_of(length, folder_), "E16001");
}

}  // namespace
}  // namespace poacl::onnx_frontend
