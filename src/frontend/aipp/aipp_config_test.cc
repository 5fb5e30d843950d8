#include "frontend/aipp/aipp_config.h"

#include <gtest/gtest.h>

#include <fstream>

#include "base/scratch_folder.h"

namespace poacl {
namespace {

using aipp::Format;

AippConfig parsed(const std::string& text) {
  auto config = parse_aipp_config(text, "aipp.cfg");
  EXPECT_TRUE(config.ok()) << config.status().message();
  return config.ok() ? *std::move(config) : AippConfig{"", {AippOp{}}};
}

void expect_error(const std::string& text, const char* code, const std::string& part) {
  const auto config = parse_aipp_config(text, "aipp.cfg");
  ASSERT_FALSE(config.ok()) << text;
  EXPECT_EQ(config.status().tag(), code) << config.status().message();
  EXPECT_NE(config.status().message().find(part), std::string_view::npos)
      << config.status().message();
}

std::string block(const std::string& fields) {
  return "aipp_op { aipp_mode: static input_format: RGB888_U8 " + fields + " }";
}

TEST(AippConfig, ReadsWhatRealFilesLookLike) {
  const AippConfig config = parsed(R"(
aipp_op {   # normalisation of ImageNet
    aipp_mode: static
    related_input_rank : 0
    input_format : RGB888_U8
    src_image_size_w :256
    src_image_size_h: 224
    crop: true
    load_start_pos_w: 16  load_start_pos_h: 0
    crop_size_w: 224
    crop_size_h: 224
    rbuv_swap_switch : true
    min_chn_0 : 123.675
    min_chn_1 : 116.28
    min_chn_2 : 103.53
    var_reci_chn_0: 0.0171247538316637
    var_reci_chn_1: 0.0175070028011204
    var_reci_chn_2: 0.0174291938997821
    rotation_angle: 0
})");
  ASSERT_EQ(config.ops.size(), 1u);
  const aipp::Picture& p = config.ops[0].picture;
  EXPECT_EQ(config.ops[0].mode, AippMode::kStatic);
  EXPECT_EQ(p.format, Format::kRgb888);
  EXPECT_EQ(p.width, 256);
  EXPECT_EQ(p.height, 224);
  EXPECT_TRUE(p.crop && p.rbuv_swap);
  EXPECT_FALSE(p.csc || p.padding || p.ax_swap);
  EXPECT_EQ(p.crop_x, 16);
  EXPECT_EQ(p.crop_width, 224);
  EXPECT_EQ(p.min[0], 123.675f);
  EXPECT_EQ(p.var_reci[2], 0.0174291938997821f);
  EXPECT_EQ(p.var_reci[3], 1.0f);
  EXPECT_EQ(p.mean[0], 0);
}

TEST(AippConfig, TakesEnumsAsNumbers) {
  const AippConfig config = parsed("aipp_op { aipp_mode: 1 input_format: 4 }");
  EXPECT_EQ(config.ops[0].picture.format, Format::kYuv400);
}

TEST(AippConfig, DynamicNeedsTheSizeOnly) {
  const AippConfig config = parsed(
      "aipp_op { aipp_mode: dynamic max_src_image_size: 752640 related_input_rank: 1 "
      "crop_size_w: 99999 }");
  EXPECT_EQ(config.ops[0].mode, AippMode::kDynamic);
  EXPECT_EQ(config.ops[0].max_src_image_size, 752640);
  EXPECT_EQ(config.ops[0].input_rank, 1);
  for (const char* size :
       {"", "max_src_image_size: 0", "max_src_image_size: -5", "max_src_image_size: 3000000000"}) {
    expect_error(std::string("aipp_op { aipp_mode: dynamic ") + size + " }", "E10052",
                 "max_src_image_size is ");
  }
}

TEST(AippConfig, ColourDefaultsFieldByField) {
  const AippConfig yuv = parsed(
      "aipp_op { aipp_mode: static input_format: YUV420SP_U8 csc_switch: true matrix_r1c1: 7 "
      "input_bias_0: 0 }");
  const aipp::Picture& p = yuv.ops[0].picture;
  const std::vector<int32_t> matrix(p.matrix, p.matrix + 9);
  EXPECT_EQ(matrix, (std::vector<int32_t>{298, 516, 0, 298, 7, -208, 298, 0, 409}));
  EXPECT_EQ(p.input_bias[0], 0);
  EXPECT_EQ(p.input_bias[1], 128);
  const AippConfig rgb = parsed(block("csc_switch: true"));
  const aipp::Picture& q = rgb.ops[0].picture;
  EXPECT_EQ(std::vector<int32_t>(q.matrix, q.matrix + 9),
            (std::vector<int32_t>{66, 129, 25, -38, -74, 112, 112, -94, -18}));
  EXPECT_EQ(std::vector<int32_t>(q.output_bias, q.output_bias + 3),
            (std::vector<int32_t>{16, 128, 128}));
}

TEST(AippConfig, IgnoresWhatASwitchTurnsOff) {
  const AippConfig config = parsed(
      block("crop_size_w: 5000 load_start_pos_h: -3 left_padding_size: 99 matrix_r0c0: 99999 "
            "matrix_r0c0: 1 input_bias_1: 300 padding_value: 5"));
  const aipp::Picture& p = config.ops[0].picture;
  EXPECT_EQ(p.crop_width, 0);
  EXPECT_EQ(p.crop_y, 0);
  EXPECT_EQ(p.left, 0);
  EXPECT_EQ(p.matrix[0], 0);
  EXPECT_EQ(p.padding_value, 0);
}

TEST(AippConfig, TextThatIsNoneOfIt) {
  expect_error("aipp_op {\n  aipp_mode: static\n  mean: 5\n}", "E13018", "line 3");
  expect_error("aipp_op { mean: 5 }", "E13018", "an aipp_op block has no field named \"mean\"; ");
  expect_error("aipp_op { aipp_mode: static", "E13018", "line 1");
  expect_error("aipp_op { aipp_mode: 9 }", "E13018", "9");
  expect_error("aipp_op { mean_chn_0: 1.5 }", "E13018", "integer");
  expect_error("aipp_op { crop: maybe }", "E13018", "maybe");
  expect_error("aipp_op { aipp_mode: static aipp_mode: static }", "E13018", "aipp_mode");
  expect_error(std::string("\0\x01\xff", 3), "E13018", "aipp.cfg");
  expect_error("", "E10052", "no aipp_op block");
  expect_error("multi_shape_op { mode: 1 }", "E10052", "no aipp_op block");
}

TEST(AippConfig, MissingAndUnsupportedFields) {
  expect_error("aipp_op { input_format: RGB888_U8 }", "E10052", "aipp_mode is missing");
  expect_error("aipp_op { aipp_mode: undefined }", "E10052", "aipp_mode");
  expect_error("aipp_op { aipp_mode: static }", "E10052", "input_format is missing");
  expect_error("aipp_op { aipp_mode: static input_format: RAW10 }", "E10052", "RAW10");
  expect_error("aipp_op { aipp_mode: static input_format: NC1HWC0DI_S8 }", "E10052",
               "NC1HWC0DI_S8");
  expect_error(block("resize: true"), "E10052", "resize is true");
  expect_error(block("raw_rgbir_to_f16_n: 1"), "E10052", "raw");
}

struct Range {
  const char* field;
  const char* wrong;
  const char* part;
};

TEST(AippConfig, NumbersOutOfRange) {
  for (const Range& range : {
           Range{"src_image_size_w", "4097", "values are 0 to 4096"},
           {"src_image_size_w", "-1", "src_image_size_w is -1"},
           {"src_image_size_w", "1", "src_image_size_w is 1"},
           {"src_image_size_h", "4097", "values are 0 to 4096"},
           {"crop: true load_start_pos_w", "4096", "values are 0 to 4095"},
           {"crop: true load_start_pos_h", "-1", "load_start_pos_h is -1"},
           {"crop: true crop_size_w", "4097", "values are 0 to 4096"},
           {"crop: true crop_size_h", "-7", "crop_size_h is -7"},
           {"padding: true left_padding_size", "33", "values are 0 to 32"},
           {"padding: true right_padding_size", "-1", "values are 0 to 32"},
           {"padding: true top_padding_size", "33", "values are 0 to 32"},
           {"padding: true bottom_padding_size", "33", "values are 0 to 32"},
           {"mean_chn_0", "256", "values are 0 to 255"},
           {"mean_chn_3", "-1", "values are 0 to 255"},
           {"min_chn_1", "65505", "values are -65504 to 65504"},
           {"min_chn_3", "nan", "min_chn_3 is nan"},
           {"var_reci_chn_2", "1e6", "values are -65504 to 65504"},
           {"csc_switch: true matrix_r2c1", "32677", "values are -32677 to 32676"},
           {"csc_switch: true matrix_r0c0", "-32678", "values are -32677 to 32676"},
           {"csc_switch: true output_bias_2", "256", "values are 0 to 255"},
           {"csc_switch: true input_bias_0", "-1", "values are 0 to 255"},
           {"related_input_rank", "-1", "counted from 0"},
       }) {
    expect_error(block(std::string(range.field) + ": " + range.wrong), "E10052", range.part);
  }
}

TEST(AippConfig, FieldsGivenTwice) {
  expect_error(block("var_reci_chn_0: 1 var_reci_chn_0: 2"), "E10052",
               "var_reci_chn_0 is given 2 times");
  expect_error(block("csc_switch: true matrix_r0c0: 1 matrix_r0c0: 1"), "E10052", "2 times");
  expect_error(block("csc_switch: true input_bias_1: 1 input_bias_1: 1"), "E10052", "2 times");
}

TEST(AippConfig, OddSizesOfYuv420) {
  expect_error(
      "aipp_op { aipp_mode: static input_format: YUV420SP_U8 src_image_size_w: 225 "
      "src_image_size_h: 224 }",
      "E10052", "even");
}

TEST(AippConfig, BlocksAgainstEachOther) {
  expect_error(block("") + block(""), "E10052", "blocks 0 and 1");
  expect_error(block("related_input_rank: 1") + block("related_input_rank: 1"), "E10052",
               "number 1");
  expect_error(block("related_input_rank: 1") + block("related_input_name: \"data\""), "E10052",
               "1 of 2");
  expect_error(block("related_input_rank: 1 related_input_name: \"data\""), "E10052", "both given");
  expect_error(block("") + block("related_input_rank: 1 mean_chn_0: 256"), "E10052", "block 1");
  EXPECT_EQ(parsed(block("") + block("related_input_rank: 1")).ops.size(), 2u);
}

TEST(AippConfig, FilesThatCannotBeRead) {
  const ScratchFolder folder;
  const auto missing = read_aipp_config(folder.file("none.cfg"));
  EXPECT_EQ(missing.status().tag(), "E13001");
  EXPECT_EQ(read_aipp_config(folder.file("")).status().tag(), "E13001");
  std::ofstream(folder.file("a.cfg")) << block("");
  const auto config = read_aipp_config(folder.file("a.cfg"));
  ASSERT_TRUE(config.ok()) << config.status().message();
  EXPECT_EQ(config->source, folder.file("a.cfg"));
}

}  // namespace
}  // namespace poacl
