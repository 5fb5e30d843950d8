#include "om/external_weights.h"

#include <cstring>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "base/scratch_folder.h"
#include "graph/shape_inference.h"
#include "om/om_codes.h"
#include "om/om_image.h"

namespace poacl::om {
namespace {

Tensor floats(std::vector<float> values) {
  return Tensor{DataType::kFloat,
                {static_cast<int64_t>(values.size())},
                ConstBuffer::copy_of(values.data(), values.size() * sizeof(float))};
}

// x[3] + a + b + a again, and a packed constant.
OmModel sum_model() {
  OmModel model;
  model.info.model_name = "sum";
  Graph& graph = model.graph;
  ValueId sum = graph.add_input("x", DataType::kFloat, {3});
  int number = 0;
  for (const float first : {1.0f, 7.0f, 1.0f}) {
    const std::string name = "c" + std::to_string(number++);
    const ValueId constant = graph.add_constant(name, floats({first, 2, 3}));
    const NodeId add = graph.add_node("add_" + name, "Add", {sum, constant}, {"sum_" + name});
    sum = graph.node(add).outputs[0];
  }
  graph.outputs = {sum};
  graph.output_names = {"sum"};
  EXPECT_TRUE(infer_shapes(graph).ok());
  model.packed.push_back({"key", ConstBuffer::copy_of("packed", 6)});
  return model;
}

class ExternalWeightsTest : public ::testing::Test {
 protected:
  std::string write(WeightFiles files) {
    const Status status = write_om(sum_model(), folder_.file("m.om"), files);
    EXPECT_TRUE(status.ok()) << status.message();
    return folder_.file("m.om");
  }
  std::vector<std::filesystem::path> weight_files() const {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.file("weight"))) {
      files.push_back(entry.path());
    }
    return files;
  }
  static void expect_constants(const OmModel& model) {
    std::vector<float> first;
    for (size_t i = 0; i < model.graph.value_count(); ++i) {
      const auto& constant = model.graph.value(static_cast<ValueId>(i)).constant;
      if (!constant) continue;
      EXPECT_EQ(reinterpret_cast<uintptr_t>(constant->buffer.data()) % 64, 0u);
      ASSERT_EQ(constant->count(), 3);
      EXPECT_EQ(constant->as<float>()[2], 3);
      first.push_back(constant->as<float>()[0]);
    }
    EXPECT_EQ(first, (std::vector<float>{1, 7, 1}));
  }
  static std::string bytes_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
  }

  ScratchFolder folder_;
};

TEST_F(ExternalWeightsTest, AFileForEachConstantOnce) {
  const std::string path = write(WeightFiles::kEach);
  const auto files = weight_files();
  ASSERT_EQ(files.size(), 2u);
  for (const auto& file : files) {
    EXPECT_EQ(file.filename().string().substr(0, 7), "weight_");
    EXPECT_EQ(std::filesystem::file_size(file), 3 * sizeof(float));
  }
  const auto model = read_om_file(path);
  ASSERT_TRUE(model.ok()) << model.status().message();
  expect_constants(*model);
  EXPECT_TRUE(model->packed.empty());
}

TEST_F(ExternalWeightsTest, OneFileForAll) {
  const std::string path = write(WeightFiles::kTogether);
  const auto files = weight_files();
  ASSERT_EQ(files.size(), 1u);
  EXPECT_EQ(files[0].filename(), "m_weight_combined");
  EXPECT_EQ(std::filesystem::file_size(files[0]), 64 + 3 * sizeof(float));
  const auto model = read_om_file(path);
  ASSERT_TRUE(model.ok()) << model.status().message();
  expect_constants(*model);
}

TEST_F(ExternalWeightsTest, AnotherFolderOrMemory) {
  const std::string path = write(WeightFiles::kTogether);
  std::filesystem::rename(folder_.file("weight"), folder_.file("elsewhere"));
  EXPECT_EQ(read_om_file(path).status().code(), kPathInvalid);
  const auto moved = read_om_file(path, weights_in(folder_.file("elsewhere")));
  ASSERT_TRUE(moved.ok()) << moved.status().message();
  expect_constants(*moved);

  // Neither the model nor the weights stand where kernels want them.
  const std::string om = "x" + bytes_of(path);
  const std::string weights = "x" + bytes_of(folder_.file("elsewhere/m_weight_combined"));
  const auto given = [&](size_t size) -> WeightOpener {
    return [&weights, size](const std::string&) -> Result<ConstBuffer> {
      return ConstBuffer(nullptr, weights.data() + 1, size);
    };
  };
  const auto read = [&](const WeightOpener& open) {
    return read_om(nullptr, om.data() + 1, om.size() - 1, "memory", open);
  };
  const auto model = read(given(weights.size() - 1));
  ASSERT_TRUE(model.ok()) << model.status().message();
  expect_constants(*model);
  EXPECT_EQ(read(given(weights.size() - 2)).status().code(), kParamInvalid);
  EXPECT_EQ(read({}).status().code(), kParamInvalid);
}

TEST_F(ExternalWeightsTest, FilesOutsideTheFolderCannotBeNamed) {
  const std::string path = write(WeightFiles::kTogether);
  std::string om = bytes_of(path);
  const std::string name = "m_weight_combined";
  const std::string wrong = "../../etc/passwd!";
  ASSERT_EQ(name.size(), wrong.size());
  for (size_t at = om.find(name); at != std::string::npos; at = om.find(name, at)) {
    om.replace(at, name.size(), wrong);
  }
  bool asked = false;
  const auto status = read_om(nullptr, om.data(), om.size(), "memory",
                              [&](const std::string&) -> Result<ConstBuffer> {
                                asked = true;
                                return ConstBuffer();
                              })
                          .status();
  EXPECT_EQ(status.code(), kParamInvalid);
  EXPECT_FALSE(asked);
}

}  // namespace
}  // namespace poacl::om
