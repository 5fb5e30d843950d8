#include <gtest/gtest.h>

#include "base/half.h"
#include "kernels/aipp/aipp_block.h"
#include "kernels/aipp/aipp_plan.h"
#include "kernels/families.h"
#include "kernels/kernel_test_util.h"

namespace poacl::aipp {
namespace {

using kernel_test::expect_all_match;
using kernel_test::run_reference;
using kernel_test::TestInput;
using kernel_test::TestOp;

Tensor bytes(Dims dims, uint32_t seed) {
  std::mt19937 engine(seed);
  std::vector<uint8_t> values(static_cast<size_t>(element_count(dims)));
  for (uint8_t& v : values) v = static_cast<uint8_t>(engine());
  return Tensor::from<uint8_t>(DataType::kUint8, std::move(dims), values);
}

Tensor bytes_of(Dims dims, const std::vector<uint8_t>& values) {
  return Tensor::from<uint8_t>(DataType::kUint8, std::move(dims), values);
}

TestOp static_op(const Picture& p, int64_t batch, int64_t channels, Tensor source,
                 DataType output = DataType::kFloat, bool channels_last = false) {
  TestOp op;
  op.type = "Aipp";
  write_attrs(p, &op.attrs);
  op.attrs.set("data_format", std::string(channels_last ? "NHWC" : "NCHW"));
  op.inputs = {TestInput{std::move(source)}};
  const int64_t h = p.out_height();
  const int64_t w = p.out_width();
  op.outputs = {
      {output, channels_last ? Dims{batch, h, w, channels} : Dims{batch, channels, h, w}}};
  return op;
}

TestOp random_op(const Picture& p, int64_t batch, int64_t channels, uint32_t seed) {
  return static_op(p, batch, channels,
                   bytes(stored_dims(p.format, batch, p.width, p.height), seed));
}

Picture sized(Format format, int32_t width, int32_t height) {
  Picture p;
  p.format = format;
  p.width = width;
  p.height = height;
  return p;
}

void add_scales(Picture* p) {
  for (int i = 0; i < kChannels; ++i) {
    p->mean[i] = 10 * i + 3;
    p->min[i] = 123.675f - static_cast<float>(i);
    p->var_reci[i] = 0.0171f * static_cast<float>(i + 1);
  }
}

void add_colours(Picture* p) {
  constexpr int32_t kMatrix[9] = {298, 516, 0, 298, -100, -208, 298, 0, 409};
  std::copy(kMatrix, kMatrix + 9, p->matrix);
  constexpr int32_t kBias[3] = {16, 128, 128};
  std::copy(kBias, kBias + 3, p->input_bias);
  std::copy(kBias, kBias + 3, p->output_bias);
  p->csc = true;
}

std::vector<float> values_of(const TestOp& op) {
  const auto result = run_reference(aipp_kernels(), op);
  if (!result.ok()) {
    ADD_FAILURE() << result.status().message();
    return {};
  }
  const auto found = (*result)[0].as<float>();
  return {found.begin(), found.end()};
}

constexpr Format kFormats[] = {Format::kYuv420sp, Format::kXrgb8888, Format::kRgb888,
                               Format::kYuv400,   Format::kArgb8888, Format::kYuyv,
                               Format::kYuv422sp, Format::kAyuv444};

// Numbers worked out by hand.
TEST(Aipp, SharesChromaAmongFourPixels) {
  Picture p = sized(Format::kYuv420sp, 2, 2);
  const TestOp op = static_op(p, 1, 3, bytes_of({1, 3, 2, 1}, {10, 20, 30, 40, 100, 200}));
  EXPECT_EQ(values_of(op),
            (std::vector<float>{10, 20, 30, 40, 100, 100, 100, 100, 200, 200, 200, 200}));
}

TEST(Aipp, ConvertsColoursInWholeNumbers) {
  Picture p = sized(Format::kYuv420sp, 2, 2);
  add_colours(&p);
  // Y 100, U 90, V 200: B = (298*84 + 516*-38) >> 8 = 5424 >> 8 = 21,
  // G = (25032 + 3800 - 14976) >> 8 = 13856 >> 8 = 54, R = (25032 + 29448) >> 8 = 212.
  const TestOp op = static_op(p, 1, 3, bytes_of({1, 3, 2, 1}, {100, 100, 100, 0, 90, 200}));
  const auto found = values_of(op);
  EXPECT_EQ(found[0], 21);
  EXPECT_EQ(found[4], 54);
  EXPECT_EQ(found[8], 212);
  // Y 0: sums are negative, or (298*-16 + 29448) >> 8 = 96.
  EXPECT_EQ(found[3], 0);
  EXPECT_EQ(found[7], 0);
  EXPECT_EQ(found[11], 96);
}

TEST(Aipp, AddsTheOutputBiasBehindTheShift) {
  Picture p = sized(Format::kRgb888, 2, 1);
  constexpr int32_t kMatrix[9] = {66, 129, 25, -38, -74, 112, 112, -94, -18};
  std::copy(kMatrix, kMatrix + 9, p.matrix);
  constexpr int32_t kBias[3] = {16, 128, 128};
  std::copy(kBias, kBias + 3, p.output_bias);
  p.csc = true;
  // (66*255 + 129*1 + 25*2) >> 8 = 66; (-9690 - 74 + 224) >> 8 = -38; (28560 - 94 - 36) >> 8 = 111.
  const TestOp op = static_op(p, 1, 3, bytes_of({1, 1, 2, 3}, {255, 1, 2, 255, 1, 2}));
  EXPECT_EQ(values_of(op), (std::vector<float>{82, 82, 90, 90, 239, 239}));
}

TEST(Aipp, SwapsColoursAndAlpha) {
  const Tensor source = bytes_of({1, 1, 2, 4}, {9, 1, 2, 3, 8, 4, 5, 6});
  Picture p = sized(Format::kXrgb8888, 2, 1);
  p.ax_swap = true;
  EXPECT_EQ(values_of(static_op(p, 1, 4, source)), (std::vector<float>{1, 4, 2, 5, 3, 6, 9, 8}));
  p.rbuv_swap = true;
  EXPECT_EQ(values_of(static_op(p, 1, 3, source)), (std::vector<float>{3, 6, 2, 5, 1, 4}));
  // Without the alpha swap the colours are taken to lead, as in RGBX.
  p.ax_swap = false;
  EXPECT_EQ(values_of(static_op(p, 1, 3, source)), (std::vector<float>{2, 5, 1, 4, 9, 8}));
  p = sized(Format::kAyuv444, 2, 1);
  p.rbuv_swap = true;
  p.ax_swap = true;
  EXPECT_EQ(values_of(static_op(p, 1, 4, source)), (std::vector<float>{1, 4, 3, 6, 2, 5, 9, 8}));
}

TEST(Aipp, CropsScalesAndPads) {
  Picture p = sized(Format::kYuv400, 3, 2);
  p.crop = true;
  p.crop_x = 1;
  p.crop_width = 2;
  p.crop_height = 1;
  p.padding = true;
  p.left = 1;
  p.bottom = 1;
  p.padding_value = -1.5f;
  p.mean[0] = 10;
  p.min[0] = 1.5f;
  p.var_reci[0] = 0.5f;
  const TestOp op = static_op(p, 1, 1, bytes_of({1, 2, 3, 1}, {1, 20, 31, 4, 5, 6}));
  EXPECT_EQ(values_of(op), (std::vector<float>{-1.5f, 4.25f, 9.75f, -1.5f, -1.5f, -1.5f}));
}

TEST(Aipp, RoundsMinimumAndScaleToHalf) {
  Picture p = sized(Format::kYuv400, 2, 1);
  p.min[0] = 123.675f;
  p.var_reci[0] = 0.0171247f;
  const TestOp op = static_op(p, 1, 1, bytes_of({1, 1, 2, 1}, {200, 0}));
  const float min = half_to_float(float_to_half(123.675f));
  const float scale = half_to_float(float_to_half(0.0171247f));
  ASSERT_NE(min, 123.675f);
  EXPECT_EQ(values_of(op), (std::vector<float>{(200 - min) * scale, (0 - min) * scale}));
}

TEST(Aipp, MakesChannelsLastAndBytes) {
  Picture p = sized(Format::kRgb888, 2, 1);
  add_scales(&p);
  const Tensor source = bytes_of({1, 1, 2, 3}, {1, 2, 3, 4, 5, 6});
  const auto last = values_of(static_op(p, 1, 3, source, DataType::kFloat, true));
  const auto first = values_of(static_op(p, 1, 3, source));
  EXPECT_EQ(last, (std::vector<float>{first[0], first[2], first[4], first[1], first[3], first[5]}));
  p.padding = true;
  p.right = 1;
  p.padding_value = 300;
  const auto result =
      run_reference(aipp_kernels(), static_op(p, 1, 3, source, DataType::kUint8, true));
  ASSERT_TRUE(result.ok()) << result.status().message();
  const auto found = (*result)[0].as<uint8_t>();
  EXPECT_EQ(std::vector<uint8_t>(found.begin(), found.end()),
            (std::vector<uint8_t>{1, 2, 3, 4, 5, 6, 255, 255, 255}));
}

TEST(Aipp, FastKernelsMatchInEveryFormat) {
  uint32_t seed = 1;
  for (const Format format : kFormats) {
    for (const int32_t width : {2, 6, 16, 34, 46, 70}) {
      for (int variant = 0; variant < 16; ++variant) {
        Picture p = sized(format, width, 4);
        add_scales(&p);
        if (variant & 1) add_colours(&p);
        if (format == Format::kYuv400) p.csc = false;
        p.rbuv_swap = (variant & 2) != 0;
        p.ax_swap = (variant & 4) != 0;
        if (variant & 8) {
          p.crop = true;
          p.crop_x = width > 4 ? 2 : 0;
          p.crop_y = 2;
          p.crop_width = width - p.crop_x - 1;
          p.crop_height = 2;
          p.padding = true;
          p.left = 3;
          p.right = 1;
          p.top = 2;
          p.padding_value = 0.5f;
        }
        const int64_t channels = channel_count(format);
        const auto names =
            expect_all_match(aipp_kernels(), random_op(p, 2, channels, ++seed), {0, 0});
        if (detected_isa() >= Isa::kAvx2) {
          EXPECT_FALSE(names.empty());
        }
        ASSERT_FALSE(::testing::Test::HasFailure())
            << format_name(format) << " width " << width << " variant " << variant;
      }
    }
  }
}

TEST(Aipp, FastKernelsMatchForFewerChannels) {
  Picture p = sized(Format::kRgb888, 33, 5);
  add_colours(&p);
  expect_all_match(aipp_kernels(), random_op(p, 1, 1, 7), {0, 0});
  p = sized(Format::kXrgb8888, 33, 5);
  p.ax_swap = true;
  expect_all_match(aipp_kernels(), random_op(p, 1, 3, 8), {0, 0});
  add_colours(&p);
  expect_all_match(aipp_kernels(), random_op(p, 1, 4, 9), {0, 0});
}

TEST(Aipp, ExtremeCoefficientsDoNotOverflow) {
  Picture p = sized(Format::kYuv420sp, 32, 2);
  p.csc = true;
  for (int i = 0; i < 9; ++i) p.matrix[i] = i % 2 == 0 ? 32676 : -32677;
  for (int i = 0; i < 3; ++i) p.input_bias[i] = 255;
  expect_all_match(aipp_kernels(), random_op(p, 1, 3, 3), {0, 0});
  p.format = Format::kRgb888;
  for (int i = 0; i < 3; ++i) p.output_bias[i] = 255;
  expect_all_match(aipp_kernels(), random_op(p, 1, 3, 4), {0, 0});
}

// A block for `records` pictures of 8x4 NV12 that crops 4x2 from (2, 2).
std::vector<uint8_t> make_block(int records) {
  std::vector<uint8_t> block(block_bytes(static_cast<uint64_t>(records)));
  BlockHeader header{};
  header.format = block_format(Format::kYuv420sp);
  header.batch = static_cast<int8_t>(records);
  header.width = 8;
  header.height = 4;
  std::memcpy(block.data(), &header, sizeof(header));
  for (int i = 0; i < records; ++i) {
    BlockRecord record{};
    record.crop = 1;
    record.crop_x = 2;
    record.crop_y = 2;
    record.crop_width = 4;
    record.crop_height = 2;
    for (int c = 0; c < kChannels; ++c) {
      record.mean[c] = static_cast<int16_t>(i);
      record.var_reci[c] = float_to_half(1.0f);
    }
    std::memcpy(block.data() + block_bytes(static_cast<uint64_t>(i)), &record, sizeof(record));
  }
  return block;
}

TestOp dynamic_op(const std::vector<uint8_t>& block, int64_t batch) {
  TestOp op;
  op.type = "Aipp";
  op.inputs = {TestInput{bytes({100}, 5)},
               TestInput{bytes_of({static_cast<int64_t>(block.size())}, block)}};
  op.outputs = {{DataType::kFloat, {batch, 3, 2, 4}}};
  return op;
}

TEST(DynamicAipp, ReadsTheBlockOfEachPicture) {
  const TestOp op = dynamic_op(make_block(2), 2);
  expect_all_match(aipp_kernels(), op, {0, 0});
  const auto found = values_of(op);
  const auto source = op.inputs[0].tensor.as<uint8_t>();
  // Row 2, column 2 of picture 0; row 3, column 5 of picture 1, whose mean is 1.
  EXPECT_EQ(found[0], source[2 * 8 + 2]);
  EXPECT_EQ(found[24 + 7], source[48 + 3 * 8 + 5] - 1.0f);
  EXPECT_EQ(found[24 + 8 + 7], source[48 + 32 + 8 + 4] - 1.0f);
}

TEST(DynamicAipp, ABlockThatDoesNotFitGivesZeros) {
  std::vector<uint8_t> block = make_block(2);
  block[64 + 96 + 16] = 200;  // crop width
  const auto found = values_of(dynamic_op(block, 2));
  EXPECT_NE(found[0], 0);
  for (size_t i = 24; i < 48; ++i) EXPECT_EQ(found[i], 0) << i;
}

TEST(DynamicAipp, CheckNamesWhatIsWrong) {
  const BlockTarget target{2, 3, 4, 2, 100};
  const auto message = [&](const std::vector<uint8_t>& block) {
    return std::string(check_block(block.data(), block.size(), target).message());
  };
  EXPECT_EQ(message(make_block(2)), "");
  EXPECT_EQ(message(make_block(3)), "");
  EXPECT_NE(message(make_block(1)).find("for 1 pictures; the model takes 2"), std::string::npos);
  EXPECT_NE(message(std::vector<uint8_t>(10)).find("of 10 bytes"), std::string::npos);
  EXPECT_NE(message(std::vector<uint8_t>(64 + 192)).find("no parameters are set"),
            std::string::npos);
  struct Change {
    size_t at;
    uint8_t value;
    const char* part;
  };
  for (const Change& change :
       {Change{0, 3, "cannot be used"}, Change{1, 7, "switch is 7"},
        Change{4, 100, "for 100 pictures"}, Change{8, 10, "makes 4x2"}, Change{8, 7, "even width"},
        Change{11, 0x80, "source picture is"}, Change{64 + 96 + 1, 1, "resizing"},
        Change{64 + 3, 1, "rotation"}, Change{64 + 8, 3, "even column"},
        Change{64 + 11, 0xff, "not inside"}, Change{64 + 16, 6, "makes 6x2"},
        Change{64 + 20, 9, "not inside"}, Change{64 + 0, 0, "makes 8x4"}}) {
    std::vector<uint8_t> block = make_block(2);
    block[change.at] = change.value;
    // A wider source is right in itself, but has more bytes than the input.
    const std::string part = change.at == 8 && change.value == 10 ? "120 bytes" : change.part;
    EXPECT_NE(message(block).find(part), std::string::npos) << change.at << ": " << message(block);
  }
}

TEST(DynamicAipp, AnyBytesAreSafe) {
  std::mt19937 engine(11);
  for (int i = 0; i < 20000; ++i) {
    std::vector<uint8_t> block = make_block(2);
    for (int n = 0; n < 3; ++n) block[engine() % block.size()] = static_cast<uint8_t>(engine());
    (void)check_block(block.data(), block.size(), {2, 3, 4, 2, 100});
    if (i % 100 == 0) (void)values_of(dynamic_op(block, 2));
  }
}

TEST(AippFormats, NumbersOfTheBlockAreItsOwn) {
  EXPECT_EQ(block_format(Format::kYuv420sp), 1);
  EXPECT_EQ(block_format(Format::kXrgb8888), 2);
  EXPECT_EQ(block_format(Format::kRgb888), 5);
  EXPECT_EQ(block_format(Format::kYuv400), 10);
  for (const Format format : kFormats) EXPECT_EQ(format_of_block(block_format(format)), format);
  EXPECT_EQ(format_of_block(200), Format::kUndefined);
}

TEST(AippFormats, StoredShapesGiveTheSizeBack) {
  for (const Format format : kFormats) {
    const Dims stored = stored_dims(format, 2, 6, 4);
    EXPECT_EQ(element_count(stored), 2 * picture_bytes(format, 6, 4));
    int64_t width = 0;
    int64_t height = 0;
    ASSERT_TRUE(find_size(format, stored, &width, &height).ok());
    EXPECT_EQ(width, 6);
    EXPECT_EQ(height, 4);
  }
  int64_t side = 0;
  EXPECT_FALSE(find_size(Format::kYuv420sp, {1, 4, 4, 1}, &side, &side).ok());
  EXPECT_FALSE(find_size(Format::kRgb888, {1, 4, 4, 4}, &side, &side).ok());
}

}  // namespace
}  // namespace poacl::aipp
