#include "frontend/aipp/aipp_insert.h"

#include <gtest/gtest.h>

#include "graph/shape_inference.h"

namespace poacl {
namespace {

// relu(image) + relu(other), and sums of nothing else.
Graph make_graph(Dims image, Dims other = {1, 3, 8, 8}, DataType type = DataType::kFloat) {
  Graph graph;
  const auto add = [&](const char* name, Dims dims) {
    const ValueId input = graph.add_input(name, type, std::move(dims));
    const NodeId relu =
        graph.add_node(std::string("relu_") + name, "Relu", {input}, {std::string(name) + "_y"});
    graph.outputs.push_back(graph.node(relu).outputs[0]);
    graph.output_names.push_back(name);
  };
  add("image", std::move(image));
  add("other", std::move(other));
  EXPECT_TRUE(infer_shapes(graph).ok());
  return graph;
}

AippConfig config_of(const std::string& text) {
  auto config = parse_aipp_config(text, "aipp.cfg");
  EXPECT_TRUE(config.ok()) << config.status().message();
  return *std::move(config);
}

std::string block(const std::string& fields, const char* format = "RGB888_U8") {
  return std::string("aipp_op { aipp_mode: static input_format: ") + format + " " + fields + " }";
}

void expect_error(Graph graph, const std::string& text, const char* code, const std::string& part,
                  const AippPlace& place = {}) {
  const size_t nodes = graph.nodes().size();
  const Status status = insert_aipp(graph, config_of(text), place);
  ASSERT_FALSE(status.ok()) << text;
  EXPECT_EQ(status.tag(), code) << status.message();
  EXPECT_NE(status.message().find(part), std::string_view::npos) << status.message();
  EXPECT_EQ(graph.nodes().size(), nodes);
  EXPECT_EQ(graph.value(graph.inputs[0]).dtype, DataType::kFloat);
}

const Node& aipp_of(const Graph& graph, size_t input) {
  for (const Node& node : graph.nodes()) {
    if (node.type == "Aipp" && node.inputs[0] == graph.inputs[input]) return node;
  }
  ADD_FAILURE() << "no Aipp behind input " << input;
  return graph.nodes()[0];
}

TEST(InsertAipp, TurnsAnInputIntoBytes) {
  Graph graph = make_graph({2, 3, 224, 224});
  const AippConfig config =
      config_of(block("src_image_size_w: 256 src_image_size_h: 224 crop: true "
                      "load_start_pos_w: 32 crop_size_w: 224",
                      "YUV420SP_U8"));
  ASSERT_TRUE(insert_aipp(graph, config, {}).ok());
  const Value& input = graph.value(graph.inputs[0]);
  EXPECT_EQ(input.name, "image");
  EXPECT_EQ(input.dtype, DataType::kUint8);
  EXPECT_EQ(input.dims, (Dims{2, 336, 256, 1}));
  const Node& node = aipp_of(graph, 0);
  EXPECT_EQ(graph.value(node.outputs[0]).dims, (Dims{2, 3, 224, 224}));
  EXPECT_EQ(graph.value(node.outputs[0]).dtype, DataType::kFloat);
  EXPECT_EQ(node.attrs.get_int("crop_size_h"), 224);
  EXPECT_EQ(graph.inputs.size(), 2u);
  EXPECT_EQ(graph.value(graph.inputs[1]).dtype, DataType::kFloat);
}

TEST(InsertAipp, DynamicAddsAnInputForEach) {
  Graph graph = make_graph({1, 3, 224, 224}, {2, 3, 32, 32});
  const AippConfig config = config_of(
      "aipp_op { aipp_mode: dynamic related_input_rank: 0 max_src_image_size: 752640 }"
      "aipp_op { aipp_mode: dynamic related_input_rank: 1 max_src_image_size: 9999 }");
  ASSERT_TRUE(insert_aipp(graph, config, {}).ok());
  ASSERT_EQ(graph.inputs.size(), 4u);
  EXPECT_EQ(graph.value(graph.inputs[0]).dims, (Dims{752640}));
  EXPECT_EQ(graph.value(graph.inputs[2]).name, "ascend_dynamic_aipp_data");
  EXPECT_EQ(graph.value(graph.inputs[2]).dims, (Dims{160}));
  EXPECT_EQ(graph.value(graph.inputs[3]).name, "ascend_dynamic_aipp_data_aipp_other");
  EXPECT_EQ(graph.value(graph.inputs[3]).dims, (Dims{256}));
  EXPECT_EQ(graph.value(aipp_of(graph, 1).outputs[0]).dims, (Dims{2, 3, 32, 32}));
}

TEST(InsertAipp, GearsGiveTheParametersOfTheLargestBatch) {
  Graph graph = make_graph({1, 3, 224, 224});
  AippPlace place;
  place.most_batch = 8;
  ASSERT_TRUE(insert_aipp(graph,
                          config_of("aipp_op { aipp_mode: dynamic max_src_image_size: 752640 }"),
                          place)
                  .ok());
  EXPECT_EQ(graph.value(graph.inputs[2]).dims, (Dims{64 + 96 * 8}));
}

TEST(InsertAipp, OpenSizesStayOpen) {
  Graph graph = make_graph({-1, 3, -1, 16});
  ASSERT_TRUE(insert_aipp(graph, config_of(block("", "YUV420SP_U8")), {}).ok());
  EXPECT_EQ(graph.value(graph.inputs[0]).dims, (Dims{-1, -1, 16, 1}));
  EXPECT_EQ(graph.value(aipp_of(graph, 0).outputs[0]).dims, (Dims{-1, 3, -1, 16}));
}

TEST(InsertAipp, MakesTheTypeOfTheModel) {
  Graph graph = make_graph({1, 3, 8, 8}, {1, 3, 8, 8}, DataType::kFloat16);
  ASSERT_TRUE(insert_aipp(graph, config_of(block("")), {}).ok());
  EXPECT_EQ(graph.value(aipp_of(graph, 0).outputs[0]).dtype, DataType::kFloat16);
}

TEST(InsertAipp, RefusesInputsThatAreNoPictures) {
  expect_error(make_graph({1, 3, 8, 8}), block("related_input_rank: 2"), "E10052",
               "has 2 inputs (image, other)");
  expect_error(make_graph({1, 3, 8, 8}), block("related_input_name: \"image\""), "E10052", "Caffe");
  AippPlace caffe;
  caffe.caffe = true;
  expect_error(make_graph({1, 3, 8, 8}), block("related_input_name: \"data\""), "E10052",
               "no such input", caffe);
  expect_error(make_graph({1, 3}), block(""), "E10052", "four dimensions");
  expect_error(make_graph({1, 3}), "aipp_op { aipp_mode: dynamic max_src_image_size: 9 }", "E13014",
               "four dimensions");
  AippPlace nd;
  nd.input_format = "ND";
  expect_error(make_graph({1, 3, 8, 8}), block(""), "E10052", "--input_format is ND", nd);
  expect_error(make_graph({1, 3, 8, 8}), "aipp_op { aipp_mode: dynamic max_src_image_size: 9 }",
               "E13014", "--input_format is ND", nd);
  AippPlace half;
  half.half_inputs = {"image"};
  expect_error(make_graph({1, 3, 8, 8}), block(""), "E10034", "--input_fp16_nodes", half);
}

TEST(InsertAipp, RefusesOtherNumbersOfChannels) {
  expect_error(make_graph({1, 1, 8, 8}), block(""), "E10052", "1 channels");
  expect_error(make_graph({1, 4, 8, 8}), block("", "YUV420SP_U8"), "E10052", "4 channels");
  expect_error(make_graph({1, 3, 8, 8}), block("", "YUV400_U8"), "E10052", "3 channels");
  expect_error(make_graph({1, 3, 8, 8}), block("csc_switch: true", "YUV400_U8"), "E10052",
               "3 channels");
  expect_error(make_graph({1, 1, 8, 8}), block("csc_switch: true", "YUV400_U8"), "E10052",
               "colour conversion");
  Graph grey = make_graph({1, 1, 8, 8});
  EXPECT_TRUE(insert_aipp(grey, config_of(block("csc_switch: true")), {}).ok());
  Graph four = make_graph({1, 4, 8, 8});
  EXPECT_TRUE(insert_aipp(four, config_of(block("", "XRGB8888_U8")), {}).ok());
}

TEST(InsertAipp, RefusesCropsAndPaddingThatDoNotFit) {
  const std::string source = "src_image_size_w: 16 src_image_size_h: 12 ";
  const auto refuse = [&](const std::string& fields, const char* part,
                          const char* format = "RGB888_U8") {
    expect_error(make_graph({1, 3, 8, 8}), block(fields, format), "E10052", part);
  };
  refuse(source, "from 16x12, but the model's input takes 8x8");
  refuse("crop: true", "size of the source is not given");
  refuse("padding: true", "size of the source is not given");
  refuse(source + "crop: true load_start_pos_w: 16", "not inside");
  refuse(source + "crop: true load_start_pos_w: 9", "not inside");
  refuse(source + "crop: true load_start_pos_h: 5", "not inside");
  refuse(source + "crop: true load_start_pos_w: 3", "even column", "YUV420SP_U8");
  refuse(source + "crop: true crop_size_w: 7", "cropped to 7x8");
  refuse(source + "crop: true padding: true left_padding_size: 2", "give both sizes");
  refuse(source + "crop: true padding: true crop_size_w: 8 crop_size_h: 8 top_padding_size: 1",
         "8x9");
  Graph graph = make_graph({1, 3, 8, 8});
  EXPECT_TRUE(insert_aipp(graph,
                          config_of(block(source + "crop: true padding: true crop_size_w: 6 "
                                                   "crop_size_h: 5 left_padding_size: 2 "
                                                   "bottom_padding_size: 3")),
                          {})
                  .ok());
}

TEST(InsertAipp, ImageGearsTakeNoSizes) {
  AippPlace gears;
  gears.most_height = 8;
  gears.most_width = 8;
  for (const char* fields :
       {"src_image_size_w: 8 src_image_size_h: 8", "crop: true", "padding: true"}) {
    expect_error(make_graph({1, 3, 8, 8}), block(fields), "E10052", "--dynamic_image_size", gears);
  }
  Graph graph = make_graph({1, 3, 8, 8});
  EXPECT_TRUE(insert_aipp(graph, config_of(block("")), gears).ok());
}

TEST(InsertAipp, ModelSizesOutOfRange) {
  expect_error(make_graph({1, 3, 8, 5000}), block(""), "E10052", "widths are 2 to 4096");
  expect_error(make_graph({1, 3, 8, 1}), block(""), "E10052", "widths are 2 to 4096");
  expect_error(make_graph({1, 3, 7, 8}), block("", "YUV420SP_U8"), "E10052", "even height");
  const std::string dynamic = "aipp_op { aipp_mode: dynamic max_src_image_size: 9 }";
  expect_error(make_graph({1, 3, 8, 5000}), dynamic, "E13014", "5000x8");
  expect_error(make_graph({1, 2, 8, 8}), dynamic, "E13014", "2 channels");
  expect_error(make_graph({-1, 3, 8, 8}), dynamic, "E13014", "open dimensions");
  expect_error(make_graph({128, 3, 8, 8}), dynamic, "E10052", "127 at most");
}

}  // namespace
}  // namespace poacl
