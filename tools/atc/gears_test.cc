#include "atc/gears.h"

#include <gtest/gtest.h>

namespace poacl::atc {
namespace {

using Shapes = std::vector<std::pair<std::string, Dims>>;

struct Options {
  std::string option;
  std::string value;
  std::string shapes;
  std::string format = "NCHW";
};

Result<GearSettings> parse(const Options& options) {
  const auto shapes = parse_input_shape(options.shapes);
  EXPECT_TRUE(shapes.ok()) << shapes.status().message();
  if (!shapes.ok()) return shapes.status();
  CommandLine line;
  line.values[options.option] = options.value;
  return parse_gears(line, options.option, *shapes, options.format);
}

std::vector<std::vector<int64_t>> values_of(const Options& options) {
  const auto gears = parse(options);
  EXPECT_TRUE(gears.ok()) << options.value << ": " << gears.status().message();
  return gears.ok() ? gears->values : std::vector<std::vector<int64_t>>{};
}

void expect_error(const Options& options, const std::string& code, const std::string& named) {
  const auto gears = parse(options);
  ASSERT_FALSE(gears.ok()) << options.value;
  EXPECT_EQ(gears.status().tag(), code) << options.value << ": " << gears.status().message();
  EXPECT_NE(gears.status().message().find(named), std::string::npos) << gears.status().message();
}

const char* const kBatch = "dynamic_batch_size";
const char* const kImage = "dynamic_image_size";
const char* const kDims = "dynamic_dims";

TEST(Gears, KeepTheUsersOrder) {
  EXPECT_EQ(values_of({kBatch, "4,1,8", "a:-1,3"}),
            (std::vector<std::vector<int64_t>>{{4}, {1}, {8}}));
  EXPECT_EQ(values_of({kBatch, "1,2,", "a:-1,3"}), (std::vector<std::vector<int64_t>>{{1}, {2}}));
  EXPECT_EQ(values_of({kImage, "416,416; 832, 640;", "a:1,3,-1,-1"}),
            (std::vector<std::vector<int64_t>>{{416, 416}, {832, 640}}));
  EXPECT_EQ(values_of({kDims, "1,1,224,224;8,8,448,448;", "a:-1,-1,-1,-1"}),
            (std::vector<std::vector<int64_t>>{{1, 1, 224, 224}, {8, 8, 448, 448}}));
}

TEST(Gears, BatchShapes) {
  expect_error({kBatch, "1,2", "a:1,3"}, "E10031", "number of -1");
  expect_error({kBatch, "1,2", "a:-1,-1"}, "E10018", "\"a\" has -1 in dimension 1");
  expect_error({kBatch, "1,2", "a:-1,3;b:3,-1"}, "E10018", "\"b\"");
  expect_error({kBatch, "1,2", "a:-1,3;b:"}, "E10012", "\"b\"");
  expect_error({kBatch, "1,2", "a:1~4,3"}, "E10040", "1~4");
  expect_error({kBatch, "1,2", "-1,3"}, "E10002", "[-1,3]");
}

TEST(Gears, ImageShapes) {
  const char* const value = "4,4;8,8";
  expect_error({kImage, value, "a:1,3,4,4"}, "E10019", "number of -1");
  expect_error({kImage, value, "a:-1,3,4,4"}, "E10019", "[-1,3,4,4]");
  expect_error({kImage, value, "a:1,3,-1,4"}, "E10019", "[1,3,-1,4]");
  expect_error({kImage, value, "a:1,3,-1,-1;b:-1"}, "E10019", "\"b\"");
  expect_error({kImage, value, "a:1,3,-1,-1", "ND"}, "E10019", "ND");
  expect_error({kImage, value, "a:1,3,-1,-1", "XYZW"}, "E10003", "XYZW");
  EXPECT_EQ(values_of({kImage, value, "a:1,-1,-1,3", "NHWC"}).size(), 2u);
  expect_error({kImage, value, "a:1,3,-1,-1", "NHWC"}, "E10019", "NHWC");
  expect_error({kImage, "4,4;8", "a:1,3,-1,-1"}, "E10020", "\"8\"");
  expect_error({kImage, "4,4,4;8,8", "a:1,3,-1,-1"}, "E10020", "\"4,4,4\"");
}

TEST(Gears, DimsShapes) {
  expect_error({kDims, "1,2;3,4", "a:1,3"}, "E10001", "is 0");
  expect_error({kDims, "1,2;3,4", "a:-1,3"}, "E10003", "-1 1 times");
  expect_error({kDims, "1;3", "a:-1,3;b:-1"}, "E10003", "-1 2 times");
  expect_error({kDims, "1,2;3", "a:-1,-1"}, "E10037", "of 2 and of 1");
  expect_error({kDims, "1,x;3,4", "a:-1,-1"}, "E10001", "\"x\"");
  expect_error({kDims, "1, 2;3,4", "a:-1,-1"}, "E10001", "\" 2\"");
  expect_error({kDims, "-1,2;3,4", "a:-1,-1"}, "E10001", "\"-1\"");
  expect_error({kDims, "", "a:-1,-1"}, "E10058", "dynamic_dims");
  expect_error({kDims, ";", "a:-1,-1"}, "E10058", "dynamic_dims");
}

TEST(Gears, Lists) {
  expect_error({kBatch, "8", "a:-1"}, "E10035", "lists 1 gear; at least 2");
  expect_error({kImage, "4,4;", "a:1,3,-1,-1"}, "E10035", "lists 1 gear");
  expect_error({kBatch, "1,4,1", "a:-1"}, "E10039", "\"1\"");
  expect_error({kImage, "4,4;8,8;4,4", "a:1,3,-1,-1"}, "E10039", "\"4,4\"");
  expect_error({kBatch, "0,4", "a:-1"}, "E10038", "size 0");
  expect_error({kDims, "1,00;3,4", "a:-1,-1"}, "E10038", "size 00");
  expect_error({kBatch, "1;4", "a:-1"}, "E10003", "\";\"");
  expect_error({kBatch, "1 ,4", "a:-1"}, "E10003", "\" \"");
  expect_error({kBatch, "-1,4", "a:-1"}, "E10003", "\"-\"");
  expect_error({kBatch, ",1,4", "a:-1"}, "E10003", "\"\"");
  expect_error({kImage, "4,4;a,8", "a:1,3,-1,-1"}, "E10003", "\"a\"");
  expect_error({kBatch, "1,99999999999999999999", "a:-1"}, "E10013", "99999999999999999999");
  expect_error({kBatch, "1,2147483648", "a:-1"}, "E10001", "2147483648");
  std::string many = "1";
  for (int i = 2; i <= 100; ++i) many += "," + std::to_string(i);
  EXPECT_EQ(values_of({kBatch, many, "a:-1"}).size(), 100u);
  expect_error({kBatch, many + ",101", "a:-1"}, "E10036", "101 gears; at most 100");
}

TEST(Gears, ShapesOfOneGear) {
  const auto shapes = *parse_input_shape("a:-1,3;b:5;c:-1,-1");
  EXPECT_EQ(shapes_of_gear(shapes, GearKind::kBatch, {4})[0].second, Dims({4, 3}));
  EXPECT_EQ(shapes_of_gear(shapes, GearKind::kDims, {4, 6, 7}),
            (Shapes{{"a", {4, 3}}, {"b", {5}}, {"c", {6, 7}}}));
  const auto images = *parse_input_shape("a:1,3,-1,-1;b:2,1,-1,-1");
  EXPECT_EQ(shapes_of_gear(images, GearKind::kImage, {32, 48}),
            (Shapes{{"a", {1, 3, 32, 48}}, {"b", {2, 1, 32, 48}}}));
}

TEST(Gears, OneKindOnly) {
  CommandLine line;
  line.values = {{"dynamic_batch_size", "1,2"}, {"input_shape_range", "a:[1~2]"}};
  EXPECT_EQ(gear_option(line).status().tag(), "E10009");
  line.values = {{"dynamic_batch_size", "1,2"}, {"dynamic_dims", "1;2"}};
  const Status status = gear_option(line).status();
  EXPECT_EQ(status.tag(), "E10009");
  for (const char* name : {kBatch, kImage, kDims, "input_shape_range"}) {
    EXPECT_NE(status.message().find(name), std::string::npos) << status.message();
  }
  line.values = {{"dynamic_batch_size", ""}};
  EXPECT_EQ(*gear_option(line), "");
  line.values = {{"dynamic_dims", ""}};
  EXPECT_EQ(*gear_option(line), "dynamic_dims");
}

}  // namespace
}  // namespace poacl::atc
