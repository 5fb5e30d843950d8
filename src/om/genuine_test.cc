// A file as the silicon's compiler writes it, with compressed attributes, made here.
#include "om/genuine.h"
#include "om/attr_compression.h"
#include "om/om_attrs.h"
#include "om/om_container.h"
#include "om/om_test_util.h"

namespace poacl::om {
namespace {

// The short form of name number `index`.
std::string compressed(int index) {
  std::string name(1, '\0');
  do {
    name += static_cast<char>(index % 127 + 1);
    index /= 127;
  } while (index != 0);
  return name;
}

ModelDef genuine_model() {
  ModelDef model;
  model.set_name("yolo");
  add_string(model.mutable_attr(), "soc_version", "Ascend310B4");
  add_string(model.mutable_attr(), "atc_version", "8.0.0");
  add_string(model.mutable_attr(), "atc_cmdline", "atc --model=yolo.onnx --framework=5");
  add_int(model.mutable_attr(), "om_compress_version", 1);
  std::vector<std::string> names(200, "unused");
  names[3] = "origin_shape";
  names[130] = "origin_format";
  add_strings(model.mutable_attr(), "attr_name_enum", names);
  add_strings(model.mutable_attr(), "attr_value_enum", {"NCHW", "ND"});
  AttrDef::ListValue* flags =
      add_attr(model.mutable_attr(), "attrs_use_string_value").mutable_list();
  for (int i = 0; i < 200; ++i) flags->add_b(i == 130);
  GraphDef* graph = model.add_graph();
  OpDef* data = graph->add_op();
  data->set_name("images");
  data->set_type("Data");
  TensorDescriptor* desc = data->add_output_desc();
  desc->set_dtype(2);
  for (const int64_t d : {1, 1, 640, 640, 16}) desc->mutable_shape()->add_dim(d);
  add_ints(desc->mutable_attr(), compressed(3), {1, 3, 640, 640});
  add_int(desc->mutable_attr(), compressed(130), 0);
  for (int i = 0; i < 3; ++i) {
    OpDef* conv = graph->add_op();
    conv->set_name("conv" + std::to_string(i));
    conv->set_type("Conv2D");
  }
  return model;
}

std::string file_of(const ModelDef& model) {
  const std::string message = model.SerializeAsString();
  const PartitionSize table[] = {{8, 4}, {0, message.size()}, {1, 8}, {3, 8}, {2, 8}};
  return make_container_prefix("yolo", 0, "1.11.z.0", table) + "info" + message +
         std::string(24, 'k');
}

TEST(Genuine, CompressionIsUndone) {
  ModelDef model = genuine_model();
  undo_attr_compression(model);
  const TensorDescriptor& desc = model.graph(0).op(0).output_desc(0);
  EXPECT_EQ(attr_string(desc.attr(), "origin_format"), "NCHW");
  ASSERT_NE(find_attr(desc.attr(), "origin_shape"), nullptr);
  EXPECT_EQ(find_attr(desc.attr(), "origin_shape")->list().i_size(), 4);
}

TEST(Genuine, IsDescribedAndRefused) {
  const std::string bytes = file_of(genuine_model());
  const auto read = read_om(nullptr, bytes.data(), bytes.size(), "yolo.om");
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.status().code(), 145000);
  const std::string text(read.status().message());
  for (const char* part : {"yolo.om", "Ascend310B4", "8.0.0", "atc --model=yolo.onnx",
                           "images [1,3,640,640] float16", "3 x Conv2D", "original model"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << " / " << text;
  }
}

TEST(Genuine, BrokenTablesDoNoHarm) {
  ModelDef model = genuine_model();
  for (NamedAttr& attr : *model.mutable_attr()) {
    if (attr.key() == "attr_value_enum") attr.mutable_value()->mutable_list()->clear_s();
  }
  AttrList* attrs = model.mutable_graph(0)->mutable_op(0)->mutable_output_desc(0)->mutable_attr();
  add_int(attrs, compressed(1000000), 3);
  add_int(attrs, std::string("\0", 1), 3);
  add_int(attrs, std::string("\0\xff\xff", 3), 3);
  const std::string bytes = file_of(model);
  EXPECT_EQ(read_om(nullptr, bytes.data(), bytes.size(), "x").status().code(), 145000);
}

TEST(Genuine, ShapeRangeFileOfSeveralModelsIsRefused) {
  std::string bytes = file_of(genuine_model());
  bytes[156] = 2;
  EXPECT_EQ(read_om(nullptr, bytes.data(), bytes.size(), "x").status().code(), 145000);
}

}  // namespace
}  // namespace poacl::om
