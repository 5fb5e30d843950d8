#include "atc/input_shape.h"

#include <gtest/gtest.h>

namespace poacl::atc {
namespace {

using Shapes = std::vector<std::pair<std::string, Dims>>;
using Ranges = std::vector<std::pair<int64_t, int64_t>>;

std::vector<InputShape> parsed_all(const std::string& text) {
  const auto shapes = parse_input_shape(text);
  EXPECT_TRUE(shapes.ok()) << text << ": " << shapes.status().message();
  return shapes.ok() ? *shapes : std::vector<InputShape>{};
}

Shapes parsed(const std::string& text) {
  Shapes shapes;
  for (const InputShape& shape : parsed_all(text)) shapes.emplace_back(shape.name, shape.dims);
  return shapes;
}

Ranges range_of(const InputShape& shape) {
  Ranges ranges;
  for (const DimRange& range : shape.range) ranges.emplace_back(range.min, range.max);
  return ranges;
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
}

TEST(InputShape, OpenSizesHaveRanges) {
  const auto shapes = parsed_all("a:-1,3;b:1~4,5, 2 ~ -1;c:7,8;d:6~6");
  ASSERT_EQ(shapes.size(), 4u);
  EXPECT_EQ(shapes[0].dims, Dims({-1, 3}));
  EXPECT_EQ(range_of(shapes[0]), (Ranges{{1, -1}, {3, 3}}));
  EXPECT_FALSE(shapes[0].bounded);
  EXPECT_EQ(shapes[1].dims, Dims({-1, 5, -1}));
  EXPECT_EQ(range_of(shapes[1]), (Ranges{{1, 4}, {5, 5}, {2, -1}}));
  EXPECT_TRUE(shapes[1].bounded);
  EXPECT_FALSE(shapes[2].open());
  EXPECT_EQ(shapes[3].dims, Dims({6}));
  EXPECT_FALSE(shapes[3].open());
  EXPECT_EQ(shape_text(shapes[1]), "[1~4,5,-1]");
}

TEST(InputShape, OpenShapesMayGoWithoutNames) {
  EXPECT_EQ(parsed("-1,1~2;3,4"), (Shapes{{"", {-1, -1}}, {"", {3, 4}}}));
  EXPECT_EQ(parsed("1~2"), (Shapes{{"", {-1}}}));
  expect_error("-1,2;b:3", "E10002", "-1,2");
}

TEST(InputShape, RangesOutOfOrderOrReach) {
  expect_error("a:4~1", "E10002", "4~1");
  expect_error("a:0~4", "E10011", "0");
  expect_error("a:1~x", "E10014", "x");
  expect_error("a:1~", "E10014", "a:1~");
  expect_error("a:~", "E10014", "a:~");
  expect_error("a:1~2.5", "E10002", "2.5");
  expect_error("a:1~99999999999999999999", "E10013", "99999999999999999999");
  expect_error("a:-1~4", "E10011", "-1");
  expect_error("a:-1;a:1~3", "E10002", "[-1] and [1~3]");
}

TEST(InputShapeRange, Forms) {
  const auto shapes = parse_input_shape_range("a:[8~20,3,5,-1]; b :[5,3~9] ;");
  ASSERT_TRUE(shapes.ok()) << shapes.status().message();
  ASSERT_EQ(shapes->size(), 2u);
  EXPECT_EQ((*shapes)[0].name, "a");
  EXPECT_EQ(range_of((*shapes)[0]), (Ranges{{8, 20}, {3, 3}, {5, 5}, {1, -1}}));
  EXPECT_EQ((*shapes)[1].name, "b");
  EXPECT_EQ((*shapes)[1].dims, Dims({5, -1}));
}

TEST(InputShapeRange, SyntaxErrorsHaveACodeOfTheirOwn) {
  for (const char* text : {"a:8~20,3", "a:[8~20", "[8,3]", "a:[x]", "a:[9~3]", ":[1]", "a:]["}) {
    const auto shapes = parse_input_shape_range(text);
    ASSERT_FALSE(shapes.ok()) << text;
    EXPECT_EQ(shapes.status().tag(), "E10048") << shapes.status().message();
    EXPECT_NE(shapes.status().message().find("--input_shape_range"), std::string::npos);
  }
}

}  // namespace
}  // namespace poacl::atc
