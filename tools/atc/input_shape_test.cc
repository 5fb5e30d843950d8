#include "atc/input_shape.h"

#include <gtest/gtest.h>

namespace poacl::atc {
namespace {

using Shapes = std::vector<std::pair<std::string, Dims>>;

Shapes parsed(const std::string& text) {
  const auto shapes = parse_input_shape(text);
  EXPECT_TRUE(shapes.ok()) << text << ": " << shapes.status().message();
  return shapes.ok() ? *shapes : Shapes{};
}

void expect_error(const std::string& text, const std::string& code, const std::string& named) {
  const auto shapes = parse_input_shape(text);
  ASSERT_FALSE(shapes.ok()) << text;
  EXPECT_EQ(shapes.status().tag(), code) << text << ": " << shapes.status().message();
  EXPECT_NE(shapes.status().message().find(named), std::string::npos) << shapes.status().message();
}

TEST(InputShape, Forms) {
  EXPECT_EQ(parsed("data:1,3,224,224"), (Shapes{{"data", {1, 3, 224, 224}}}));
  EXPECT_EQ(parsed("a:1,2;b:3"), (Shapes{{"a", {1, 2}}, {"b", {3}}}));
  EXPECT_EQ(parsed(" a : 1 , 2 ; b: 3 "), (Shapes{{"a", {1, 2}}, {"b", {3}}}));
  EXPECT_EQ(parsed("a:1,2,;b:3;"), (Shapes{{"a", {1, 2}}, {"b", {3}}}));
  EXPECT_EQ(parsed("scope/in:0:1,2"), (Shapes{{"scope/in:0", {1, 2}}}));
  EXPECT_EQ(parsed("scalar:"), (Shapes{{"scalar", {}}}));
  EXPECT_EQ(parsed(""), Shapes{});
  EXPECT_EQ(parsed("a:9223372036854775807"), (Shapes{{"a", {INT64_MAX}}}));
}

TEST(InputShape, Errors) {
  expect_error("1,3,224,224", "E10002", "--input_shape=\"data:1,3,224,224\"");
  expect_error("2,7", "E10002", "--input_shape=\"data:2,7\"");
  expect_error("rubbish", "E10002", "--input_shape=\"data:1,3,224,224\"");
  expect_error("a:1,3;b:2;a:4,5", "E10002", "\"a\" twice");
  expect_error("a:1,3;b:2;a:4,5", "E10002", "[1,3] and [4,5]");
  expect_error("a:1;a:1", "E10002", "\"a\" twice");
  expect_error(":1,3", "E10002", ":1,3");
  expect_error("a:1;;b:2", "E10002", "\"\"");
  expect_error("a:1.5", "E10002", "1.5");
  expect_error("a:1,three", "E10014", "three");
  expect_error("a:1,,2", "E10014", "a:1,,2");
  expect_error("a:${bs},3", "E10014", "${bs}");
  expect_error("a:99999999999999999999", "E10013", "99999999999999999999");
  expect_error("a:0,3", "E10011", "0");
  expect_error("a:-2,3", "E10011", "-2");
  expect_error("a:-1,3", "E10001", "-1");
  expect_error("a:1~4,3", "E10001", "1~4");
  expect_error("-1,1~2;3,4", "E10001", "-1");
}

}  // namespace
}  // namespace poacl::atc
