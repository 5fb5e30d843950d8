#include "model/model.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <cstring>
#include <fstream>
#include <thread>

#include "model/loaded_model.h"
#include "model/model_test_util.h"

namespace poacl::model {
namespace {

constexpr size_t kCount = 64;

// Runs the chain model on x = start, start + 1, ... and checks both outputs.
void expect_chain_runs(LoadedModel& model, float start) {
  std::vector<float> x(kCount), y(kCount), r(kCount);
  for (size_t i = 0; i < kCount; ++i) x[i] = start + 0.1f * static_cast<float>(i);
  const void* inputs[] = {x.data()};
  void* outputs[] = {y.data(), r.data()};
  SerialFor serial;
  ASSERT_TRUE(run(model, inputs, outputs, serial).ok());
  for (size_t i = 0; i < kCount; ++i) {
    const float relu = std::max(x[i], 0.0f);
    ASSERT_EQ(r[i], relu);
    ASSERT_NEAR(y[i], std::exp(relu) + 10.0f, 1e-4f * (std::exp(relu) + 10.0f));
  }
}

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(Model, LoadsFromFileAndMemoryWithFreshIdsAndRuns) {
  const ModelFolder folder;
  const std::string path = folder.write(chain_model());
  const auto first = load_from_file(path);
  ASSERT_TRUE(first.ok()) << first.status().message();
  EXPECT_GE(*first, 1u);
  std::string bytes = bytes_of(path);
  const auto second = load_from_memory(bytes.data(), bytes.size());
  ASSERT_TRUE(second.ok()) << second.status().message();
  EXPECT_GT(*second, *first);
  bytes.assign(bytes.size(), 'x');  // the caller's copy is of no further use
  for (const uint32_t id : {*first, *second}) {
    const auto model = find_model(id);
    ASSERT_TRUE(model.ok());
    expect_chain_runs(**model, -3.0f);
    EXPECT_EQ(description(**model)->model_id, id);
  }
  EXPECT_TRUE(unload(*first).ok());
  EXPECT_EQ(unload(*first).code(), 145003);
  EXPECT_EQ(find_model(*first).status().code(), 145003);
  const auto third = load_from_file(path);
  ASSERT_TRUE(third.ok());
  EXPECT_GT(*third, *second);
  EXPECT_TRUE(unload(*second).ok());
  EXPECT_TRUE(unload(*third).ok());
}

TEST(Model, DescriptionTellsPortsFormatsAndSizes) {
  const ModelFolder folder;
  const auto id = load_from_file(folder.write(image_model()));
  ASSERT_TRUE(id.ok()) << id.status().message();
  const auto model = find_model(*id);
  const Description& d = *description(**model);
  ASSERT_EQ(d.inputs.size(), 2u);
  EXPECT_EQ(d.inputs[0].name, "image");
  EXPECT_EQ(d.inputs[1].name, "other");
  EXPECT_EQ(d.inputs[0].format, 0);
  EXPECT_EQ(d.inputs[0].dims, (Dims{1, 2, 3, 4}));
  EXPECT_EQ(d.inputs[0].bytes, 96u);
  EXPECT_EQ(d.inputs[0].dtype, DataType::kFloat);
  ASSERT_EQ(d.outputs.size(), 1u);
  EXPECT_EQ(d.outputs[0].name, "plus:0:sum");
  EXPECT_EQ(d.outputs[0].format, 2);
  EXPECT_TRUE(unload(*id).ok());
}

TEST(Model, DescribesWithoutLoading) {
  const ModelFolder folder;
  const std::string path = folder.write(chain_model());
  const auto described = describe_file(path);
  ASSERT_TRUE(described.ok());
  EXPECT_EQ((*described)->model_id, 0u);
  EXPECT_EQ((*described)->inputs[0].bytes, kCount * 4);
  EXPECT_EQ((*described)->origins.at("add"), "[5]Exp_1[5]Add_2");
  const std::string bytes = bytes_of(path);
  EXPECT_TRUE(describe_memory(bytes.data(), bytes.size()).ok());
  EXPECT_EQ(describe_memory(bytes.data(), 300).status().code(), 145006);
  EXPECT_EQ(describe_file(folder.file("none")).status().code(), 145002);
}

TEST(Model, LongNamesGetShortOnesThatClashWithNone) {
  const ModelFolder folder;
  const auto id = load_from_file(folder.write(chain_model(4, std::string(200, 'n'))));
  ASSERT_TRUE(id.ok());
  const std::string expected = "acl_modelId_" + std::to_string(*id) + "_input_0";
  EXPECT_EQ(description(**find_model(*id))->inputs[0].dims_name, expected);
  EXPECT_EQ(description(**find_model(*id))->inputs[0].name, std::string(200, 'n'));
  EXPECT_TRUE(unload(*id).ok());

  OmModel om = chain_model(4, std::string(127, 'n'));
  EXPECT_EQ((*describe_file(folder.write(om)))->inputs[0].dims_name, std::string(127, 'n'));
  om = chain_model(4, std::string(128, 'n'));
  om.graph.output_names[0] = "acl_modelId_0_input_0";
  EXPECT_EQ((*describe_file(folder.write(om)))->inputs[0].dims_name, "acl_modelId_0_input_0_aa");
}

TEST(Model, WorkMemoryOfTheCallerIsUsed) {
  const ModelFolder folder;
  const std::string path = folder.write(chain_model());
  const auto sizes = query_size_file(path, 1);
  ASSERT_TRUE(sizes.ok());
  ASSERT_GT(sizes->workspace, 0u);
  EXPECT_EQ(sizes->weight, kCount * sizeof(float));
  std::vector<char> work(sizes->workspace + 64, 'w');
  LoadOptions options;
  options.work = work.data();
  options.work_size = work.size();
  const auto id = load_from_file(path, options);
  ASSERT_TRUE(id.ok()) << id.status().message();
  expect_chain_runs(**find_model(*id), -1.0f);
  EXPECT_NE(std::count(work.begin(), work.end(), 'w'), static_cast<long>(work.size()));
  EXPECT_TRUE(unload(*id).ok());
}

TEST(Model, WorkOrWeightMemoryThatIsTooSmallIsRefusedWithBothNumbers) {
  const ModelFolder folder;
  const std::string path = folder.write(chain_model());
  const size_t needed = query_size_file(path, 1)->workspace;
  std::vector<char> memory(needed + 64);
  LoadOptions options;
  options.work = memory.data();
  options.work_size = needed - 1;
  const auto work = load_from_file(path, options);
  EXPECT_EQ(work.status().code(), 145000);
  EXPECT_NE(work.status().message().find(std::to_string(needed)), std::string::npos);
  options = {};
  options.weight = memory.data();
  options.weight_size = kCount * sizeof(float) - 1;
  EXPECT_EQ(load_from_file(path, options).status().code(), 145000);
}

TEST(Model, FilesThatLieAreRefused) {
  const ModelFolder folder;
  OmModel om = chain_model();
  om.graph.value(om.graph.outputs[0]).dims = {1, 1000000};
  const auto lie = load_from_file(folder.write(om));
  EXPECT_EQ(lie.status().code(), 145000);
  EXPECT_NE(lie.status().message().find("[1,1000000]"), std::string::npos);

  om = chain_model();
  om.graph.nodes()[0].type = "NoSuchOperator";
  const auto unknown = load_from_file(folder.write(om));
  EXPECT_EQ(unknown.status().code(), 145000);
  EXPECT_NE(unknown.status().message().find("NoSuchOperator"), std::string::npos);

  om = chain_model();
  om.graph.value(om.graph.inputs[0]).dims = {1, -1};
  EXPECT_EQ(load_from_file(folder.write(om)).status().code(), 145000);
}

TEST(Model, PackedBytesOfAWrongSizeDoNoHarm) {
  const ModelFolder folder;
  OmModel om = chain_model();
  for (const char* key : {"add#1@add.ref", "", "exp#0@x"}) {
    om.packed.push_back({key, ConstBuffer::copy_of("abcdefg", 7)});
  }
  const auto id = load_from_file(folder.write(om));
  ASSERT_TRUE(id.ok());
  expect_chain_runs(**find_model(*id), 0.0f);
  EXPECT_TRUE(unload(*id).ok());
}

TEST(Model, ManyThreadsRunOneModelWhileItIsUnloaded) {
  const ModelFolder folder;
  const auto id = load_from_file(folder.write(chain_model()));
  ASSERT_TRUE(id.ok());
  std::atomic<int> started{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      const auto model = find_model(*id);
      ASSERT_TRUE(model.ok());
      ++started;
      for (int i = 0; i < 200; ++i) expect_chain_runs(**model, static_cast<float>(t) - 2.0f);
      EXPECT_LE((*model)->states().size(), 4u);
    });
  }
  while (started < 4) std::this_thread::yield();
  EXPECT_TRUE(unload(*id).ok());
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(find_model(*id).status().code(), 145003);
}

TEST(Model, ModelsThatRunOneAfterTheOtherShareTheirWorkMemory) {
  const ModelFolder folder;
  const std::string file = folder.write(chain_model());
  const size_t before = ArenaPool::instance().count();
  const auto first = load_from_file(file);
  const auto second = load_from_file(file);
  ASSERT_TRUE(first.ok() && second.ok());
  for (int i = 0; i < 3; ++i) {
    expect_chain_runs(**find_model(*first), 1.0f);
    expect_chain_runs(**find_model(*second), 2.0f);
  }
  EXPECT_LE(ArenaPool::instance().count(), std::max<size_t>(before, 1));
  EXPECT_TRUE(unload(*first).ok());
  expect_chain_runs(**find_model(*second), 3.0f);
  EXPECT_TRUE(unload(*second).ok());
  EXPECT_LE(ArenaPool::instance().count(), before);
}

TEST(Model, TheSameStateServesOneRunAfterTheOther) {
  const ModelFolder folder;
  const auto id = load_from_file(folder.write(chain_model()));
  ASSERT_TRUE(id.ok());
  const auto model = find_model(*id);
  for (int i = 0; i < 10; ++i) expect_chain_runs(**model, 0.0f);
  EXPECT_EQ((*model)->states().size(), 1u);
  EXPECT_TRUE(unload(*id).ok());
}

}  // namespace
}  // namespace poacl::model
