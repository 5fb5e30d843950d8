#include "frontend/nearest_name.h"

#include <gtest/gtest.h>

#include <vector>

namespace poacl {
namespace {

TEST(NearestName, FindsTypos) {
  const std::vector<std::string> names = {"input_shape", "input_format", "insert_op_conf"};
  EXPECT_EQ(nearest_name("input_shap", names), "input_shape");
  EXPECT_EQ(nearest_name("inptu_format", names), "input_format");
  EXPECT_EQ(nearest_name("INPUT_SHAPE", names), "input_shape");
}

TEST(NearestName, OffersNothingForStrangers) {
  const std::vector<std::string> names = {"model", "output"};
  EXPECT_FALSE(nearest_name("batch", names));
  EXPECT_FALSE(nearest_name("", names));
  EXPECT_FALSE(nearest_name(std::string(100000, 'x'), names));
  EXPECT_FALSE(nearest_name("model", {}));
}

}  // namespace
}  // namespace poacl
