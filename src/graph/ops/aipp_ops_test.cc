// Inference of Aipp, above all of attributes that only a damaged file has.
#include <gtest/gtest.h>

#include <cmath>

#include "graph/shape_inference.h"
#include "kernels/aipp/aipp_picture.h"

namespace poacl {
namespace {

AttrMap static_attrs(const aipp::Picture& picture, int64_t channels = 3) {
  AttrMap attrs;
  attrs.set("aipp_mode", int64_t{1});
  attrs.set("channels", channels);
  attrs.set("output_dtype", DataType::kFloat);
  aipp::write_attrs(picture, &attrs);
  return attrs;
}

AttrMap dynamic_attrs() {
  AttrMap attrs;
  attrs.set("aipp_mode", int64_t{2});
  attrs.set("channels", int64_t{3});
  attrs.set("output_dtype", DataType::kFloat);
  attrs.set("batch", int64_t{2});
  attrs.set("out_height", int64_t{8});
  attrs.set("out_width", int64_t{10});
  return attrs;
}

aipp::Picture nv12() {
  aipp::Picture picture;
  picture.format = aipp::Format::kYuv420sp;
  return picture;
}

struct Outcome {
  Status status;
  Value value;
};

Outcome infer(AttrMap attrs, Dims bytes, Dims block = {}, DataType type = DataType::kUint8) {
  Graph graph;
  std::vector<ValueId> inputs = {graph.add_input("pictures", type, std::move(bytes))};
  if (!block.empty()) {
    inputs.push_back(graph.add_input("block", DataType::kUint8, std::move(block)));
  }
  const NodeId node = graph.add_node("aipp", "Aipp", inputs, {"y"}, std::move(attrs));
  graph.outputs = {graph.node(node).outputs[0]};
  graph.output_names = {"aipp:0:y"};
  const Status status = infer_shapes(graph);
  return {status, graph.value(graph.node(node).outputs[0])};
}

void expect_refused(AttrMap attrs, Dims bytes, const char* part, Dims block = {}) {
  const Outcome outcome = infer(std::move(attrs), std::move(bytes), std::move(block));
  ASSERT_FALSE(outcome.status.ok()) << part;
  EXPECT_NE(outcome.status.message().find(part), std::string_view::npos)
      << outcome.status.message();
}

TEST(AippOp, FindsTheSizeFromTheBytes) {
  const Outcome outcome = infer(static_attrs(nv12()), {2, 12, 10, 1});
  ASSERT_TRUE(outcome.status.ok()) << outcome.status.message();
  EXPECT_EQ(outcome.value.dims, (Dims{2, 3, 8, 10}));
  EXPECT_EQ(outcome.value.dtype, DataType::kFloat);
  AttrMap last = static_attrs(nv12());
  last.set("data_format", std::string("NHWC"));
  last.set("output_dtype", DataType::kUint8);
  const Outcome bytes = infer(std::move(last), {2, 12, 10, 1});
  EXPECT_EQ(bytes.value.dims, (Dims{2, 8, 10, 3}));
  EXPECT_EQ(bytes.value.dtype, DataType::kUint8);
}

TEST(AippOp, LeavesOpenWhatIsOpen) {
  EXPECT_EQ(infer(static_attrs(nv12()), {-1, -1, 10, 1}).value.dims, (Dims{-1, 3, -1, 10}));
  aipp::Picture picture = nv12();
  picture.width = 10;
  picture.height = 8;
  EXPECT_EQ(infer(static_attrs(picture), {-1, -1, -1, 1}).value.dims, (Dims{-1, 3, 8, 10}));
}

TEST(AippOp, RefusesBytesThatAreNoSuchPictures) {
  expect_refused(static_attrs(nv12()), {2, 12, 10}, "are no YUV420SP_U8 pictures");
  expect_refused(static_attrs(nv12()), {2, 13, 10, 1}, "are no YUV420SP_U8 pictures");
  expect_refused(static_attrs(nv12()), {2, 12, 10, 3}, "are no YUV420SP_U8 pictures");
  expect_refused(static_attrs(nv12()), {2, 12, 9, 1}, "even width");
  expect_refused(static_attrs(nv12()), {2, 12, 1 << 20, 1}, "widths are 2 to 4096");
  expect_refused(static_attrs(nv12()), {2, 12, 10, 1}, "no parameter input", {160});
  EXPECT_FALSE(infer(static_attrs(nv12()), {2, 12, 10, 1}, {}, DataType::kFloat).status.ok());
  aipp::Picture picture = nv12();
  picture.width = 12;
  expect_refused(static_attrs(picture), {2, 12, 10, 1}, "12x0 are configured");
}

TEST(AippOp, RefusesAttributesOutOfRange) {
  struct Change {
    const char* name;
    AttrValue value;
    const char* part;
  };
  for (const Change& change : {
           Change{"aipp_mode", int64_t{3}, "aipp_mode is 3"},
           Change{"aipp_mode", int64_t{2}, "input 1"},
           Change{"channels", int64_t{2}, "not 2"},
           Change{"channels", int64_t{1} << 40, "not 1099511627776"},
           Change{"channels", int64_t{4}, "4 channels"},
           Change{"input_format", int64_t{-1}, "0 cannot be used"},
           Change{"input_format", int64_t{5}, "5 cannot be used"},
           Change{"input_format", int64_t{1} << 33, "cannot be used"},
           Change{"output_dtype", DataType::kInt64, "int64"},
           Change{"data_format", std::string("CHWN"), "CHWN"},
           Change{"crop_size_w", int64_t{1} << 40, "crop_size_w is"},
           Change{"left_padding_size", int64_t{-1}, "left_padding_size is -1"},
           Change{"matrix_r0c0", int64_t{40000}, "matrix_r0c0 is 40000"},
           Change{"mean_chn_1", int64_t{256}, "mean_chn_1 is 256"},
           Change{"min_chn_1", 1e9f, "min_chn_1 is"},
           Change{"var_reci_chn_0", NAN, "var_reci_chn_0 is nan"},
           Change{"csc_switch", int64_t{1}, "must be of kind bool"},
           Change{"crop", true, "not inside"},
       }) {
    AttrMap attrs = static_attrs(nv12());
    attrs.set(change.name, change.value);
    expect_refused(std::move(attrs), {2, 12, 10, 1}, change.part);
  }
}

TEST(AippOp, MakesWhatDynamicAttributesSay) {
  const Outcome outcome = infer(dynamic_attrs(), {1000}, {64 + 96 * 4});
  ASSERT_TRUE(outcome.status.ok()) << outcome.status.message();
  EXPECT_EQ(outcome.value.dims, (Dims{2, 3, 8, 10}));
}

TEST(AippOp, RefusesDynamicFormsThatDoNotFit) {
  expect_refused(dynamic_attrs(), {1000}, "input 1");
  expect_refused(dynamic_attrs(), {1000}, "not for 2 pictures", {160});
  expect_refused(dynamic_attrs(), {10, 100}, "images", {256});
  expect_refused(dynamic_attrs(), {-1}, "fixed number", {256});
  for (const char* name : {"batch", "out_height", "out_width"}) {
    for (const int64_t value : {int64_t{0}, int64_t{-4}, int64_t{1} << 40}) {
      AttrMap attrs = dynamic_attrs();
      attrs.set(name, value);
      expect_refused(std::move(attrs), {1000}, "makes ", {64 + 96 * 127});
    }
  }
}

}  // namespace
}  // namespace poacl
