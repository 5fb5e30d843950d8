#include <sys/stat.h>

#include <cstring>
#include <fstream>

#include "base/mapped_file.h"
#include "om/om_container.h"
#include "om/om_image.h"
#include "om/om_test_util.h"

namespace poacl::om {
namespace {

const Node* find_node(const Graph& graph, std::string_view name) {
  for (const Node& node : graph.nodes()) {
    if (node.name == name) return &node;
  }
  return nullptr;
}

template <typename T>
std::vector<T> values_of(const Tensor& tensor) {
  return {tensor.as<T>().begin(), tensor.as<T>().end()};
}

TEST(OmRoundTrip, InfoGraphAndConstantsSurvive) {
  const ScratchFolder folder;
  const OmModel written = sample_model();
  ASSERT_TRUE(write_om(written, folder.file("m.om")).ok());
  auto read = read_om_file(folder.file("m.om"));
  ASSERT_TRUE(read.ok()) << read.status().message();
  EXPECT_EQ(read->info.model_name, "sample");
  EXPECT_EQ(read->info.soc_version, "Ascend310P3");
  EXPECT_EQ(read->info.atc_cmdline, written.info.atc_cmdline);
  EXPECT_EQ(read->info.packed_isa, "avx2");
  EXPECT_EQ(read->info.framework, 5);
  EXPECT_EQ(read->info.memory_size, 4096u);
  // 60 bytes and 20 bytes on 64-byte boundaries, then 4 of the nested graph.
  EXPECT_EQ(read->info.weight_size, 132u);
  EXPECT_EQ(read->info.input_format, "NCHW");

  const Graph& graph = read->graph;
  EXPECT_EQ(graph.name, "sample_graph");
  ASSERT_EQ(graph.inputs.size(), 1u);
  EXPECT_EQ(graph.value(graph.inputs[0]).name, "data");
  EXPECT_EQ(graph.value(graph.inputs[0]).dims, (Dims{1, 3, 4, 4}));
  EXPECT_EQ(graph.value(graph.inputs[0]).dtype, DataType::kFloat);
  EXPECT_EQ(graph.output_names, written.graph.output_names);
  ASSERT_EQ(graph.nodes().size(), 2u);
  const Node* conv = find_node(graph, "conv");
  ASSERT_NE(conv, nullptr);
  EXPECT_EQ(conv->type, "Conv2D");
  EXPECT_EQ(conv->origins, (std::vector<std::string>{"/conv/Conv", "/bn/BatchNormalization"}));
  ASSERT_EQ(conv->inputs.size(), 4u);
  EXPECT_EQ(conv->inputs[3], kNoValue);
  const Value& weight = graph.value(conv->inputs[1]);
  ASSERT_TRUE(weight.is_constant());
  EXPECT_EQ(weight.name, "conv.weight");
  EXPECT_EQ(values_of<float>(*weight.constant), values_of<float>(float_tensor({5, 3, 1, 1})));
  EXPECT_EQ(values_of<float>(*graph.value(conv->inputs[2]).constant),
            values_of<float>(float_tensor({5}, 100)));
  EXPECT_EQ(graph.value(conv->outputs[0]).name, "conv_out");
  EXPECT_EQ(graph.value(conv->outputs[0]).dims, (Dims{1, 5, 4, 4}));
  EXPECT_EQ(graph.outputs[1], conv->outputs[0]);
}

TEST(OmRoundTrip, EveryKindOfAttributeSurvives) {
  const OmModel sample = sample_model();
  const auto image = OmImage::encode(sample);
  ASSERT_TRUE(image.ok());
  const std::string bytes = image->to_string();
  auto read = read_om(nullptr, bytes.data(), bytes.size(), "memory");
  ASSERT_TRUE(read.ok()) << read.status().message();
  const Node* conv = find_node(read->graph, "conv");
  ASSERT_NE(conv, nullptr);
  const AttrMap& attrs = conv->attrs;
  EXPECT_EQ(attrs.size(), 14u);
  EXPECT_EQ(attrs.get_ints("strides"), (std::vector<int64_t>{1, 1, 1, 1}));
  EXPECT_NE(attrs.find<std::vector<int64_t>>("empty_ints"), nullptr);
  EXPECT_NE(attrs.find<std::vector<float>>("empty_floats"), nullptr);
  EXPECT_NE(attrs.find<std::vector<std::string>>("empty_strings"), nullptr);
  EXPECT_EQ(attrs.get_int("groups"), 1);
  EXPECT_EQ(attrs.get_int("negative"), -7);
  EXPECT_EQ(attrs.get_float("alpha"), 0.25f);
  EXPECT_TRUE(attrs.get_bool("flag"));
  EXPECT_EQ(attrs.get_string("data_format"), "NCHW");
  EXPECT_EQ(attrs.get_floats("scales"), (std::vector<float>{1.5f, -2.0f}));
  ASSERT_NE(attrs.find<std::vector<std::string>>("names"), nullptr);
  EXPECT_EQ(*attrs.find<std::vector<std::string>>("names"),
            (std::vector<std::string>{"a", "", "c"}));
  ASSERT_NE(attrs.find<DataType>("dst_type"), nullptr);
  EXPECT_EQ(*attrs.find<DataType>("dst_type"), DataType::kFloat16);
  ASSERT_NE(attrs.find<Tensor>("table"), nullptr);
  EXPECT_EQ(values_of<float>(*attrs.find<Tensor>("table")), (std::vector<float>{7, 8, 9, 10}));
  const auto* body = attrs.find<std::shared_ptr<const Graph>>("branch");
  ASSERT_NE(body, nullptr);
  EXPECT_EQ((*body)->output_names, (std::vector<std::string>{"body_add:0:y"}));
  ASSERT_EQ((*body)->nodes().size(), 1u);
  EXPECT_TRUE((*body)->value((*body)->nodes()[0].inputs[1]).is_constant());
}

TEST(OmRoundTrip, ConstantsAndPackedBytesAliasTheMapAligned) {
  const ScratchFolder folder;
  ASSERT_TRUE(write_om(sample_model(), folder.file("m.om")).ok());
  const auto file = MappedFile::open(folder.file("m.om"));
  ASSERT_TRUE(file.ok());
  const auto* begin = static_cast<const std::byte*>((*file)->data());
  auto read = read_om(*file, begin, (*file)->size(), "m.om");
  ASSERT_TRUE(read.ok()) << read.status().message();
  int constants = 0;
  for (size_t i = 0; i < read->graph.value_count(); ++i) {
    const Value& value = read->graph.value(static_cast<ValueId>(i));
    if (!value.is_constant()) continue;
    ++constants;
    const std::byte* at = value.constant->buffer.data();
    EXPECT_TRUE(at > begin && at < begin + (*file)->size());
    EXPECT_EQ(reinterpret_cast<uintptr_t>(at) % 64, 0u);
  }
  EXPECT_EQ(constants, 2);
  ASSERT_EQ(read->packed.size(), 2u);
  EXPECT_EQ(read->packed[0].key, "conv#1@conv2d.direct.avx2");
  EXPECT_EQ((read->packed[0].bytes.data() - begin) % 4096, 0);
  EXPECT_EQ((read->packed[1].bytes.data() - begin) % 64, 0);
  ASSERT_EQ(read->packed[1].bytes.size(), 3u);
  EXPECT_EQ(std::memcmp(read->packed[1].bytes.data(), "abc", 3), 0);
}

TEST(OmRoundTrip, UnalignedMemoryIsReadToo) {
  const OmModel sample = sample_model();
  const auto image = OmImage::encode(sample);
  ASSERT_TRUE(image.ok());
  const std::string bytes = image->to_string();
  std::vector<char> shifted(bytes.size() + 65);
  char* at = shifted.data() + (reinterpret_cast<uintptr_t>(shifted.data()) % 64 == 0 ? 1 : 0);
  std::memcpy(at, bytes.data(), bytes.size());
  auto read = read_om(nullptr, at, bytes.size(), "memory");
  ASSERT_TRUE(read.ok()) << read.status().message();
  std::fill(shifted.begin(), shifted.end(), 'x');
  EXPECT_EQ(read->packed[0].bytes.size(), 21 * sizeof(float));
  const auto packed = reinterpret_cast<const float*>(read->packed[0].bytes.data());
  EXPECT_EQ(packed[20], 60.0f);
}

TEST(OmRoundTrip, ReadingAndWritingAgainGivesTheSameBytes) {
  const OmModel sample = sample_model();
  const auto image = OmImage::encode(sample);
  ASSERT_TRUE(image.ok());
  const std::string bytes = image->to_string();
  auto read = read_om(nullptr, bytes.data(), bytes.size(), "memory");
  ASSERT_TRUE(read.ok());
  const auto again = OmImage::encode(*read);
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->to_string(), bytes);
}

TEST(OmRoundTrip, OutputsMayBeInputsAndConstantsAndNamesMayClash) {
  OmModel model;
  Graph& graph = model.graph;
  const ValueId input = graph.add_input("same", DataType::kInt32, {});
  const ValueId constant = graph.add_constant("same", float_tensor({2}));
  const NodeId node = graph.add_node("same", "Relu", {constant}, {"same"});
  set_shape(graph, graph.node(node).outputs[0], {2});
  graph.outputs = {input, constant, graph.node(node).outputs[0]};
  graph.output_names = {"a", "b", "c"};
  const auto image = OmImage::encode(model);
  ASSERT_TRUE(image.ok());
  const std::string bytes = image->to_string();
  auto read = read_om(nullptr, bytes.data(), bytes.size(), "memory");
  ASSERT_TRUE(read.ok()) << read.status().message();
  EXPECT_EQ(read->graph.outputs[0], read->graph.inputs[0]);
  EXPECT_TRUE(read->graph.value(read->graph.outputs[1]).is_constant());
  EXPECT_EQ(read->graph.nodes()[0].name, "same");
  EXPECT_EQ(read->graph.value(read->graph.inputs[0]).name, "same");
}

TEST(OmRoundTrip, AGraphThatReadsNothingKnownIsRefused) {
  OmModel model;
  const ValueId dangling = model.graph.add_value("dangling", DataType::kFloat);
  model.graph.outputs = {dangling};
  model.graph.output_names = {"x"};
  const auto image = OmImage::encode(model);
  ASSERT_FALSE(image.ok());
  EXPECT_NE(image.status().message().find("dangling"), std::string::npos);
}

TEST(OmRoundTrip, EqualConstantsAreStoredOnce) {
  OmModel model;
  Graph& graph = model.graph;
  const Tensor shared = float_tensor({1000});
  const ValueId a = graph.add_constant("a", shared);
  const ValueId b = graph.add_constant("b", shared);
  graph.outputs = {a, b};
  graph.output_names = {"a", "b"};
  const auto image = OmImage::encode(model);
  ASSERT_TRUE(image.ok());
  EXPECT_LT(image->size(), 4000u + 8192u);
}

std::vector<std::string> names_in(const std::string& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    names.push_back(entry.path().filename().string());
  }
  return names;
}

TEST(OmWrite, FailuresNamePathAndReasonAndLeaveNothing) {
  const ScratchFolder folder;
  const OmModel model = sample_model();
  const Status missing = write_om(model, folder.file("no/such/m.om"));
  EXPECT_EQ(missing.code(), 145002);
  EXPECT_NE(missing.message().find("no/such/m.om"), std::string::npos);
  EXPECT_NE(missing.message().find("No such file"), std::string::npos);

  std::filesystem::create_directory(folder.file("dir.om"));
  std::ofstream(folder.file("dir.om/inside")) << "x";
  const Status directory = write_om(model, folder.file("dir.om"));
  EXPECT_EQ(directory.code(), 145002);
  EXPECT_EQ(names_in(folder.path()), (std::vector<std::string>{"dir.om"}));
  EXPECT_EQ(write_om(model, "").code(), 145002);
}

TEST(OmWrite, ReplacesAnOlderFileAndUsesThePlainMode) {
  const ScratchFolder folder;
  std::ofstream(folder.file("m.om")) << "old";
  ASSERT_TRUE(write_om(sample_model(), folder.file("m.om")).ok());
  EXPECT_TRUE(read_om_file(folder.file("m.om")).ok());
  EXPECT_EQ(names_in(folder.path()), (std::vector<std::string>{"m.om"}));
  const auto mode = std::filesystem::status(folder.file("m.om")).permissions();
  EXPECT_NE(mode & std::filesystem::perms::owner_read, std::filesystem::perms::none);
  const mode_t mask = ::umask(0);
  ::umask(mask);
  EXPECT_EQ(static_cast<unsigned>(mode), 0666u & ~mask);
}

}  // namespace
}  // namespace poacl::om
