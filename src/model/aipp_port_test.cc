#include "model/aipp_port.h"

#include <gtest/gtest.h>

#include "acl/acl_base.h"
#include "model/describe.h"
#include "model/model_test_util.h"

namespace poacl::model {
namespace {

AttrMap attrs_of(int64_t mode) {
  AttrMap attrs;
  attrs.set("aipp_mode", mode);
  attrs.set("channels", int64_t{3});
  attrs.set("output_dtype", DataType::kFloat);
  attrs.set("origin_dtype", DataType::kFloat16);
  return attrs;
}

// Pictures of 10x8 (NV12 static, or whatever dynamic AIPP is told) beside an input without AIPP.
OmModel picture_model(bool dynamic) {
  Graph graph;
  graph.name = "pictures";
  const ValueId plain = graph.add_input("plain", DataType::kFloat, {2});
  AttrMap attrs = attrs_of(dynamic ? 2 : 1);
  std::vector<ValueId> inputs;
  if (dynamic) {
    attrs.set("batch", int64_t{2});
    attrs.set("out_height", int64_t{8});
    attrs.set("out_width", int64_t{10});
    attrs.set("max_src_image_size", int64_t{480});
    inputs = {graph.add_input("image", DataType::kUint8, {480}),
              graph.add_input("params", DataType::kUint8, {64 + 96 * 2})};
  } else {
    aipp::Picture picture;
    picture.format = aipp::Format::kYuv420sp;
    aipp::write_attrs(picture, &attrs);
    inputs = {graph.add_input("image", DataType::kUint8, {2, 12, 10, 1})};
  }
  const NodeId aipp = graph.add_node("aipp_image", "Aipp", inputs, {"y"}, attrs);
  const NodeId relu = graph.add_node("relu", "Relu", {plain}, {"r"});
  graph.outputs = {graph.node(aipp).outputs[0], graph.node(relu).outputs[0]};
  graph.output_names = {"aipp_image:0:y", "relu:0:r"};
  return with_graph(std::move(graph));
}

std::vector<std::byte> block_of(int32_t width, int32_t height) {
  std::vector<std::byte> block(aipp::block_bytes(2));
  aipp::BlockHeader header{};
  header.format = aipp::block_format(aipp::Format::kRgb888);
  header.batch = 2;
  header.width = width;
  header.height = height;
  std::memcpy(block.data(), &header, sizeof(header));
  return block;
}

TEST(AippPort, DescribesStaticPictures) {
  const auto description = make_description(picture_model(false), 1);
  EXPECT_EQ(description->inputs[0].aipp, nullptr);
  const auto& port = description->inputs[1];
  ASSERT_NE(port.aipp, nullptr);
  EXPECT_EQ(port.aipp->kind, AippKind::kStatic);
  EXPECT_EQ(port.aipp->dims, (Dims{2, 8, 10, 3}));
  EXPECT_EQ(port.dims, (Dims{2, 12, 10, 1}));
  EXPECT_EQ(port.bytes, 240u);
  EXPECT_EQ(port.format, ACL_FORMAT_NHWC);
  EXPECT_EQ(port.aipp->origin_dtype, DataType::kFloat16);
  EXPECT_EQ(port.aipp->result_dtype, DataType::kFloat);
  EXPECT_EQ(port.aipp->shapes[0].result, (Dims{2, 3, 8, 10}));
  EXPECT_FALSE(description->has_dynamic_aipp);
}

TEST(AippPort, DescribesParametersBesidePictures) {
  const auto description = make_description(picture_model(true), 1);
  const auto& port = description->inputs[1];
  ASSERT_NE(port.aipp, nullptr);
  EXPECT_EQ(port.aipp->kind, AippKind::kDynamic);
  EXPECT_EQ(port.aipp->attached, 2u);
  EXPECT_EQ(port.aipp->dims, (Dims{2, -1, -1, -1}));
  EXPECT_EQ(port.aipp->most_batch, 2);
  ASSERT_NE(description->inputs[2].aipp, nullptr);
  EXPECT_EQ(description->inputs[2].aipp->kind, AippKind::kParameters);
  EXPECT_EQ(description->inputs[2].aipp->attached, 1u);
  EXPECT_TRUE(description->has_dynamic_aipp);
}

TEST(AippPort, TakesBothFormsOfAShape) {
  const auto description = make_description(picture_model(false), 1);
  const AippPort& port = *description->inputs[1].aipp;
  EXPECT_EQ(stored_shape(port, {4, 8, 10, 3}), (Dims{4, 12, 10, 1}));
  EXPECT_EQ(stored_shape(port, {4, 12, 10, 1}), (Dims{4, 12, 10, 1}));
  EXPECT_EQ(stored_shape(port, {4}), (Dims{4}));
}

TEST(AippPort, ExecutionChecksTheParameters) {
  const ModelFolder folder;
  const auto id = load_from_file(folder.write(picture_model(true)));
  ASSERT_TRUE(id.ok()) << id.status().message();
  const auto loaded = find_model(*id);
  ASSERT_TRUE(loaded.ok());
  const std::vector<float> plain(2);
  const std::vector<uint8_t> pictures(480, 7);
  std::vector<float> y(480), r(2);
  SerialFor serial;
  const auto run_with = [&](const std::vector<std::byte>& block) {
    const void* inputs[] = {plain.data(), pictures.data(), block.data()};
    void* outputs[] = {y.data(), r.data()};
    return run(**loaded, inputs, outputs, serial);
  };
  // The scale of these blocks is 0.
  EXPECT_TRUE(run_with(block_of(10, 8)).ok());
  EXPECT_EQ(y[0], 0.0f);
  const Status wrong = run_with(block_of(10, 6));
  EXPECT_EQ(wrong.code(), ACL_ERROR_GE_PARAM_INVALID);
  EXPECT_NE(wrong.message().find("input 1 (image), parameters in input 2: picture 0"),
            std::string_view::npos)
      << wrong.message();
  EXPECT_NE(wrong.message().find("makes 10x6"), std::string_view::npos) << wrong.message();
  EXPECT_TRUE(unload(*id).ok());
}

}  // namespace
}  // namespace poacl::model
